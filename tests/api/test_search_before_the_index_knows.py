"""Somebody the engine still finds and the reader no longer sees: neither shown, nor counted, nor in a cursor."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest

from tests.api.answers import ok
from tests.installation import Installation

FACETS = [{"name": name} for name in ("tags", "locations", "never_rejected", "created")]


@pytest.fixture
def skill(house: Installation) -> str:
    """A skill of this test alone, with a pool that the manager tracks."""
    name = f"skill-{uuid.uuid4().hex[:8]}"
    house.tag(name)
    house.track(house.pool(f"pool {name}", {"tags": {"any": [name]}}))
    house.settle()
    return name


def answer(house: Installation, **body: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(house.manager.post("/v1/search", json={"facets": FACETS} | body))
    return found


def leaves(house: Installation, person: uuid.UUID, skill: str, how: str) -> None:
    """The person is no longer the manager's to see, and the worker has matched that, but the index is not refreshed."""
    if how == "erased":
        ok(house.recruiter.delete(f"/v1/candidates/{person}"), 204)
    else:
        ok(house.recruiter.delete(f"/v1/candidates/{person}/tags/{skill}"), 204)
        house.work()


@pytest.mark.parametrize("how", ["erased", "left the pool"])
@pytest.mark.parametrize("order", ["name", "newest", "activity", "relevance"])
def test_an_answer_is_the_same_as_if_they_had_never_been_there(
    house: Installation, skill: str, how: str, order: str
) -> None:
    word = f"word{skill[-6:]}"
    ghost = house.candidate("Adam Ghost", [skill], cv_text=word, locations=[])
    house.settle()
    asked = {"criteria": {"tags": {"any": [skill]}, "text": word}, "order": order}
    assert answer(house, **asked)["total"] == 1
    leaves(house, ghost, skill, how)
    for limit in (1, 2):
        gone = answer(house, **asked, limit=limit)
        house.settle()
        assert gone == answer(house, **asked, limit=limit)
        assert (gone["total"], gone["items"], gone.get("next")) == (0, [], None)
        assert [hint["people"] for hint in gone["hints"]] == [0] * len(gone["hints"])


@pytest.mark.parametrize("order", ["name", "newest"])
def test_a_cursor_says_nothing_of_them(house: Installation, skill: str, order: str) -> None:
    ghost = house.candidate("Bob Ghost", [skill])
    for name in ("Adam Seen", "Cyd Seen"):
        house.candidate(name, [skill])
    house.settle()
    leaves(house, ghost, skill, "erased")
    page = answer(house, criteria={"tags": {"any": [skill]}}, order=order, limit=1)
    seen = []
    while True:
        seen += [row["name"] for row in page["items"]]
        if page.get("next") is None:
            break
        told = base64.urlsafe_b64decode(page["next"] + "==").decode()
        assert str(ghost) not in told
        assert "ghost" not in told
        page = answer(house, criteria={"tags": {"any": [skill]}}, order=order, limit=1, cursor=page["next"])
    assert sorted(seen) == ["Adam Seen", "Cyd Seen"]


def test_a_person_kept_in_a_frozen_pool_below_a_tracked_one_is_found_too(house: Installation, skill: str) -> None:
    """The page of the person opens, so the search finds them: what is tracked covers the pool they are kept in."""
    parent = house.pool(f"parent {skill}", {"tags": {"any": [skill]}})
    house.settle()
    child = house.pool(f"child {skill}", {"text": "kubernetes"}, parent)
    house.settle()
    house.track(parent)
    person = house.candidate("Jana", [skill], cv_text="kubernetes")
    house.settle()
    house.freeze(child)
    ok(house.recruiter.delete(f"/v1/candidates/{person}/tags/{skill}"), 204)
    house.settle()
    ok(house.manager.get(f"/v1/candidates/{person}"))
    found = answer(house, criteria={"pools": {"any": [str(child)]}})
    assert [row["id"] for row in found["items"]] == [str(person)]


def test_a_pool_that_is_still_filling_is_known_to_its_trackers(house: Installation, skill: str) -> None:
    pool = house.pool(f"filling {skill}", {"tags": {"any": [skill]}})
    house.track(pool)
    found = answer(house, criteria={"pools": {"any": [str(pool)]}}, facets=[{"name": "pools", "pools": [str(pool)]}])
    assert (found["total"], found["facets"]["pools"]["values"][0]["people"]) == (0, 0)
    house.settle()


def test_a_word_of_two_parts_may_have_one_in_the_cv_and_one_in_a_note_as_in_a_pool(
    house: Installation, skill: str
) -> None:
    one, other = f"one{skill[-5:]}", f"other{skill[-5:]}"
    person = house.candidate("Jana", cv_text=one)
    position = ok(house.recruiter.post("/v1/positions", json={"title": f"Dev {skill}"}), 201)["id"]
    made = house.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position})
    application = ok(made, 201)["id"]
    ok(house.recruiter.post(f"/v1/applications/{application}/notes", json={"text": other}), 201)
    pool = house.pool(f"joined {skill}", {"text": f"{one}-{other}"})
    house.settle()
    assert house.found({"text": f"{one}-{other}"}) == {person} == house.members(pool)
    later = house.candidate("Petr", cv_text=f"{other} {one}")
    house.settle()
    assert house.members(pool) == {person, later}


def test_a_synonym_of_a_tag_that_only_hidden_people_carry_finds_what_an_unknown_word_finds(
    house: Installation, skill: str
) -> None:
    rare, plain = f"zorblax{skill[-5:]}", f"backend{skill[-5:]}"
    seen = house.candidate("Seen", [skill], cv_text=plain)
    house.settle()
    before = answer(house, criteria={"text": rare})
    house.tag(rare, synonyms=[plain])
    house.candidate("Hidden", [rare])
    house.settle()
    assert answer(house, criteria={"text": rare}) == before
    # As soon as somebody they see carries it, it is a name like any other.
    ok(house.recruiter.post(f"/v1/candidates/{seen}/tags", json={"tags": [rare]}))
    house.settle()
    assert answer(house, criteria={"text": rare})["total"] == 1


def test_a_code_of_a_language_is_one_whatever_tags_there_are(house: Installation, skill: str) -> None:
    person = house.candidate("Jana", [skill], languages=[{"code": "eo", "level": "b1"}])
    house.tag(f"Esperanto {skill}", "language", synonyms=["eo"])
    house.settle()
    asked = {"tags": {"any": [skill]}, "languages": {"any": [{"code": "eo"}]}}
    assert house.found(asked) == {person}
    found = ok(
        house.recruiter.post("/v1/search", json={"criteria": asked, "facets": [{"name": "languages", "search": "e"}]})
    )
    assert [value["key"] for value in found["facets"]["languages"]["values"]] == ["eo"]
