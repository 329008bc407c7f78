"""More pools than any page of an answer holds match one person, and all of them are stored."""

from __future__ import annotations

from records.database import session
from records.models import Role
from records.repositories import matching, pools
from tests.installation import Installation

# One more than the engine's usual limit of 10,000 hits, and than a page of our own list.
MANY = 10_001


def test_every_one_of_more_than_ten_thousand_pools_is_matched_and_stored(world: Installation) -> None:
    world.skills("Java")
    criteria = {"tags": {"any": ["java"]}}
    with session() as db:
        rows = [(f"Test pool {number}", criteria) for number in range(MANY)]
        made = pools.add_many(db, rows, parent=None, actor=world.id_of(Role.RECRUITER))
        for pool in made[:50]:
            pools.track(db, world.id_of(Role.HIRING_MANAGER), pool, world.id_of(Role.ADMINISTRATOR))
        db.commit()
    world.settle()

    person = world.candidate("Test Person", ["Java"])
    world.settle()

    with session() as db:
        stored = {pool for pool, _, _ in matching.pools_of(db, person)}
    assert stored == set(made)
    (notice,) = world.bell()
    assert len(notice["pools"]) == 50, "one notice, naming all that its reader tracks"
