"""What a search tells beside the people: facets, marks, what matched, hints, its address, and at what price."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock
from urllib.parse import parse_qs

import pytest

from engine.client import Engine
from tests.api.answers import ok, places
from tests.api.walking import searched
from tests.installation import Installation


@pytest.fixture
def skill(house: Installation) -> str:
    """A skill of this test alone."""
    name = f"skill-{uuid.uuid4().hex[:8]}"
    house.tag(name)
    return name


@contextmanager
def counted_calls() -> Iterator[list[str]]:
    """The paths of the requests that go to the engine meanwhile."""
    paths: list[str] = []
    send = Engine.call

    def counting(self: Engine, method: str, path: str, body: object = None, **params: object) -> Any:
        paths.append(path)
        return send(self, method, path, body, **params)

    with mock.patch.object(Engine, "call", counting):
        yield paths


def search(house: Installation, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(house.recruiter.post("/v1/search", json=body))
    return found


def numbers(found: dict[str, Any], facet: str) -> dict[str, int]:
    return {value["name"]: value["people"] for value in found["facets"][facet]["values"] if value["people"]}


EVERY_FACET = [
    {"name": name}
    for name in (
        "tags", "labels", "internal", "locations", "sources", "experience", "languages", "created", "positions",
        "stages", "reasons", "never_rejected", "pools",
    )
]  # fmt: skip


def test_a_search_with_every_facet_marks_and_pools_is_one_request_to_the_engine(
    house: Installation, skill: str
) -> None:
    house.candidate("Jana", [skill], cv_text="kubernetes")
    pool = house.pool(f"pool {skill}", {"tags": {"any": [skill]}})
    house.settle()
    criteria = {"tags": {"any": [skill]}, "pools": {"any": [str(pool)]}, "text": "kubernetes"}
    with counted_calls() as calls:
        found = search(house, criteria=criteria, facets=EVERY_FACET)
    assert found["total"] == 1
    assert len(calls) == 1, calls
    with counted_calls() as calls:
        ok(house.recruiter.get("/v1/suggest", params={"q": skill[:8]}))
    assert len(calls) == 1


def test_a_search_that_finds_nobody_asks_once_more_and_says_what_to_drop(house: Installation, skill: str) -> None:
    other = f"other {skill}"
    house.tag(other)
    house.candidate("Jana", [skill])
    house.candidate("Petr", [other])
    house.candidate("Eva", [other])
    house.settle()
    with counted_calls() as calls:
        found = search(house, criteria={"tags": {"all": [skill, other]}})
    assert len(calls) == 2
    assert [(hint["drop"], hint["said"], hint["people"], hint["alone"]) for hint in found["hints"]] == [
        ("criteria.tags.all[0]", skill, 2, 1),
        ("criteria.tags.all[1]", other, 1, 2),
    ]


def test_numbers_of_a_facet_ignore_its_own_choice_and_heed_the_others(house: Installation, skill: str) -> None:
    brno, praha = f"Brno {skill}", f"Praha {skill}"
    for place in (brno, praha):
        house.tag(place, "location")
    for name, place, years in (("A", brno, 3), ("B", brno, 7), ("C", praha, 3)):
        house.candidate(name, [skill], locations=[place], years_experience=years)
    house.settle()
    asked = {"tags": {"any": [skill]}, "locations": {"any": [brno]}, "experience": {"any": ["2-4"]}}
    found = search(house, criteria=asked, facets=[{"name": "locations"}, {"name": "experience"}])
    assert found["total"] == 1
    assert numbers(found, "locations") == {brno: 1, praha: 1}
    assert numbers(found, "experience") == {"2-4": 1, "5-9": 1}
    excluded = {"tags": {"any": [skill]}, "locations": {"none": [brno]}}
    found = search(house, criteria=excluded, facets=[{"name": "locations"}, {"name": "experience"}])
    assert (found["total"], numbers(found, "locations")) == (1, {brno: 2, praha: 1})
    assert numbers(found, "experience") == {"2-4": 1}


def test_reasons_are_counted_of_the_same_application_as_what_else_was_chosen(house: Installation, skill: str) -> None:
    salary, skills = f"Plat {skill}", f"Dovednosti {skill}"
    keys = {}
    for name in (salary, skills):
        made = house.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"})
        ok(made, 201)
    keys = {row["name"]: row["key"] for row in ok(house.recruiter.get("/v1/rejection-reasons"))}
    positions = [ok(house.recruiter.post("/v1/positions", json={"title": f"{t} {skill}"}), 201)["id"] for t in "AB"]
    person = house.candidate("Jana", [skill])
    for position, reason in zip(positions, (salary, skills), strict=True):
        made = house.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position})
        application = ok(made, 201)["id"]
        ok(house.recruiter.put(f"/v1/applications/{application}/rejection", json={"reason": keys[reason]}))
    house.settle()
    asked = {"tags": {"any": [skill]}, "rejections": {"positions": [positions[0]]}}
    assert numbers(search(house, criteria=asked, facets=[{"name": "reasons"}]), "reasons") == {salary: 1}
    asked = {"tags": {"any": [skill]}}
    assert numbers(search(house, criteria=asked, facets=[{"name": "reasons"}]), "reasons") == {salary: 1, skills: 1}
    assert house.found(asked | {"rejections": {"reasons": [skills], "positions": [positions[0]]}}) == set()


def test_a_long_facet_is_searched_in_by_name_and_synonym_without_diacritics(house: Installation, skill: str) -> None:
    tags = [f"{skill} {n:02}" for n in range(30)]
    for name in tags:
        house.tag(name)
    rare = f"Žluťoučký {skill}"
    house.tag(rare, synonyms=[f"horse {skill}"])
    for _ in range(2):
        house.candidate("Jana", [skill, *tags])
    house.candidate("Petr", [skill, rare])
    house.settle()
    asked = {"tags": {"any": [skill]}}
    found = search(house, criteria=asked, facets=[{"name": "tags", "size": 5}])
    assert found["facets"]["tags"]["more"]
    assert len(found["facets"]["tags"]["values"]) == 5
    for part in ("zlutoucky", f"HORSE {skill[:8]}"):
        found = search(house, criteria=asked, facets=[{"name": "tags", "size": 5, "search": part}])
        assert numbers(found, "tags") == {rare: 1}
        assert not found["facets"]["tags"]["more"]


def test_pools_are_folders_that_combine_with_everything(house: Installation, skill: str) -> None:
    other = f"other {skill}"
    house.tag(other)
    both, one = house.candidate("Jana", [skill, other]), house.candidate("Petr", [skill])
    parent = house.pool(f"parent {skill}", {"tags": {"any": [skill]}})
    house.settle()
    child = house.pool(f"child {skill}", {"tags": {"any": [other]}}, parent)
    house.settle()
    assert house.found({"pools": {"any": [str(parent)]}}) == {both, one}
    assert house.found({"pools": {"any": [str(parent)], "none": [str(child)]}}) == {one}
    assert house.found({"pools": {"all": [str(parent), str(child)]}}) == {both}
    facets = [{"name": "pools", "pools": [str(parent), str(child)]}]
    found = search(house, criteria={"tags": {"any": [other]}, "pools": {"none": [str(child)]}}, facets=facets)
    assert numbers(found, "pools") == {f"parent {skill}": 1, f"child {skill}": 1}
    unknown = house.recruiter.post("/v1/search", json={"criteria": {"pools": {"any": [str(uuid.uuid4())]}}})
    assert places(unknown, 422) == ["body.criteria.pools.any[0]"]


def test_a_pool_cannot_ask_who_is_in_another_pool(house: Installation, skill: str) -> None:
    pool = house.pool(f"pool {skill}", {"tags": {"any": [skill]}})
    criteria = {"tags": {"any": [skill]}, "pools": {"any": [str(pool)]}}
    refused = house.recruiter.post("/v1/pools", json={"name": "x", "criteria": criteria})
    assert places(refused, 422) == ["body.criteria.pools"]


def test_words_found_are_marked_and_what_matched_is_said(house: Installation, skill: str) -> None:
    house.candidate("Jana", [skill], cv_text="Deset let programátorkou v C++ a Kubernetes.")
    house.settle()
    criteria = {"tags": {"any": [skill]}, "text": "programator AND (cobol OR c++)"}
    (person,) = search(house, criteria=criteria)["items"]
    marked = [piece["text"] for pieces in person["marks"] for piece in pieces if piece["mark"]]
    assert marked == ["programátorkou", "C++"]
    assert "".join(piece["text"] for piece in person["marks"][0]) == "Deset let programátorkou v C++ a Kubernetes."
    said = {(each["criterion"], each["value"]) for each in person["matched"]}
    assert said >= {("tags", skill), ("text", "programator"), ("text", "c++")}
    assert ("text", "cobol") not in said


def test_words_that_only_rights_or_pools_ask_are_not_marked(house: Installation, skill: str) -> None:
    house.candidate("Jana", [skill], cv_text=f"secretword{skill[-4:]} kubernetes")
    pool = house.pool(f"pool {skill}", {"text": f"secretword{skill[-4:]}"})
    house.settle()
    house.track(pool)
    criteria = {"text": "kubernetes", "pools": {"any": [str(pool)]}}
    found = ok(house.manager.post("/v1/search", json={"criteria": criteria}))
    marked = [piece["text"] for pieces in found["items"][0]["marks"] for piece in pieces if piece["mark"]]
    assert marked == ["kubernetes"]


def test_a_typing_error_is_forgiven_when_nobody_is_found_as_typed(house: Installation, skill: str) -> None:
    person = house.candidate("Jana", [skill], cv_text="kubernetes")
    house.settle()
    found = search(house, criteria={"tags": {"any": [skill]}, "text": "kubernetse"})
    assert ([row["id"] for row in found["items"]], found["similar_spelling"]) == ([str(person)], True)
    (jana,) = found["items"]
    assert [piece["text"] for pieces in jana["marks"] for piece in pieces if piece["mark"]] == ["kubernetes"]
    assert {"criterion": "text", "value": "kubernetse"} in jana["matched"]
    found = search(house, criteria={"tags": {"any": [skill]}, "text": "kubernetes"})
    assert found["similar_spelling"] is False
    # Four letters are taken as typed.
    house.candidate("Petr", [skill], cv_text="java")
    house.settle()
    assert search(house, criteria={"tags": {"any": [skill]}, "text": "jawa"})["total"] == 0


def test_pages_of_forgiven_spelling_go_on_forgiving(house: Installation, skill: str) -> None:
    people = {str(house.candidate("Jana", [skill], cv_text="kubernetes")) for _ in range(5)}
    house.settle()
    rows = searched(house.recruiter, 2, criteria={"tags": {"any": [skill]}, "text": "kubernetse"})
    assert sorted(row["id"] for row in rows) == sorted(people)


@pytest.mark.parametrize("typed", ["jana.{}@example.com", "777 {} 456", "+420 777 {} 456", "777{}456", "+420777{}456"])
def test_addresses_and_numbers_are_found_as_typed(house: Installation, typed: str) -> None:
    digits = f"{uuid.uuid4().int % 1000:03}"
    person = house.candidate("Jana", email=f"jana.{digits}@example.com", phone=f"+420 777 {digits} 456")
    house.settle()
    assert person in house.found({"text": typed.format(digits)})
    assert person not in house.found({"text": typed.format("000" if digits != "000" else "001")})


def test_words_named_alike_are_found_by_each_other_whether_tagged_or_written(house: Installation, skill: str) -> None:
    full, short = f"Full{skill[-8:]}", f"Short{skill[-8:]}"
    house.tag(full, synonyms=[short])
    tagged, written = house.candidate("Jana", [full]), house.candidate("Petr", cv_text=f"I know {full}.")
    house.settle()
    assert house.found({"text": short}) == {tagged, written}
    assert house.found({"text": f"{full} -{short}"}) == set()


def test_a_new_synonym_reaches_searches_and_pools_that_asked_before(house: Installation, skill: str) -> None:
    full, short = f"Full{skill[-8:]}", f"Short{skill[-8:]}"
    house.tag(full)
    person = house.candidate("Petr", cv_text=f"I know {full}.")
    pool = house.pool(f"pool {skill}", {"text": short})
    house.settle()
    assert house.members(pool) == set()
    ok(house.recruiter.patch(f"/v1/tags/{full.lower()}", json={"synonyms": [short]}))
    house.settle()
    assert house.members(pool) == {person} == house.found({"pools": {"any": [str(pool)]}})


def test_the_address_of_a_search_finds_the_same(house: Installation, skill: str) -> None:
    person = house.candidate("Jana", [skill], cv_text="C++ & .NET", years_experience=3)
    house.settle()
    criteria = {"tags": {"any": [skill]}, "text": '"C++" AND .net', "experience": {"any": ["2-4"]}}
    found = search(house, criteria=criteria, facets=[{"name": "tags"}])
    again = ok(house.recruiter.get(f"/v1/search?{found['address']}&facet=tags"))
    assert again == found
    assert [row["id"] for row in again["items"]] == [str(person)]
    assert parse_qs(found["address"]) == {
        "q": ['"C++" AND .net'], "tag": [skill], "experience": ["2-4"], "sort": ["relevance"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("tagg=java", "query.tagg"),
        ("tag=nothing-like-it", "query.tag[0]"),
        ("q=%28java", "query.q"),
        ("experience=3-5", "query.experience[0]"),
        ("created.from=2026-02-30", "query.created.from"),
        ("q=a&q=b", "query.q"),
        ("rejected.never=perhaps", "query.rejected.never"),
        ("sort=price", "query.sort"),
        ("cursor=x", "query.cursor"),
    ],
)
def test_what_is_wrong_in_an_address_is_named_there(house: Installation, address: str, place: str) -> None:
    assert place in places(house.recruiter.get(f"/v1/search?{address}"), 422)


def test_people_like_this_one_share_most_first(house: Installation, skill: str) -> None:
    more = [f"{skill} {n}" for n in range(3)]
    for name in more:
        house.tag(name)
    person = house.candidate("Jana", [skill, *more])
    near, far = house.candidate("Near", [skill, *more[:2]]), house.candidate("Far", [skill])
    house.settle()
    rows = ok(house.recruiter.get(f"/v1/candidates/{person}/similar"))
    assert [row["id"] for row in rows] == [str(near), str(far)]


def test_suggestions_begin_as_typed_in_any_case_and_without_diacritics(house: Installation, skill: str) -> None:
    last = f"Žižka{skill[-6:]}"
    person = house.candidate(f"Jan {last}", [skill])
    house.candidate("Somebody Else", [skill])
    house.settle()
    answer = ok(house.recruiter.get("/v1/suggest", params={"q": f"zizka{skill[-6:].upper()}"}))
    assert [each["id"] for each in answer["people"]] == [str(person)]
    answer = ok(house.recruiter.get("/v1/suggest", params={"q": skill}))
    assert [(tag["name"], tag["people"]) for tag in answer["tags"]] == [(skill, 2)]
    assert ok(house.recruiter.get("/v1/suggest")) == {"people": [], "tags": [], "pools": [], "positions": []}


def test_a_preview_says_how_many_notices_a_week_to_expect(house: Installation, skill: str) -> None:
    for _ in range(6):
        house.candidate("Jana", [skill])
    house.settle()
    preview = ok(house.recruiter.post("/v1/pools/preview", json={"criteria": {"tags": {"any": [skill]}}}))
    assert (preview["people"], preview["a_week"]) == (6, 1.5)


def test_facets_that_are_not_for_everybody_are_refused_by_name(house: Installation) -> None:
    for name in ("labels", "internal"):
        refused = house.manager.post("/v1/search", json={"facets": [{"name": name}]})
        assert places(refused, 422) == ["body.facets[0].name"]
    twice = house.recruiter.post("/v1/search", json={"facets": [{"name": "tags"}, {"name": "tags"}]})
    assert places(twice, 422) == ["body.facets[1].name"]
