"""Rejections counted: exact against SQL for those who see everybody, never of fewer than five people for analysts."""

from __future__ import annotations

import csv
import io
from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.settings import settings as settings_now
from engine.process import engine
from engine.tabulate import Dimension, Period, each_rejection, tabulate
from mappings.names import alias
from records.database import session
from records.models import RejectionAnswer, Role
from search.question import EVERYONE
from search.secure import Access, secure_count
from tests.api.answers import ok, places, problem
from tests.api.rejected import CRITERIA, MONTHS, QUESTIONS, Person, Question, add, fill, people
from tests.installation import Installation
from tests.reports.attacker import sums

PATH = "/v1/statistics/rejections"
Values = tuple[str | None, ...]
SEEDS = st.integers(0, 2**32)


def values_of(cell: dict[str, Any], by: tuple[str, ...]) -> Values:
    """What a cell is of, as far as it says."""
    return tuple(cell["values"][each].get("key") for each in by if each in cell["values"])


def counted(rows: list[tuple[Values, str]]) -> dict[Values, tuple[int, int]]:
    """Rejections and people by values."""
    return {
        values: (many, len({person for other, person in rows if other == values}))
        for values, many in Counter(values for values, _ in rows).items()
    }


def told(cells: list[dict[str, Any]], by: tuple[str, ...]) -> dict[Values, tuple[int, int]]:
    """The same from an answer."""
    return {values_of(cell, by): (cell["rejections"], cell["people"]) for cell in cells}


@settings(max_examples=12)
@given(st.data())
def test_what_staff_are_told_is_what_sql_says(house: Installation, data: st.DataObject) -> None:
    fill(house, people(data.draw(SEEDS), 60))
    for question in data.draw(st.lists(QUESTIONS, min_size=4, max_size=6)):
        answer = ok(house.recruiter.post(PATH, json=question.body))
        rows = question.rows()
        assert told(answer["cells"], question.by) == counted([(values, person) for _, person, values, _ in rows])
        assert answer["total"] == {"rejections": len(rows), "people": len({person for _, person, *_ in rows})}
        assert told(answer["months"], ("month",)) == counted([((month,), person) for _, person, _, month in rows])
        assert set(answer["margins"]) == (set(question.by) if len(question.by) > 1 else set())
        for at, each in enumerate(question.by):
            if len(question.by) > 1:
                alone = counted([((values[at],), person) for _, person, values, _ in rows])
                assert told(answer["margins"][each], (each,)) == alone
        for cell in answer["cells"]:
            assert cell["share"] == round(cell["rejections"] / len(rows), 4)
            assert cell["rest"] is False
        assert answer["withheld"] is False


def groups_told(answer: dict[str, Any], question: Question) -> list[frozenset[tuple[str, str]]]:
    """The rejections (application, person) behind each number, by SQL; asserts that the numbers are right."""
    rows = question.rows()
    taken: set[str] = set()
    groups = []
    # Cells first, then what is left of their rows, then what is left of all.
    for cell in sorted(answer["cells"], key=lambda cell: -len(cell["values"])):
        start = values_of(cell, question.by)
        assert cell["rest"] is (len(start) < len(question.by))
        group = frozenset(
            (application, person)
            for application, person, values, _ in rows
            if values[: len(start)] == start and application not in taken
        )
        taken |= {application for application, _ in group}
        assert cell["rejections"] == len(group)
        assert len({person for _, person in group}) >= 5
        groups.append(group)
    if "total" in answer:
        assert answer["total"] == {"rejections": len(rows)}
        assert len(taken) == len(rows)
    return groups


@settings(max_examples=10)
@given(st.data())
def test_an_analyst_who_subtracts_one_answer_from_another_finds_nobody(
    house: Installation, data: st.DataObject
) -> None:
    names = fill(house, people(data.draw(SEEDS), data.draw(st.sampled_from((30, 80, 160)))))
    told_of: list[list[frozenset[tuple[str, str]]]] = []
    for question in data.draw(st.lists(QUESTIONS, min_size=4, max_size=8)):
        answer = ok(house.analyst.post(PATH, json=question.body))
        assert "people" not in str(answer)
        assert (answer["margins"], answer["months"]) == ({}, [])
        told_of.append(groups_told(answer, question))
        if data.draw(st.integers(0, 3)) == 0:
            add(house, people(data.draw(SEEDS), data.draw(st.integers(1, 6))), names.positions)
    event(f"numbers told: {min(sum(map(len, told_of)), 20) // 5 * 5}+")
    for one in told_of:
        for other in told_of:
            if len(one) > 8 or len(other) > 8:
                continue
            for whole in sums(one):
                left = whole.difference(*(group for group in other if group <= whole))
                assert not 0 < len({person for _, person in left}) < 5


def many(number: int, reason: int, position: int = 0, month: int = 0, **more: Any) -> list[Person]:
    """So many people rejected alike."""
    given = {"skills": frozenset(), "town": "Brno"} | more
    return [Person(applications=((position, reason, 1, 1, month),), **given) for _ in range(number)]


def numbers(house: Installation, by: tuple[str, ...] = ("reason",), **more: Any) -> tuple[Any, dict[Values, int]]:
    """What an analyst is told: the total, and the cells."""
    answer = ok(house.analyst.post(PATH, json={"by": list(by), **more}))
    return answer.get("total", {}).get("rejections"), {
        values_of(cell, by): cell["rejections"] for cell in answer["cells"]
    }


def test_a_small_cell_is_withheld_and_one_more_where_the_total_would_give_it_away(house: Installation) -> None:
    fill(house, [*many(20, 0), *many(7, 1), *many(2, 2)])
    assert numbers(house) == (29, {("salary",): 20, (): 9})
    answer = ok(house.analyst.post(PATH, json={"by": ["reason"]}))
    assert answer["withheld"] is True
    assert [cell["share"] for cell in answer["cells"]] == [0.6897, 0.3103]


def test_what_is_too_small_by_position_is_still_told_by_reason(house: Installation) -> None:
    fill(house, [*many(9, 0), *many(3, 0, 1), *many(3, 0, 2), *many(6, 1)])
    assert numbers(house, ("reason", "said_by")) == (21, {("salary", "candidate"): 15, ("skills", "us"): 6})
    total, cells = numbers(house, ("reason", "stage"))
    assert (total, sorted(cells.values())) == (21, [6, 15])
    by_position = ok(house.analyst.post(PATH, json={"by": ["reason", "position"]}))["cells"]
    assert [(cell["rejections"], cell["rest"], len(cell["values"])) for cell in by_position] == [
        (9, False, 2),
        (6, True, 1),
        (6, False, 2),
    ]


def test_five_rejections_of_four_people_are_four_people(house: Installation) -> None:
    twice = Person(frozenset(), "Brno", ((0, 0, 1, 1, 0), (1, 0, 1, 1, 0)))
    fill(house, [twice, *many(3, 0)])
    assert numbers(house) == (None, {})


def test_one_value_less_does_not_give_the_difference_away(house: Installation) -> None:
    fill(house, [*many(20, 0), *many(3, 0, town="Znojmo")])
    region, town = {"locations": {"any": ["Jižní Morava"]}}, {"locations": {"any": ["Brno"]}}
    assert numbers(house, criteria=region) == (23, {("salary",): 23})
    assert numbers(house, criteria=town) == (None, {})
    fill(house, [*many(20, 0), *many(5, 0, town="Znojmo")])
    assert numbers(house, criteria=region) == (25, {("salary",): 25})
    assert numbers(house, criteria=town) == (20, {("salary",): 20})


def test_one_month_more_does_not_give_the_difference_away(house: Installation) -> None:
    fill(house, [*many(20, 0), *many(2, 0, month=1), *many(6, 0, month=2)])
    assert numbers(house, to=MONTHS[0]) == (20, {("salary",): 20})
    assert numbers(house, to=MONTHS[1]) == (None, {})
    assert numbers(house, to=MONTHS[2]) == (28, {("salary",): 28})


def test_whoever_is_rejected_between_two_questions_is_not_given_away(house: Installation) -> None:
    names = fill(house, many(20, 0))
    assert numbers(house) == (20, {("salary",): 20})
    add(house, many(1, 0), names.positions)
    assert numbers(house) == (None, {})
    add(house, many(4, 0), names.positions)
    assert numbers(house) == (25, {("salary",): 25})


def test_what_one_analyst_was_told_counts_for_every_other(house: Installation) -> None:
    fill(house, [*many(20, 0), *many(3, 0, town="Znojmo")])
    assert numbers(house) == (23, {("salary",): 23})
    _, other = house.add_user(Role.ANALYST, "other-analyst@example.com")
    answer = ok(other.post(PATH, json={"by": ["reason"], "criteria": {"locations": {"any": ["Brno"]}}}))
    assert (answer["cells"], "total" in answer, answer["withheld"]) == ([], False, True)
    staff = ok(house.recruiter.post(PATH, json={"criteria": {"locations": {"any": ["Brno"]}}}))
    assert staff["total"] == {"rejections": 20, "people": 20}


def test_the_same_answer_is_remembered_once_and_staff_leave_nothing(house: Installation) -> None:
    fill(house, many(9, 0))
    for _ in range(2):
        ok(house.analyst.post(PATH, json={"by": ["reason"]}))
        ok(house.recruiter.post(PATH, json={"by": ["stage"]}))
    with session() as db:
        (kept,) = db.scalars(select(RejectionAnswer)).all()
        assert (kept.question, kept.asked_by) == ({}, house.id_of(Role.ANALYST))
        assert db.scalar(select(func.count()).select_from(RejectionAnswer)) == 1


def test_a_pool_is_turned_into_its_statistics(house: Installation) -> None:
    fill(house, [*many(6, 0, skills=frozenset({"Java"})), *many(9, 1)])
    pool = house.pool("Java", {"tags": {"any": ["Java"]}})
    house.settle()
    criteria = {"pools": {"any": [str(pool)]}}
    assert numbers(house, criteria=criteria) == (6, {("salary",): 6})
    assert ok(house.recruiter.post(PATH, json={"criteria": criteria}))["total"] == {"rejections": 6, "people": 6}


@pytest.mark.parametrize(
    ("criteria", "place"),
    [
        ({"text": "Jan Novák"}, "text"),
        ({"created": {"last_days": 3}}, "created.last_days"),
        ({"created": {"from": "2026-01-02"}}, "created.from"),
        ({"created": {"to": "2026-01-30"}}, "created.to"),
        ({"rejections": {"since": "2026-01-02"}}, "rejections.since"),
        ({"rejections": {"none": {"since": "2026-01-02"}}}, "rejections.none.since"),
        ({"applications": {"since": "2026-01-02"}}, "applications.since"),
        ({"applications": {"none": {"since": "2026-01-02"}}}, "applications.none.since"),
    ],
)
def test_what_is_finer_than_an_analyst_may_ask_is_refused_and_staff_may(
    house: Installation, criteria: dict[str, Any], place: str
) -> None:
    assert places(house.analyst.post(PATH, json={"criteria": criteria}), 422) == [f"body.criteria.{place}"]
    ok(house.recruiter.post(PATH, json={"criteria": criteria}))


def test_whole_months_and_names_of_all_kinds_an_analyst_may_ask(house: Installation) -> None:
    house.tag("do not hire", "internal")
    for criteria in (
        {"created": {"from": "2026-01-01", "to": "2026-02-28"}, "rejections": {"since": "2026-01-01"}},
        {"tags": {"none": ["do not hire"]}},
    ):
        ok(house.analyst.post(PATH, json={"criteria": criteria}))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"by": []}, "body.by"),
        ({"by": ["reason", "reason"]}, "body.by"),
        ({"by": ["name"]}, "body.by[0]"),
        ({"by": ["reason", "stage", "month", "source"]}, "body.by"),
        ({"from": "2026-1"}, "body.from"),
        ({"to": "2026-01-15"}, "body.to"),
        ({"from": "2026-02", "to": "2026-01"}, "body"),
        ({"criteria": {"tags": {"any": ["no such tag"]}}}, "body.criteria.tags.any[0]"),
        ({"candidates": []}, "body.candidates"),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused_with_its_place(
    house: Installation, body: dict[str, Any], place: str
) -> None:
    for client in (house.analyst, house.recruiter):
        assert places(client.post(PATH, json=body), 422) == [place]


def test_rejections_are_read_page_by_page_and_a_table_says_when_there_is_more_of_it(house: Installation) -> None:
    fill(house, people(7, 30))
    index = alias(settings_now().index_prefix, "candidates")
    by: tuple[Dimension, ...] = ("position", "source")
    query = secure_count(EVERYONE, Access.system())
    whole, *pages = (list(each_rejection(engine(), index, query, by, Period(), page=page)) for page in (10_000, 7, 1))
    assert whole == pages[0] == pages[1]
    asked = Question(CRITERIA[0], by, None, None).rows()
    assert {(application, values) for application, _, values, _ in asked} == set(whole)
    cells = tabulate(engine(), index, query, by, Period()).cells
    assert not tabulate(engine(), index, query, by, Period(), most=len(cells) + 1).more
    assert tabulate(engine(), index, query, by, Period(), most=len(cells) - 1).more


def test_hiring_managers_count_nothing(house: Installation) -> None:
    problem(house.manager.post(PATH, json={}), 403)
    problem(house.manager.post(f"{PATH}.csv", json={}), 403)


def test_the_csv_has_the_cells_and_nothing_in_it_is_a_formula(house: Installation) -> None:
    names = fill(house, many(6, 0))
    evil = "=HYPERLINK(“https://example.com”)"
    ok(house.recruiter.patch(f"/v1/positions/{names.positions[0]}", json={"title": evil}))
    answer = house.recruiter.post(f"{PATH}.csv", json={"by": ["position", "reason"]})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    heading, row = csv.reader(io.StringIO(answer.text))
    assert heading == ["position", "reason", "rejections", "people", "share"]
    assert row == [f"'{evil}", "salary", "6", "6", "1.0"]
    analyst = list(csv.reader(io.StringIO(house.analyst.post(f"{PATH}.csv", json={"by": ["reason"]}).text)))
    assert analyst[1:] == [["salary", "6", "", "1.0"]]


def test_every_criterion_of_these_tests_means_something(house: Installation) -> None:
    """Each finds some of these people and not all, so that being exact about it is worth something."""
    fill(
        house,
        [
            *many(1, 0, skills=frozenset({"Java", "Python"})),
            *many(1, 1, skills=frozenset({"Python"}), town="Znojmo"),
            *many(1, 2, town="Praha"),
        ],
    )
    for criterion in CRITERIA[1:]:
        found = ok(house.recruiter.post(PATH, json={"criteria": criterion.sent}))["total"]["people"]
        assert 0 < found < 3, criterion.sent
