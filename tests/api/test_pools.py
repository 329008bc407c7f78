"""Pools: previewed, made, filled in silence, changed without a gap, opened as folders, deleted at once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.answers import ok, places, problem
from tests.api.traces import counts, generation, waiting
from tests.api.walking import walked
from tests.installation import Installation


@pytest.fixture
def skill(house: Installation) -> str:
    """A skill of this test alone; its key is its name."""
    name = f"skill-{uuid.uuid4().hex[:8]}"
    house.tag(name)
    return name


def test_a_preview_counts_whom_the_pool_will_hold(house: Installation, skill: str) -> None:
    place = f"in-{skill}"
    house.tag(place, "location")
    inside = {house.candidate("In", [skill], locations=[place]) for _ in range(3)}
    house.candidate("Elsewhere", [skill])
    house.settle()
    above = house.pool("Above", {"tags": {"any": [skill]}})
    criteria = {"locations": {"any": [place]}}
    for body, expected in (
        ({"criteria": {"tags": {"any": [skill]}}}, 4),
        ({"criteria": {"tags": {"any": [skill]}, "locations": {"none": [place]}}}, 1),
        ({"criteria": criteria, "parent": str(above)}, 3),
    ):
        assert ok(house.recruiter.post("/v1/pools/preview", json=body))["people"] == expected
    pool = house.pool("Below", criteria, parent=above)
    house.settle()
    assert house.members(pool) == inside
    assert ok(house.recruiter.get(f"/v1/pools/{pool}"))["people"] == 3


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "body.criteria", "must have"),
    ({"tags": {"none": ["SKILL"]}}, "body.criteria", "must have"),
    ({"text": "NOT java"}, "body.criteria", "must have"),
    ({"text": "java OR NOT php"}, "body.criteria", "must have"),
    ({"created": {"last_days": 30}}, "body.criteria.created.last_days", "fixed date"),
    ({"tags": {"any": ["SKILL"]}, "created": {"last_days": 30}}, "body.criteria.created.last_days", "fixed date"),
    ({"tags": {"any": ["SKILL"]}, "rejections": {"since": "2025-01-01"}}, "body.criteria.rejections", "date"),
]


@pytest.mark.parametrize(("criteria", "place", "reason"), REFUSED, ids=[str(each[0]) for each in REFUSED])
def test_what_could_not_be_kept_true_is_refused_everywhere_with_the_same_sentence(
    house: Installation, skill: str, criteria: dict[str, Any], place: str, reason: str
) -> None:
    asked = {
        field: {side: [skill] if names == ["SKILL"] else names for side, names in part.items()}
        if isinstance(part, dict)
        else part
        for field, part in criteria.items()
    }
    pool = house.pool("Fine", {"tags": {"any": [skill]}})
    before = counts()
    answers = [
        house.recruiter.post("/v1/pools/preview", json={"criteria": asked}),
        house.recruiter.post("/v1/pools", json={"name": "x", "criteria": asked}),
        house.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": asked}),
    ]
    for answer in answers:
        assert places(answer, 422) == [place]
        assert reason in answer.json()["detail"]
        assert answer.content == answers[0].content
    bulk = house.recruiter.post("/v1/pools/bulk", json={"pools": [{"name": "x", "criteria": asked}]})
    assert places(bulk, 422) == [place.replace("body.", "body.pools[0].")]
    assert counts() == before
    good = {"name": "good", "criteria": {"tags": {"any": [skill]}}}
    mixed = ok(house.recruiter.post("/v1/pools/bulk", json={"pools": [{"name": "x", "criteria": asked}, good]}), 201)
    assert [id_ is None for id_ in mixed["ids"]] == [True, False]
    # A search may ask all of it.
    ok(house.recruiter.post("/v1/search", json={"criteria": asked}))


def test_what_a_pool_must_have_may_stand_in_the_one_above(house: Installation, skill: str) -> None:
    house.tag(f"not-{skill}")
    above = house.pool("Above", {"tags": {"any": [skill]}})
    house.candidate("Both", [skill, f"not-{skill}"])
    one = house.candidate("One", [skill])
    below = house.pool("Below", {"tags": {"none": [f"not-{skill}"]}}, parent=above)
    house.settle()
    assert house.members(below) == {one}
    # Without the one above there is nothing left that a person must have.
    assert places(house.recruiter.patch(f"/v1/pools/{below}", json={"parent": None}), 422) == ["body.criteria"]
    assert ok(house.recruiter.get(f"/v1/pools/{below}"))["parent"] == str(above)


def test_a_new_pool_fills_with_who_is_there_and_says_nothing(emptied: Installation) -> None:
    emptied.skills("Java")
    people = {emptied.candidate("Somebody", ["Java"]) for _ in range(3)}
    emptied.settle()
    pool = emptied.pool("Java", {"tags": {"any": ["Java"]}})
    emptied.track(pool)
    view = ok(emptied.recruiter.get(f"/v1/pools/{pool}"))
    assert (view["state"], view["people"]) == ("filling", 0)
    emptied.settle()
    view = ok(emptied.recruiter.get(f"/v1/pools/{pool}"))
    assert (view["state"], view["people"], view["criteria"]) == ("live", 3, {"tags": {"any": ["java"]}})
    assert emptied.members(pool) == people
    assert emptied.bell() == []


def test_criteria_are_kept_in_keys_so_that_no_new_name_changes_them(house: Installation, skill: str) -> None:
    ok(house.recruiter.patch(f"/v1/tags/{skill}", json={"name": f"Name of {skill}", "synonyms": [f"other {skill}"]}))
    position = ok(house.recruiter.post("/v1/positions", json={"title": f"Position {skill}"}), 201)["id"]
    criteria = {
        "tags": {"any": [f"NAME of {skill}"], "all": [f"other {skill}"]},
        "sources": {"none": ["Agency"]},
        "rejections": {"none": {"positions": [f"Position {skill}"]}},
        "text": "java",
    }
    pool = house.pool("Kept", criteria)
    kept = ok(house.recruiter.get(f"/v1/pools/{pool}"))["criteria"]
    assert kept == {
        "tags": {"any": [skill], "all": [skill]},
        "sources": {"none": ["Agency"]},
        "rejections": {"none": {"positions": [position]}},
        "text": "java",
    }
    ok(house.recruiter.patch(f"/v1/positions/{position}", json={"title": "Renamed"}))
    ok(house.recruiter.patch(f"/v1/tags/{skill}", json={"name": f"Renamed {skill}"}))
    house.settle()
    assert ok(house.recruiter.get(f"/v1/pools/{pool}"))["state"] == "live"


# -- changing --


def test_only_other_criteria_make_a_new_generation(house: Installation, skill: str) -> None:
    house.tag(f"new-{skill}")
    pool = house.pool("Java", {"tags": {"any": [skill]}})
    path, first = f"/v1/pools/{pool}", generation(pool)
    for body in ({}, {"name": "Renamed"}, {"criteria": {"tags": {"any": [skill.upper()]}}}, {"parent": None}):
        ok(house.recruiter.patch(path, json=body))
        assert (generation(pool), waiting(pool)) == (first, 1)
    assert ok(house.recruiter.get(path))["name"] == "Renamed"
    ok(house.recruiter.patch(path, json={"criteria": {"tags": {"any": [f"new-{skill}"]}}}))
    assert generation(pool) > first
    assert waiting(pool) == 2


def test_changed_criteria_take_over_in_one_step_and_tell_nobody(emptied: Installation) -> None:
    emptied.skills("Java", "Rust")
    pool = emptied.pool("People", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    java, rust = emptied.candidate("Java", ["Java"]), emptied.candidate("Rust", ["Rust"])
    both = emptied.candidate("Both", ["Java", "Rust"])
    emptied.settle()
    rung = {notice["candidate"]["id"] for notice in emptied.bell()}
    assert rung == {str(java), str(both)}
    ok(emptied.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": {"tags": {"any": ["Rust"]}}}))
    assert emptied.members(pool) == {java, both}
    assert ok(emptied.recruiter.get(f"/v1/pools/{pool}"))["state"] == "filling"
    emptied.settle()
    assert emptied.members(pool) == {rust, both}
    assert {notice["candidate"]["id"] for notice in emptied.bell()} == {str(both)}


def test_a_pool_asks_what_those_above_it_ask_wherever_it_is_moved(house: Installation, skill: str) -> None:
    one, two, place = f"one-{skill}", f"two-{skill}", f"in-{skill}"
    for name in (one, two):
        house.tag(name)
    house.tag(place, "location")
    people = {name: house.candidate(name, [name], locations=[place]) for name in (one, two)}
    above = {name: house.pool(name, {"tags": {"any": [name]}}) for name in (one, two)}
    middle = house.pool("Middle", {"locations": {"any": [place]}}, parent=above[one])
    lowest = house.pool("Lowest", {"tags": {"any": [one, two]}}, parent=middle)
    house.settle()
    assert house.members(middle) == house.members(lowest) == {people[one]}
    before = generation(lowest)
    ok(house.recruiter.patch(f"/v1/pools/{middle}", json={"parent": str(above[two])}))
    assert generation(lowest) > before
    house.settle()
    assert house.members(middle) == house.members(lowest) == {people[two]}
    ok(house.recruiter.patch(f"/v1/pools/{above[two]}", json={"criteria": {"tags": {"any": [one, two]}}}))
    house.settle()
    assert house.members(lowest) == set(people.values())


def test_a_pool_is_not_put_below_itself_nor_too_deep_nor_nowhere(house: Installation, skill: str) -> None:
    criteria = {"tags": {"any": [skill]}}
    chain = [house.pool("1", criteria)]
    for level in range(2, 9):
        chain.append(house.pool(str(level), criteria, parent=chain[-1]))
    top, bottom = f"/v1/pools/{chain[0]}", str(chain[-1])
    body = {"name": "9", "criteria": criteria, "parent": bottom}
    assert places(house.recruiter.post("/v1/pools", json=body), 422) == ["body.parent"]
    bulk = {"pools": [{"name": "9", "criteria": criteria}], "parent": bottom}
    assert places(house.recruiter.post("/v1/pools/bulk", json=bulk), 422) == ["body.parent"]
    assert places(house.recruiter.patch(top, json={"parent": bottom}), 422) == ["body.parent"]
    assert places(house.recruiter.patch(top, json={"parent": str(chain[0])}), 422) == ["body.parent"]
    other = house.pool("Other", criteria)
    assert places(house.recruiter.patch(top, json={"parent": str(other)}), 422) == ["body.parent"]
    unknown = str(uuid.uuid4())
    assert places(house.recruiter.patch(top, json={"parent": unknown}), 422) == ["body.parent"]
    assert places(house.recruiter.post("/v1/pools", json=body | {"parent": unknown}), 422) == ["body.parent"]
    preview = {"criteria": criteria, "parent": unknown}
    assert places(house.recruiter.post("/v1/pools/preview", json=preview), 422) == ["body.parent"]


# -- many --


def test_many_pools_are_made_at_once_and_each_is_like_one_made_alone(house: Installation, skill: str) -> None:
    person = house.candidate("Jan", [skill])
    new = f"new {skill}"
    body = {
        "new_tags": True,
        "pools": [
            {"name": "a", "criteria": {"tags": {"any": [skill]}}},
            {"name": "b", "criteria": {"tags": {"any": [new]}}},
            {"name": "c", "criteria": {"locations": {"any": ["nowhere at all"]}}},
        ],
    }
    answer = ok(house.recruiter.post("/v1/pools/bulk", json=body), 201)
    assert [id_ is None for id_ in answer["ids"]] == [False, False, True]
    assert [problem["place"] for problem in answer["problems"]] == ["body.pools[2].criteria.locations.any[0]"]
    house.settle()
    assert house.members(uuid.UUID(answer["ids"][0])) == {person}
    newcomer = house.candidate("New", [new])
    house.settle()
    assert house.members(uuid.UUID(answer["ids"][1])) == {newcomer}


def test_many_wrong_pools_are_all_explained(house: Installation) -> None:
    wrong = [{"name": "w", "criteria": {"tags": {"any": [f"unknown {n}"]}}} for n in range(60)]
    answer = house.recruiter.post("/v1/pools/bulk", json={"pools": wrong})
    assert places(answer, 422) == [f"body.pools[{n}].criteria.tags.any[0]" for n in range(60)]


# -- folders --


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 200])
def test_a_folder_is_walked_without_gap_or_repeat_newest_first(house: Installation, skill: str, limit: int) -> None:
    pool = house.pool("Java", {"tags": {"any": [skill]}})
    house.settle()
    people = {str(house.candidate(f"P{n}", [skill])) for n in range(7)}
    house.settle()
    rows = walked(house.recruiter, f"/v1/pools/{pool}/candidates", limit)
    assert [row["since"] for row in rows] == sorted((row["since"] for row in rows), reverse=True)
    assert len(rows) == 7
    assert {row["id"] for row in rows} == people


def test_a_walk_through_a_folder_is_not_disturbed_by_who_comes_and_goes(house: Installation, skill: str) -> None:
    pool = house.pool("Java", {"tags": {"any": [skill]}})
    house.settle()
    for number in range(6):
        house.candidate(f"P{number}", [skill])
    house.settle()
    path = f"/v1/pools/{pool}/candidates"
    order = [row["id"] for row in walked(house.recruiter, path, 200)]
    first = ok(house.recruiter.get(path, params={"limit": 2}))
    house.candidate("Newcomer", [skill])
    ok(house.recruiter.delete(f"/v1/candidates/{order[0]}/tags/{skill}"), 204)
    ok(house.recruiter.delete(f"/v1/candidates/{order[4]}"), 204)
    house.settle()
    rest = walked(house.recruiter, path, 2, cursor=first["next"])
    assert [row["id"] for row in rest] == [order[2], order[3], order[5]]


def test_the_list_of_pools_is_walked_without_gap_or_repeat(house: Installation, skill: str) -> None:
    made = {str(house.pool(f"P{n}", {"tags": {"any": [skill]}})) for n in range(5)}
    for limit in (1, 2, 200):
        ids = [item["id"] for item in walked(house.recruiter, "/v1/pools", limit)]
        assert len(ids) == len(set(ids))
        assert made <= set(ids)


# -- deleting --


def test_a_deleted_pool_is_gone_from_everywhere_and_its_notices_with_it(emptied: Installation) -> None:
    emptied.skills("Java")
    pool = emptied.pool("Java", {"tags": {"any": ["Java"]}})
    kept = emptied.pool("Kept", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    person = emptied.candidate("Jan", ["Java"])
    emptied.settle()
    assert len(emptied.bell()) == 1
    ok(emptied.recruiter.delete(f"/v1/pools/{pool}"), 204)
    assert emptied.bell() == []
    for answer in (
        emptied.recruiter.get(f"/v1/pools/{pool}"),
        emptied.recruiter.get(f"/v1/pools/{pool}/candidates"),
        emptied.recruiter.patch(f"/v1/pools/{pool}", json={"name": "Back"}),
        emptied.recruiter.delete(f"/v1/pools/{pool}"),
        emptied.administrator.put(f"/v1/users/{uuid.uuid4()}/tracking/{pool}"),
    ):
        problem(answer, 404)
    assert [item["id"] for item in ok(emptied.recruiter.get("/v1/pools"))["items"]] == [str(kept)]
    emptied.settle()
    later = emptied.candidate("Later", ["Java"])
    emptied.settle()
    assert emptied.members(kept) == {person, later}
    assert emptied.bell() == []


def test_a_pool_with_others_below_it_is_not_deleted(house: Installation, skill: str) -> None:
    above = house.pool("Above", {"tags": {"any": [skill]}})
    below = house.pool("Below", {"tags": {"any": [skill]}}, parent=above)
    problem(house.recruiter.delete(f"/v1/pools/{above}"), 409)
    ok(house.recruiter.delete(f"/v1/pools/{below}"), 204)
    ok(house.recruiter.delete(f"/v1/pools/{above}"), 204)
