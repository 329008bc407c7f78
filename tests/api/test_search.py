"""Search: whoever is asked for, in an order that can be walked, and nobody who is gone."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.answers import ok, places, problem
from tests.api.walking import searched
from tests.installation import Installation


@pytest.fixture
def skill(house: Installation) -> str:
    """A skill of this test alone."""
    name = f"skill-{uuid.uuid4().hex[:8]}"
    house.tag(name)
    return name


def test_everything_given_must_hold(house: Installation, skill: str) -> None:
    region, town, other = f"region-{skill}", f"town-{skill}", f"other-{skill}"
    house.tag(region, "location")
    house.tag(town, "location", parent=region)
    house.tag(other, synonyms=[f"syn {skill}"])
    person = house.candidate(
        f"Žofie {skill}",
        [skill, other],
        locations=[town],
        source=f"Source {skill}",
        years_experience=6,
        languages=[{"code": "de", "level": "b2"}],
        cv_text="Programátorka v jazyce C++ a .NET",
        email=f"{skill}@example.com",
    )
    house.candidate("Somebody else", [skill])
    house.settle()
    whole: dict[str, Any] = {
        "tags": {"any": [skill], "all": [f"SYN {skill}"]},
        "locations": {"any": [region]},
        "sources": {"any": [f"source {skill}"]},
        "experience": {"any": ["5-9"]},
        "languages": {"all": [{"code": "de", "at_least": "b1"}]},
        "created": {"from": "2020-01-01"},
        "rejections": {"never": True},
        "text": f'c++ AND zofie AND (programatorka OR nothing) NOT "{skill} programatorka"',
    }
    assert house.found(whole) == {person}
    for change in (
        {"tags": {"any": [skill], "none": [other]}},
        {"locations": {"none": [region]}},
        {"sources": {"none": [f"source {skill}"]}},
        {"experience": {"none": ["5-9"]}},
        {"languages": {"all": [{"code": "de", "at_least": "c1"}]}},
        {"created": {"to": "2020-01-01"}},
        {"rejections": {"never": False}},
        {"text": "cobol"},
    ):
        assert house.found(whole | change) == set(), change


@pytest.mark.parametrize("order", ["newest", "oldest", "name"])
@pytest.mark.parametrize("limit", [1, 2, 5, 200])
def test_an_answer_is_walked_without_gap_or_repeat_in_its_order(
    house: Installation, skill: str, order: str, limit: int
) -> None:
    # Everybody came today, and two share a name: the id decides, so that nobody is skipped.
    names = ["Čapek", "capek", "Adam", "Žák", "Đoko", "Bára", "Adam"]
    people = {str(house.candidate(name, [skill])) for name in names}
    house.settle()
    rows = searched(house.recruiter, limit, criteria={"tags": {"any": [skill]}}, order=order)
    assert len(rows) == len(names)
    assert {row["id"] for row in rows} == people
    if order == "name":
        assert [row["name"][0] for row in rows] == ["A", "A", "B", *[row["name"][0] for row in rows[3:5]], "Đ", "Ž"]
        assert {row["name"] for row in rows[3:5]} == {"Čapek", "capek"}


def test_people_of_one_name_and_of_none_that_sorts_are_all_walked(house: Installation, skill: str) -> None:
    people = {str(house.candidate(name, [skill])) for name in ("!", "中文", "😀", "\u0301a", "ﷺ" * 60, "é", "e\u0301")}
    house.settle()
    rows = searched(house.recruiter, 2, criteria={"tags": {"any": [skill]}}, order="name")
    assert sorted(row["id"] for row in rows) == sorted(people)


def test_a_deleted_person_is_found_no_more_though_the_index_still_holds_them(house: Installation, skill: str) -> None:
    people = [house.candidate("Jan", [skill]) for _ in range(3)]
    house.settle()
    ok(house.recruiter.delete(f"/v1/candidates/{people[1]}"), 204)
    assert house.found({"tags": {"any": [skill]}}) == {people[0], people[2]}


def test_a_page_of_nobody_but_the_gone_still_leads_on(house: Installation, skill: str) -> None:
    for _ in range(4):
        house.candidate("Jan", [skill])
    house.settle()
    order = [row["id"] for row in searched(house.recruiter, 200, criteria={"tags": {"any": [skill]}})]
    for gone in order[:2]:
        ok(house.recruiter.delete(f"/v1/candidates/{gone}"), 204)
    rows = searched(house.recruiter, 2, criteria={"tags": {"any": [skill]}})
    assert [row["id"] for row in rows] == order[2:]


def test_an_empty_question_is_asked_of_everyone(emptied: Installation) -> None:
    people = {emptied.candidate("Jan"), emptied.candidate("Eva")}
    emptied.settle()
    assert emptied.found({}) == people
    assert ok(emptied.recruiter.post("/v1/search", json={}))["total"] == 2
    assert ok(emptied.recruiter.post("/v1/search", json={"limit": 1}))["total"] == 2


def test_relative_dates_and_rejections_since_are_searched_though_no_pool_keeps_them(
    house: Installation, skill: str
) -> None:
    person = house.candidate("Jan", [skill])
    house.settle()
    asked = {"tags": {"any": [skill]}}
    assert house.found(asked | {"created": {"last_days": 1}}) == {person}
    assert house.found(asked | {"rejections": {"since": "2020-01-01"}}) == set()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("java AND", "character 6"),
        ("(java", "character 1"),
        ('java "unfinished', "character 6"),
        ("java)", "character 5"),
    ],
)
def test_a_mistake_in_the_text_is_answered_with_where_it_is(house: Installation, text: str, where: str) -> None:
    answer = house.recruiter.post("/v1/search", json={"criteria": {"text": text}})
    assert places(answer, 422) == ["body.criteria.text"]
    assert where in answer.json()["problems"][0]["message"]


def test_several_mistakes_are_told_at_once(house: Installation) -> None:
    criteria = {"tags": {"any": ["no such"], "none": ["nor this"]}, "locations": {"any": ["nowhere"]}, "text": "("}
    answer = house.recruiter.post("/v1/search", json={"criteria": criteria})
    assert places(answer, 422) == [
        "body.criteria.tags.any[0]",
        "body.criteria.tags.none[0]",
        "body.criteria.locations.any[0]",
        "body.criteria.text",
    ]


def test_an_analyst_searches_nobody_and_a_stranger_finds_nobody(house: Installation, skill: str) -> None:
    house.candidate("Jan", [skill])
    house.settle()
    problem(house.analyst.post("/v1/search", json={}), 403)
    found = ok(house.manager.post("/v1/search", json={"criteria": {"tags": {"any": [skill]}}}))
    assert (found["total"], found["items"]) == (0, [])
