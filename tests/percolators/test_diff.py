"""Who enters, who leaves, and who counts as having come."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from percolators.diff import Difference, Subject, difference, has_arrived
from records.repositories.matching import PoolState, Standing

PEOPLE = [uuid.UUID(int=n) for n in range(1, 4)]
POOLS = [uuid.UUID(int=n) for n in range(101, 105)]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def at(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


@st.composite
def pool_states(draw: st.DrawFn) -> dict[uuid.UUID, PoolState]:
    """Pools, each with numbers of its own: wanted and shown the same, or the shown one older, or 0."""
    states = {}
    for number, pool in enumerate(POOLS):
        wanted = 10 * number + 9
        shown = draw(st.sampled_from([0, 10 * number + 5, wanted]))
        states[pool] = PoolState(draw(st.sampled_from([0, wanted])), shown, at(-2), at(draw(st.integers(-2, 2))))
    return states


generations = st.sampled_from([10 * number + last for number in range(4) for last in (3, 5, 9)])
findings = st.fixed_dictionaries({person: st.frozensets(generations) for person in PEOPLE})
standing_pairs = st.sets(st.tuples(st.sampled_from(PEOPLE), generations))


def standing_of(pairs: set[tuple[uuid.UUID, int]], states: dict[uuid.UUID, PoolState]) -> list[Standing]:
    rows = []
    for person, generation in sorted(pairs):
        pool = POOLS[generation // 10]
        rows.append(Standing(person, pool, generation, live=states[pool].live_generation == generation))
    return rows


def subjects() -> dict[uuid.UUID, Subject]:
    return {person: Subject(7, at(-1), at(1)) for person in PEOPLE}


def applied(pairs: set[tuple[uuid.UUID, int]], change: Difference) -> set[tuple[uuid.UUID, int]]:
    gone = {(match.candidate, match.generation) for match in change.left}
    return (pairs - gone) | {(entry.candidate, entry.generation) for entry in change.entered}


@given(pool_states(), findings, standing_pairs)
def test_afterwards_exactly_what_was_found_stands_and_doing_it_again_changes_nothing(
    states: dict[uuid.UUID, PoolState],
    found: dict[uuid.UUID, frozenset[int]],
    pairs: set[tuple[uuid.UUID, int]],
) -> None:
    change = difference(subjects(), found, states, standing_of(pairs, states), set(PEOPLE))
    after = applied(pairs, change)
    matchable = {number for state in states.values() for number in (state.generation, state.live_generation)}
    everything_found = {(person, generation) for person in PEOPLE for generation in found[person]}
    assert after == {pair for pair in everything_found if pair[1] in matchable or pair in pairs}
    again = difference(subjects(), found, states, standing_of(after, states), set(PEOPLE))
    assert again == Difference([], [])


@given(pool_states(), findings, standing_pairs)
def test_an_entry_names_the_pool_of_its_generation_and_the_version_found(
    states: dict[uuid.UUID, PoolState],
    found: dict[uuid.UUID, frozenset[int]],
    pairs: set[tuple[uuid.UUID, int]],
) -> None:
    change = difference(subjects(), found, states, standing_of(pairs, states), set())
    for entry in change.entered:
        assert entry.pool == POOLS[entry.generation // 10]
        assert entry.version == 7
        assert (entry.candidate, entry.generation) not in pairs


def test_nobody_but_the_subjects_enters_or_leaves() -> None:
    somebody, other = PEOPLE[:2]
    states = {POOLS[0]: PoolState(9, 9, at(-2), at(-2))}
    standing = standing_of({(other, 9)}, states)
    change = difference({somebody: Subject(1, at(-1), at(-1))}, {somebody: frozenset()}, states, standing, set())
    assert change == Difference([], [])


# A pool first asked at 0 and, where its wanted generation is not the shown one, edited at 10.
SHOWN, BORN, EDITED = PoolState(9, 9, at(0), at(0)), PoolState(9, 0, at(0), at(0)), PoolState(9, 5, at(0), at(10))


@pytest.mark.parametrize(
    ("what", "state", "generation", "came", "changed", "known", "arrived"),
    [
        ("comes to a pool that is there", SHOWN, 9, 1, 1, False, True),
        ("was there before the pool, and is worked off after", SHOWN, 9, -1, -1, False, False),
        ("was there before, was changed since, and was never matched", SHOWN, 9, -1, 1, False, False),
        ("was matched before and is changed", SHOWN, 9, -1, 1, True, True),
        ("was changed before the pool was asked, and is worked off after", SHOWN, 9, -2, -1, True, False),
        ("comes while the pool is born", BORN, 9, 1, 1, False, True),
        ("was there, and is changed while the pool is born", BORN, 9, -1, 1, True, False),
        ("was there, unmatched, before the pool is born", BORN, 9, -1, -1, False, False),
        ("comes during the edit", EDITED, 9, 11, 11, False, True),
        ("came before the edit and nobody heard of them", EDITED, 9, 1, 1, False, True),
        ("came before the edit and was matched then", EDITED, 9, 1, 11, True, False),
        ("came before the pool was first asked", EDITED, 9, -1, 11, False, False),
        ("comes to what is still shown during the edit", EDITED, 5, 11, 11, False, True),
        ("is changed into what is still shown during the edit", EDITED, 5, 1, 11, True, True),
    ],
)
def test_who_counts_as_having_come(
    what: str, state: PoolState, generation: int, came: int, changed: int, known: bool, arrived: bool
) -> None:
    assert has_arrived(Subject(1, at(came), at(changed)), state, generation, known=known) is arrived, what
