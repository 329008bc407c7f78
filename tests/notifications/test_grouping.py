"""One notice per reader and person, one summary per reader and import, and none of one's own act."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications.grouping import LOUDNESS, Entered, Origin, notices_of, together
from records.outbox import Notices

PEOPLE = [uuid.UUID(int=n) for n in range(1, 5)]
POOLS = [uuid.UUID(int=n) for n in range(101, 104)]
USERS = [uuid.UUID(int=n) for n in range(201, 204)]
BATCHES = [uuid.UUID(int=n) for n in range(301, 303)]

loudness: st.SearchStrategy[Notices] = st.sampled_from(["silent", "summary", "follow", "each"])
origins = st.builds(Origin, st.none() | st.sampled_from(USERS), st.none() | st.sampled_from(BATCHES), loudness)
entries = st.lists(st.builds(Entered, st.sampled_from(PEOPLE), st.just(3), st.sampled_from(POOLS)))
# A reader may be named twice: they track a pool and the one above it.
trackers = st.dictionaries(st.sampled_from(POOLS), st.lists(st.sampled_from(USERS)))
origins_of_all = st.fixed_dictionaries(dict.fromkeys(PEOPLE, origins))


@given(entries, trackers, origins_of_all)
def test_every_reader_is_told_of_everything_they_track_but_their_own_acts_and_silence(
    entered: list[Entered], tracked: dict[uuid.UUID, list[uuid.UUID]], came: dict[uuid.UUID, Origin]
) -> None:
    told = {
        (notice.user, person, pool) for notice in notices_of(entered, tracked, came) for person, pool in notice.matches
    }
    assert told == {
        (reader, entry.candidate, entry.pool)
        for entry in entered
        for reader in tracked.get(entry.pool, ())
        if reader != came[entry.candidate].actor and came[entry.candidate].notices != "silent"
    }


@given(entries, trackers, origins_of_all)
def test_a_person_is_one_notice_for_a_reader_and_an_import_is_one(
    entered: list[Entered], tracked: dict[uuid.UUID, list[uuid.UUID]], came: dict[uuid.UUID, Origin]
) -> None:
    made = notices_of(entered, tracked, came)
    keys = [(notice.user, notice.group_key) for notice in made]
    assert len(keys) == len(set(keys))
    of_one = [(notice.user, notice.candidate) for notice in made if notice.kind == "match"]
    assert len(of_one) == len(set(of_one))
    for notice in made:
        people = {person for person, _ in notice.matches}
        assert len(notice.matches) == len(set(notice.matches)) > 0
        if notice.kind == "match":
            assert people == {notice.candidate}
        else:
            assert notice.kind == "summary"
            assert {f"batch:{came[person].batch}" for person in people} == {notice.group_key}


@given(entries, trackers, origins_of_all)
def test_handled_in_parts_it_is_the_same_notices(
    entered: list[Entered], tracked: dict[uuid.UUID, list[uuid.UUID]], came: dict[uuid.UUID, Origin]
) -> None:
    """Several batches of a drain: the keys, under which rows are one, must not depend on how people were dealt out."""

    def keyed(parts: Sequence[Sequence[Entered]]) -> dict[tuple[uuid.UUID, str], set[tuple[uuid.UUID, uuid.UUID]]]:
        rows: dict[tuple[uuid.UUID, str], set[tuple[uuid.UUID, uuid.UUID]]] = {}
        for part in parts:
            for notice in notices_of(part, tracked, came):
                rows.setdefault((notice.user, notice.group_key), set()).update(notice.matches)
        return rows

    assert keyed([entered]) == keyed([[entry] for entry in reversed(entered)])


def test_a_later_version_of_somebody_is_another_notice() -> None:
    ada, pool, reader = PEOPLE[0], POOLS[0], USERS[0]
    first, second = (
        notices_of([Entered(ada, version, pool)], {pool: [reader]}, {ada: Origin()})[0] for version in (3, 4)
    )
    assert first.group_key != second.group_key


@given(st.lists(origins, min_size=1, max_size=4))
def test_the_loudest_of_several_changes_decides(changes: list[Origin]) -> None:
    one = together(changes)
    own = [change for change in changes if change.notices != "follow"]
    counting = own if any(change.batch for change in own) else changes
    assert LOUDNESS[one.notices] == max(LOUDNESS[change.notices] for change in counting)
    assert one.batch in {change.batch for change in changes if change.notices == one.notices}


@given(st.lists(origins, min_size=1, max_size=4))
@example([Origin(USERS[0], None, "summary"), Origin(USERS[1], None, "follow")])
def test_an_actor_is_spared_only_what_nobody_else_had_a_hand_in(changes: list[Origin]) -> None:
    own = [change for change in changes if change.notices != "follow"]
    changes = own if any(change.batch for change in own) else changes
    one = together(changes)
    if one.notices != "silent":
        loud = [change for change in changes if change.notices != "silent"]
        acted = {change.actor for change in loud if change.notices != "follow"} or {change.actor for change in loud}
        assert one.actor == (next(iter(acted)) if len(acted) == 1 else None)


def test_something_hidden_that_happened_beside_does_not_make_ones_own_act_news() -> None:
    mine, hidden = Origin(USERS[0]), Origin(USERS[1], None, "follow")
    assert together([mine, hidden]) == together([hidden, mine]) == mine


@pytest.mark.parametrize("batch", ["summary", "silent"])
def test_what_follows_is_told_as_the_import_that_brought_the_person(batch: Notices) -> None:
    came = Origin(USERS[0], BATCHES[0], batch)
    assert together([came, Origin(USERS[1], None, "follow")]) == came
    assert together([Origin(USERS[1], None, "follow")]).notices == "follow"
    assert together([came, Origin(USERS[1], None, "follow"), Origin(USERS[2])]).notices == "each"


def test_something_hidden_done_to_many_is_one_notice_and_changes_nothing_about_what_happened_beside() -> None:
    reader, pool = USERS[0], POOLS[0]
    hidden = Origin(USERS[1], BATCHES[0], "follow")
    entered = [Entered(person, 3, pool) for person in PEOPLE]
    [one] = notices_of(entered, {pool: [reader]}, dict.fromkeys(PEOPLE, together([hidden])))
    assert {person for person, _ in one.matches} == set(PEOPLE)
    for beside in (Origin(USERS[2]), Origin(USERS[2], BATCHES[1], "summary")):
        assert together([hidden, beside]) == together([beside, hidden]) == beside
