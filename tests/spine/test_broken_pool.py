"""One broken pool never stops the others: found, quarantined where its owner sees it, mended by new criteria."""

from __future__ import annotations

import uuid

import pytest

from core.settings import settings
from engine.process import engine
from mappings.names import alias
from records.database import session
from records.models import Role
from records.repositories import pools
from tests.installation import Installation

# Parsed when it is stored, thrown when it is run on somebody who has the tag.
THROWS = {
    "bool": {
        "filter": [
            {"term": {"tags": "java"}},
            {"script": {"script": {"source": "int nothing = 0; return 1 / nothing > 0"}}},
        ]
    }
}


@pytest.fixture
def pair(world: Installation) -> tuple[uuid.UUID, uuid.UUID]:
    """A pool whose stored query was replaced, in the index itself, by one that throws; and a healthy one."""
    world.skills("Java", "Python")
    broken = world.pool("Broken", {"tags": {"any": ["Java"]}})
    healthy = world.pool("Healthy", {"tags": {"any": ["Java", "Python"]}})
    world.settle()
    with session() as db:
        (definition,) = pools.definitions(db, [broken])
    key = f"{broken.hex}.{definition.generation}"
    source = {"pool": key, "generation": definition.generation, "query": THROWS}
    index = alias(settings().index_prefix, "pools")
    engine().call("PUT", f"/{index}/_doc/{key}.0", source, refresh=True)
    return broken, healthy


def test_the_others_still_match_and_the_owner_is_told(world: Installation, pair: tuple[uuid.UUID, uuid.UUID]) -> None:
    broken, healthy = pair
    world.track(healthy)

    person = world.candidate("Test Person", ["Java"])
    world.settle()

    assert world.members(healthy) == {person}
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(person)]
    shown = world.recruiter.get(f"/v1/pools/{broken}").json()
    assert shown["state"] == "broken"
    assert "zero" in shown["problem"]
    (told,) = [notice for notice in world.bell(Role.RECRUITER) if notice["kind"] == "pool_broken"]
    assert told["pools"] == [{"id": str(broken), "name": "Broken"}]


def test_it_is_asked_no_more_and_its_owner_is_told_once(world: Installation, pair: tuple[uuid.UUID, uuid.UUID]) -> None:
    for number in range(3):
        world.candidate(f"Test Person {number}", ["Java"])
    world.settle()

    assert len(world.bell(Role.RECRUITER)) == 1
    index = alias(settings().index_prefix, "pools")
    count = engine().call("POST", f"/{index}/_count", {"query": {"prefix": {"pool": f"{pair[0].hex}."}}})
    assert count["count"] == 0


def test_who_was_in_it_stays_as_last_known(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Broken later", {"tags": {"any": ["Java"]}})
    world.settle()
    person = world.candidate("Test Before", ["Java"])
    world.settle()
    with session() as db:
        (definition,) = pools.definitions(db, [pool])
        pools.set_broken(db, pool, definition.generation, "a reason of this test")
        db.commit()

    world.recruiter.patch(f"/v1/candidates/{person}", json={"headline": "Changed"})
    world.settle()

    assert world.members(pool) == {person}


def test_new_criteria_mend_it(world: Installation, pair: tuple[uuid.UUID, uuid.UUID]) -> None:
    broken, _ = pair
    first = world.candidate("Test First", ["Java"])
    world.settle()

    answer = world.recruiter.patch(f"/v1/pools/{broken}", json={"criteria": {"tags": {"all": ["Java"]}}})
    assert answer.status_code == 200, answer.text
    world.settle()
    second = world.candidate("Test Second", ["Java"])
    world.settle()

    assert world.recruiter.get(f"/v1/pools/{broken}").json()["state"] == "live"
    assert world.members(broken) == {first, second}
