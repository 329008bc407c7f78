"""I4 for everybody: those who come, wait, are edited, leave or are deleted while a pool is born or edited.

Percolating, indexing and storing a person fall anywhere between the steps of the registration, each by itself. Many
people take their own course beside one registration.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import text

import indexer.drain
from engine.documents import BulkOutcome
from indexer.drain import drain_batch
from indexer.writing import write
from percolators import registration
from records.database import database
from records.models import Role
from tests.installation import Installation
from tests.spine.courses import END, Course, held, register_beside
from tests.spine.steps import ask_otherwise, delete, edit, skills, tag, untag

BIRTH = ("_store", "_raise_epoch", "refresh", "_fill", "_show_first")
EDIT = ("_store", "_raise_epoch", "refresh", "_fill", "_swap", "forget")

# People beside one registration: each holds a connection to the database while on their way.
AT_ONCE = 24
# Courses tried per kind of person; all of them (91 and 140) in the long suite.
LONG = (settings.default.max_examples if settings.default else 0) > 100
SAMPLE = 12


def courses_of(steps: Sequence[str], seed: str) -> list[tuple[str, str, str]]:
    """(percolate, index, store) moments: storing comes last, the other two in any order."""
    moments = (*steps, END)
    every = [
        (moments[percolate], moments[index], moments[store])
        for store in range(len(moments))
        for percolate in range(store + 1)
        for index in range(store + 1)
    ]
    # Where a gap would be: percolated before the pool is stored, indexed late, stored last.
    sharp = [(steps[0], moments[index], END) for index in range(len(moments))]
    return every if LONG else [*sharp, *random.Random(seed).sample(every, SAMPLE - len(sharp))]


def told_of(world: Installation) -> Counter[uuid.UUID]:
    """How often the manager was told of whom, withdrawn notices included."""
    with database().connect() as connection:
        query = text("SELECT candidate_id FROM notifications WHERE user_id = :user AND kind = 'match'")
        return Counter(connection.scalars(query, {"user": world.id_of(Role.HIRING_MANAGER)}))


class Kind:
    """A sort of person: what they do before and after the pool is asked, and how it has to end.

    `known`: they were matched before it is asked. `told`: how often the manager may have been told of them.
    """

    def __init__(
        self,
        before: Callable[[Installation], uuid.UUID] | None,
        after: Callable[[Installation, uuid.UUID | None], uuid.UUID],
        *,
        known: bool,
        inside: bool,
        told: set[int],
    ) -> None:
        self.before, self.after = before, after
        self.known, self.inside, self.told = known, inside, told


def there(*which: str) -> Callable[[Installation], uuid.UUID]:
    return lambda world: world.candidate("Was there", which)


def comes(*which: str) -> Callable[[Installation, uuid.UUID | None], uuid.UUID]:
    return lambda world, _: world.candidate("Comes", which)


def does(what: Callable[[Installation, uuid.UUID], None]) -> Callable[[Installation, uuid.UUID | None], uuid.UUID]:
    def after(world: Installation, person: uuid.UUID | None) -> uuid.UUID:
        assert person is not None
        what(world, person)
        return person

    return after


def nothing(world: Installation, person: uuid.UUID) -> None: ...


def is_edited(world: Installation, person: uuid.UUID) -> None:
    edit(world, person, headline="Something else")


def gets_new(world: Installation, person: uuid.UUID) -> None:
    tag(world, person, "new")


def loses_new(world: Installation, person: uuid.UUID) -> None:
    untag(world, person, "new")


BORN = {
    "comes": Kind(None, comes("new"), known=False, inside=True, told={1}),
    "comes to something else": Kind(None, comes("old"), known=False, inside=False, told={0}),
    "waited unprocessed": Kind(there("new"), does(nothing), known=False, inside=True, told={0}),
    "is edited": Kind(there("new"), does(is_edited), known=True, inside=True, told={0}),
    "leaves": Kind(there("new"), does(loses_new), known=True, inside=False, told={0}),
    "is deleted": Kind(there("new"), does(delete), known=True, inside=False, told={0}),
    # Whether somebody who was there matched all along is not known until the pool is there: silence, or one notice.
    "begins to match": Kind(there("old"), does(gets_new), known=True, inside=True, told={0, 1}),
}
EDITED = {
    "comes to the new": Kind(None, comes("new"), known=False, inside=True, told={1}),
    "comes to both": Kind(None, comes("old", "new"), known=False, inside=True, told={1}),
    "comes to the old": Kind(None, comes("old"), known=False, inside=False, told={0, 1}),
    "waited for both": Kind(there("old", "new"), does(nothing), known=False, inside=True, told={1}),
    "was in and stays": Kind(there("old", "new"), does(is_edited), known=True, inside=True, told={1}),
    "was in and is brought by nothing": Kind(there("old"), does(is_edited), known=True, inside=False, told={1}),
    "was not in and is brought by the edit": Kind(there("new"), does(is_edited), known=True, inside=True, told={0}),
    "is deleted": Kind(there("old", "new"), does(delete), known=True, inside=False, told={1}),
}


def settle_people() -> None:
    while not drain_batch().nothing_due:
        pass


def rounds(kinds: dict[str, Kind], steps: Sequence[str]) -> list[list[tuple[str, tuple[str, str, str]]]]:
    """Everybody with their course, dealt out over registrations."""
    everybody = [(name, course) for name in kinds for course in courses_of(steps, name)]
    random.Random(4).shuffle(everybody)
    return [everybody[start : start + AT_ONCE] for start in range(0, len(everybody), AT_ONCE)]


def on_their_way(
    world: Installation, kinds: dict[str, Kind], part: list[tuple[str, tuple[str, str, str]]], ask: Callable[[], None]
) -> list[tuple[str, Course]]:
    """Bring everybody to where their course begins; `ask` makes or edits the pool at its time."""
    people: list[uuid.UUID | None] = [None] * len(part)
    for known in (True, False):
        for n, (name, _) in enumerate(part):
            kind = kinds[name]
            if kind.before is not None and kind.known is known:
                people[n] = kind.before(world)
        if known:
            world.settle()
    ask()
    return [
        (name, Course(kinds[name].after(world, person), *course))
        for (name, course), person in zip(part, people, strict=True)
    ]


@pytest.mark.parametrize("part", range(len(rounds(BORN, BIRTH))))
def test_while_a_pool_is_born_nobody_is_lost_or_told_of_twice(world: Installation, part: int) -> None:
    world.skills("Old", "New")
    made: list[uuid.UUID] = []

    def ask() -> None:
        made.append(world.pool("Born", skills("New")))
        world.track(made[0])

    everybody = on_their_way(world, BORN, rounds(BORN, BIRTH)[part], ask)
    courses = [course for _, course in everybody]

    def happen(moment: str) -> None:
        for course in courses:
            course.take(moment)

    with held(courses):
        register_beside(BIRTH, happen)
    as_it_should_be(world, made[0], BORN, everybody)


@pytest.mark.parametrize("part", range(len(rounds(EDITED, EDIT))))
def test_while_a_pool_is_edited_nobody_is_lost_told_of_twice_or_seen_beside_the_others(
    world: Installation, part: int
) -> None:
    world.skills("Old", "New")
    pool = world.pool("Edited", skills("Old"))
    world.track(pool)
    world.settle()
    everybody = on_their_way(
        world, EDITED, rounds(EDITED, EDIT)[part], lambda: ask_otherwise(world, pool, skills("New"))
    )
    courses = [course for _, course in everybody]
    of = {name: {course.person for kind, course in everybody if kind == name} for name in EDITED}
    never_old = of["comes to the new"] | of["was not in and is brought by the edit"]
    never_new = of["comes to the old"] | of["was in and is brought by nothing"]
    swapped = False

    def look() -> None:
        seen = world.members(pool)
        assert not seen & (never_new if swapped else never_old), "a mixture of old and new criteria"
        assert of["was in and stays"] <= seen
        missing = of["was not in and is brought by the edit" if swapped else "was in and is brought by nothing"] - seen
        assert not missing

    def happen(moment: str) -> None:
        nonlocal swapped
        swapped = moment in ("forget", END)
        look()
        for course in courses:
            course.take(moment)
        look()

    with held(courses):
        register_beside(EDIT, happen)
    as_it_should_be(world, pool, EDITED, everybody)


def as_it_should_be(
    world: Installation, pool: uuid.UUID, kinds: dict[str, Kind], everybody: list[tuple[str, Course]]
) -> None:
    for _ in range(2):  # and again once there is nothing left to do
        told, inside = told_of(world), world.members(pool)
        for name, course in everybody:
            assert (course.person in inside) is kinds[name].inside, f"{name}: {course.at}"
            assert told[course.person] in kinds[name].told, f"{name}: {course.at}"
        assert len(inside) == sum(kinds[name].inside for name, _ in everybody)
        settle_people()
        world.settle()


def test_without_the_epoch_this_file_sees_somebody_lost(world: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "_raise_epoch", lambda: None)
    assert _lost(world, (BIRTH[0], END, END)) == "lost"


def test_without_waiting_for_the_index_this_file_sees_somebody_lost(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stored before the epoch rose, and indexed only after the back-fill: if storing did not wait for the index."""
    late: list[tuple[Any, ...]] = []

    def put_off(*what: Any) -> BulkOutcome:
        late.append(what)
        return BulkOutcome()

    monkeypatch.setattr(indexer.drain, "write", put_off)
    assert _lost(world, (BIRTH[0], BIRTH[0], BIRTH[0])) == "lost"
    write(*late[0])


def test_with_both_nobody_is_lost_on_the_same_courses(world: Installation) -> None:
    assert _lost(world, (BIRTH[0], END, END)) == "found"


def _lost(world: Installation, course: tuple[str, str, str]) -> str:
    world.skills("Old", "New")
    # Not the first pool, so that what pools ask is percolated already.
    world.pool("First", skills("New"))
    world.settle()
    pool = world.pool("Born", skills("New"))
    one = Course(world.candidate("Comes", ["New"]), *course)
    with held([one]):
        register_beside(BIRTH, one.take)
    return "found" if one.person in world.members(pool) else "lost"
