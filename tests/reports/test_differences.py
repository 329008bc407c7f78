"""What two answers tell together, against an attacker who tries everything."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st

from reports.answered import Answered
from reports.differences import telling
from reports.families import LEAST, Rejections, divide
from reports.withholding import protect
from tests.reports.attacker import groups_of, small_groups


def answer(groups: list[int], people: list[int]) -> Answered:
    """Rejection n is of people[n] and in groups[n]; -1, and any group of fewer than five people, is not shown."""
    column, of = np.array(groups, np.int64), np.array(people, np.int64)
    for group in set(groups):
        if len(np.unique(of[column == group])) < LEAST:
            column[column == group] = -1
    shown = np.flatnonzero(column >= 0)
    _, renumbered = np.unique(column[shown], return_inverse=True)
    return Answered(shown.astype(np.int64), of[shown], renumbered.astype(np.int64))


@st.composite
def pairs(draw: st.DrawFn, *, once_each: bool) -> tuple[Answered, Answered]:
    """Two answers that are alike for the most part, as nested and neighbouring questions are."""
    many = draw(st.integers(10, 60))
    people = list(range(many)) if once_each else draw(st.lists(st.integers(0, many // 2), min_size=many, max_size=many))
    old = draw(st.lists(st.integers(-1, 3), min_size=many, max_size=many))
    kind = draw(st.sampled_from(("moved", "merged", "split", "any")))
    if kind == "any":
        return answer(old, people), answer(draw(st.lists(st.integers(-1, 3), min_size=many, max_size=many)), people)
    new = [{"moved": group, "merged": min(group, 1), "split": group * 2 + n % 2}[kind] for n, group in enumerate(old)]
    for at in draw(st.lists(st.integers(0, many - 1), max_size=12)):
        new[at] = draw(st.integers(-1, 5))
    return answer(old, people), answer(new, people)


@settings(max_examples=200)
@given(pairs(once_each=True))
def test_two_answers_tell_exactly_where_an_attacker_finds_something(both: tuple[Answered, Answered]) -> None:
    found = next(small_groups(*both), None)
    event(f"something to be found: {found is not None}")
    assert bool(telling(*both)) is (found is not None)


@settings(max_examples=200)
@given(pairs(once_each=False))
def test_where_people_have_several_rejections_nothing_that_can_be_found_is_missed(
    both: tuple[Answered, Answered],
) -> None:
    found = next(small_groups(*both), None)
    event(f"something to be found: {found is not None}")
    assert found is None or telling(*both)


@st.composite
def questions(draw: st.DrawFn) -> list[Rejections]:
    """Questions over one small world: parts of its rejections, by one or two things that were said of them."""
    many = draw(st.integers(15, 80))
    people = np.array(draw(st.lists(st.integers(0, many), min_size=many, max_size=many)), np.int64)
    facts = [np.array(draw(st.lists(st.integers(0, 3), min_size=many, max_size=many)), np.int64) for _ in range(3)]
    asked = []
    for _ in range(draw(st.integers(2, 5))):
        kept = np.ones(many, bool)
        for _ in range(draw(st.integers(0, 2))):
            kept &= facts[draw(st.integers(0, 2))] != draw(st.integers(0, 3))
        by = draw(st.lists(st.integers(0, 2), min_size=1, max_size=2, unique=True))
        rows = np.flatnonzero(kept)
        asked.append(Rejections(rows.astype(np.int64), people[rows], tuple(facts[each][rows] for each in by)))
    return asked


def answered(asked: list[Rejections]) -> list[Answered]:
    """What was shown of each question after the ones before."""
    given_out: list[Answered] = []
    for question in asked:
        given_out.append(protect(question, lambda: given_out)[1])
    return given_out


@settings(max_examples=100)
@given(questions())
def test_whatever_is_asked_no_two_answers_tell_of_fewer_than_five_people(asked: list[Rejections]) -> None:
    shown = answered(asked)
    for at, one in enumerate(shown):
        assert next(small_groups(one, one), None) is None
        for other in shown[:at]:
            if len(groups_of(one)) + len(groups_of(other)) <= 24:
                assert next(small_groups(one, other), None) is None


@settings(max_examples=100)
@given(questions())
def test_the_same_question_again_has_the_same_answer(asked: list[Rejections]) -> None:
    first = protect(asked[0], list)[1]
    again = protect(asked[0], lambda: [first])[1]
    assert again.digest == first.digest


def test_without_the_look_at_earlier_answers_the_attacker_does_find_something() -> None:
    """A reason, and the same reason by position: twelve people, eight of them on one position."""
    reasons = np.array([0] * 12 + [1] * 9, np.int64)
    positions = np.array([0] * 8 + [1] * 4 + [2] * 9, np.int64)
    numbers = np.arange(21, dtype=np.int64)
    by_reason = Rejections(numbers, numbers, (reasons,))
    by_position = Rejections(numbers, numbers, (positions,))
    first = Answered.of(by_reason, divide(by_reason))
    careless = Answered.of(by_position, divide(by_position))
    assert [len(group) for group in groups_of(first)] == [12, 9]
    # The four are withheld and, since the total would give them away, the eight beside them.
    assert sorted(len(group) for group in groups_of(careless)) == [9, 12]
    split = Answered(numbers, numbers, np.where(numbers < 8, 0, 1))
    assert [len(group) for group in small_groups(first, split)] == [4, 4]
    assert telling(first, split)


def test_a_number_moves_in_steps_of_five_people() -> None:
    def shown(many: int, earlier: list[Answered]) -> tuple[Any, ...]:
        numbers = np.arange(many + 10, dtype=np.int64)
        reasons = np.where(numbers < many, 0, 1)
        family, seen = protect(Rejections(numbers, numbers, (reasons,)), lambda: earlier)
        earlier.append(seen)
        return family.whole, {path: len(rows) for path, rows in family.groups.items()}

    def after(*many: int) -> tuple[Any, ...]:
        earlier: list[Answered] = []
        return [shown(each, earlier) for each in many][-1]

    assert after(20) == (True, {(0,): 20, (1,): 10})
    assert after(20, 25) == (True, {(0,): 25, (1,): 10})
    whole, groups = after(20, 21)
    assert not whole
    assert 21 not in groups.values()


def test_what_was_shown_is_stored_and_read_as_it_was() -> None:
    shown = Answered(np.array([3, 5, 900_000]), np.array([1, 1, 7]), np.array([1, 0, 1]))
    read = Answered.unpack(shown.pack())
    for column in ("numbers", "people", "groups"):
        assert getattr(read, column).tolist() == getattr(shown, column).tolist()
    assert read.digest == shown.digest
    renamed = Answered(shown.numbers, shown.people, np.array([0, 1, 0]))
    assert renamed.digest == shown.digest
    assert Answered(shown.numbers, shown.people, np.array([0, 1, 1])).digest != shown.digest
