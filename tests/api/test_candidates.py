"""Candidates: what goes in comes out, a version for every change and for nothing else, and batches."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from records.database import session
from records.models import Candidate, Role
from records.repositories import positions
from tests.api.answers import ok, places, problem
from tests.api.traces import changes, counts, loudness, version, waiting
from tests.installation import Installation

WHOLE: dict[str, Any] = {
    "name": "Jana Nováková",
    "email": "Jana@Example.com",
    "phone": "+420 777 123 456",
    "headline": "Développeuse & 開発者 😀",
    "cv_text": "Line one\n\tLine two",
    "source": "LinkedIn",
    "years_experience": 7,
    "languages": [{"code": "cs", "level": "native"}, {"code": "en"}],
}


@pytest.fixture
def java(house: Installation) -> str:
    """A skill of this test alone."""
    name = f"Java {uuid.uuid4().hex[:8]}"
    house.tag(name, synonyms=[f"JVM {name}"])
    return name


def path(candidate: uuid.UUID) -> str:
    """Where a person is."""
    return f"/v1/candidates/{candidate}"


def test_a_person_is_read_as_they_were_written(house: Installation) -> None:
    answer = house.recruiter.post("/v1/candidates", json=WHOLE)
    made = ok(answer, 201)["id"]
    assert answer.headers["location"] == f"/v1/candidates/{made}"
    read = ok(house.recruiter.get(answer.headers["location"]))
    assert {field: read[field] for field in WHOLE} == WHOLE
    assert (read["access"], read["version"], read["tags"], read["applications"]) == ("full", 1, [], [])
    assert waiting(uuid.UUID(made)) == 1


def test_spaces_around_a_name_are_taken_off(house: Installation) -> None:
    assert ok(house.recruiter.get(path(house.candidate("  Jan \n"))))["name"] == "Jan"


def test_tags_are_understood_by_name_synonym_and_key_and_put_on_once(house: Installation, java: str) -> None:
    names = [java, java.upper(), f"jvm {java}", f"  {java}  "]
    read = ok(house.recruiter.get(path(house.candidate("Jan", names))))
    assert [tag["name"] for tag in read["tags"]] == [java]
    assert read["tags"][0]["key"] in [tag["key"] for tag in ok(house.recruiter.get("/v1/tags", params={"q": java}))]


def test_an_unknown_tag_is_refused_with_what_was_perhaps_meant(house: Installation) -> None:
    house.tag("Kubernetes")
    before = counts()
    answer = house.recruiter.post("/v1/candidates", json={"name": "Jan", "tags": ["Kubernets"]})
    assert places(answer, 422) == ["body.tags[0]"]
    assert "Kubernetes" in answer.json()["problems"][0]["message"]
    assert counts() == before


def test_a_place_among_tags_and_a_tag_among_places_are_told_where_they_belong(house: Installation, java: str) -> None:
    place = f"Town of {java}"
    house.tag(place, "location")
    answer = house.recruiter.post("/v1/candidates", json={"name": "Jan", "tags": [place], "locations": [java]})
    assert places(answer, 422) == ["body.tags[0]", "body.locations[0]"]
    assert "locations" in answer.json()["problems"][0]["message"]
    assert "tags" in answer.json()["problems"][1]["message"]


# -- changing --


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"email": "other@example.com"},
        {"phone": "123456"},
        {"headline": "Other"},
        {"cv_text": "Other"},
        {"source": "Other"},
        {"years_experience": 0},
        {"languages": []},
        {"languages": [{"code": "cs"}]},
        {"name": "Both", "headline": "At once"},
        {"email": None},
        {"phone": None},
        {"headline": None},
        {"cv_text": None},
        {"source": None},
        {"years_experience": None},
        {"languages": None},
    ],
    ids=str,
)
def test_a_change_raises_the_version_by_one_and_the_same_again_by_none(
    house: Installation, change: dict[str, Any]
) -> None:
    person = uuid.UUID(ok(house.recruiter.post("/v1/candidates", json=WHOLE), 201)["id"])
    with changes(person, by=1):
        after = ok(house.recruiter.patch(path(person), json=change))
    emptied = {"headline": "", "cv_text": "", "languages": []}
    for field, value in change.items():
        expected = emptied.get(field) if value is None else value
        assert after.get(field) == expected
    with changes(person, by=0):
        assert ok(house.recruiter.patch(path(person), json=change)) == after
    assert loudness(person) == ["each", "each"]


@pytest.mark.parametrize("change", [{}, {"name": "Jana Nováková"}, WHOLE], ids=["nothing", "the name", "everything"])
def test_what_is_as_it_was_raises_nothing(house: Installation, change: dict[str, Any]) -> None:
    person = uuid.UUID(ok(house.recruiter.post("/v1/candidates", json=WHOLE), 201)["id"])
    with changes(person, by=0):
        ok(house.recruiter.patch(path(person), json=change))


def test_a_name_cannot_be_emptied(house: Installation) -> None:
    person = house.candidate("Jan")
    for empty in (None, "", "  "):
        with changes(person, by=0):
            assert places(house.recruiter.patch(path(person), json={"name": empty}), 422) == ["body.name"]


def test_a_language_changed_without_a_level_still_becomes_a_document(house: Installation) -> None:
    person = house.candidate("Jan")
    ok(house.recruiter.patch(path(person), json={"languages": [{"code": "sk"}]}))
    house.settle()
    assert waiting(person) == 0
    assert person in house.found({"languages": {"any": [{"code": "sk"}]}})


def test_what_changed_since_it_was_read_is_not_written_over(house: Installation) -> None:
    person = house.candidate("Jan")
    etag = house.recruiter.get(path(person)).headers["etag"]
    changed = house.recruiter.patch(path(person), json={"headline": "First"}, headers={"If-Match": etag})
    assert ok(changed)["headline"] == "First"
    with changes(person, by=0):
        problem(house.recruiter.patch(path(person), json={"headline": "Late"}, headers={"If-Match": etag}), 412)
    now = changed.headers["etag"]
    assert house.recruiter.get(path(person)).headers["etag"] == now != etag
    for accepted in (now, f'"other", {now}', "*"):
        ok(house.recruiter.patch(path(person), json={}, headers={"If-Match": accepted}))


def test_an_etag_tells_of_everything_that_is_shown(house: Installation, java: str) -> None:
    person = house.candidate("Jan")
    tags = {house.recruiter.get(path(person)).headers["etag"]}
    ok(house.recruiter.post(f"{path(person)}/tags", json={"tags": [java]}))
    tags.add(house.recruiter.get(path(person)).headers["etag"])
    position = ok(house.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    ok(house.recruiter.post(f"{path(person)}/applications", json={"position": position}), 201)
    tags.add(house.recruiter.get(path(person)).headers["etag"])
    assert len(tags) == 3


# -- tagging --


def test_tagging_raises_the_version_only_where_it_changes_something(house: Installation, java: str) -> None:
    house.tag(f"in {java}", "location")
    person = house.candidate("Jan")
    body = {"tags": [java], "locations": [f"in {java}"]}
    with changes(person, by=1):
        tags = ok(house.recruiter.post(f"{path(person)}/tags", json=body))
    assert {tag["kind"] for tag in tags} == {"skill", "location"}
    with changes(person, by=0):
        assert ok(house.recruiter.post(f"{path(person)}/tags", json=body)) == tags
    with changes(person, by=0):
        assert ok(house.recruiter.post(f"{path(person)}/tags", json={})) == tags
    key = next(tag["key"] for tag in tags if tag["kind"] == "skill")
    with changes(person, by=1):
        ok(house.recruiter.delete(f"{path(person)}/tags/{key}"), 204)
    with changes(person, by=0):
        ok(house.recruiter.delete(f"{path(person)}/tags/{key}"), 204)
    with changes(person, by=0):
        problem(house.recruiter.delete(f"{path(person)}/tags/no-such-tag"), 404)


def test_a_key_with_a_slash_is_one_key(house: Installation) -> None:
    house.tag("CI/CD")
    person = house.candidate("Jan", ["CI/CD"])
    with changes(person, by=1):
        ok(house.recruiter.delete(f"{path(person)}/tags/ci%2Fcd"), 204)
    ok(house.recruiter.post(f"{path(person)}/tags", json={"tags": ["ci/cd"]}))
    with changes(person, by=1):
        ok(house.recruiter.delete(f"{path(person)}/tags/ci/cd"), 204)


def test_a_wrong_tag_among_right_ones_puts_none_on(house: Installation, java: str) -> None:
    person = house.candidate("Jan")
    with changes(person, by=0):
        answer = house.recruiter.post(f"{path(person)}/tags", json={"tags": [java, "no such tag"], "locations": [java]})
    assert places(answer, 422) == ["body.tags[1]", "body.locations[0]"]
    assert ok(house.recruiter.get(path(person)))["tags"] == []


def test_a_person_carries_so_many_tags_and_no_more(house: Installation) -> None:
    names = [f"{uuid.uuid4().hex}" for _ in range(211)]
    body = {"name": "b", "new_tags": True, "candidates": [{"name": "A", "tags": names[:200]}]}
    person = uuid.UUID(ok(house.recruiter.post("/v1/candidates/bulk", json=body), 201)["ids"][0])
    for name in names[200:]:
        house.tag(name)
    ok(house.recruiter.post(f"{path(person)}/tags", json={"tags": names[200:210]}))
    with changes(person, by=0):
        assert places(house.recruiter.post(f"{path(person)}/tags", json={"tags": names[210:]}), 422) == ["body.tags"]
    assert places(house.recruiter.post("/v1/candidates", json={"name": "A", "tags": names[:201]}), 422) == ["body.tags"]


# -- deleting --


def test_of_a_deleted_person_a_number_and_an_id_are_left(house: Installation, java: str) -> None:
    person = uuid.UUID(ok(house.recruiter.post("/v1/candidates", json=WHOLE | {"tags": [java]}), 201)["id"])
    position = ok(house.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    applied = ok(house.recruiter.post(f"{path(person)}/applications", json={"position": position}), 201)["id"]
    house.settle()
    assert person in house.found({"tags": {"any": [java]}})
    with changes(person, by=1):
        ok(house.recruiter.delete(path(person)), 204)
    with session() as db:
        row = db.get_one(Candidate, person)
        assert (row.name, row.email, row.phone, row.headline, row.cv_text, row.source, row.languages) == (
            "", None, None, "", "", None, [],
        )  # fmt: skip
        assert positions.applications_of(db, person) == []
    for answer in (
        house.recruiter.get(path(person)),
        house.recruiter.patch(path(person), json={"name": "Back"}),
        house.recruiter.delete(path(person)),
        house.recruiter.get(f"{path(person)}/pools"),
        house.recruiter.post(f"{path(person)}/tags", json={"tags": [java]}),
        house.recruiter.delete(f"{path(person)}/tags/{java}"),
        house.recruiter.post(f"{path(person)}/applications", json={"position": position}),
        house.recruiter.get(f"/v1/applications/{applied}"),
        house.recruiter.patch(f"/v1/applications/{applied}", json={"stage": "offer"}),
    ):
        problem(answer, 404)
    assert person not in house.found({"tags": {"any": [java]}})
    house.settle()
    assert person not in house.found({"tags": {"any": [java]}})
    assert loudness(person) == []


# -- many --


def test_a_batch_leaves_out_what_it_cannot_use_and_keeps_the_order(house: Installation, java: str) -> None:
    people = [{"name": "One", "tags": [java]}, {"name": "Two", "tags": ["no such tag"]}, {"name": "Three"}]
    body = {"name": "Fair", "candidates": people}
    answer = ok(house.recruiter.post("/v1/candidates/bulk", json=body), 201)
    assert answer["created"] == 2
    assert [problem["index"] for problem in answer["problems"]] == [1]
    assert answer["problems"][0]["place"] == "body.candidates[1].tags[0]"
    assert answer["ids"][1] is None
    names = [ok(house.recruiter.get(f"/v1/candidates/{id_}"))["name"] for id_ in answer["ids"] if id_]
    assert names == ["One", "Three"]


def test_a_batch_with_nothing_of_use_makes_nothing(house: Installation) -> None:
    before = counts()
    people = [{"name": "One", "tags": ["no such tag"], "locations": ["nowhere"]}, {"name": "Two", "tags": ["nor this"]}]
    answer = house.recruiter.post("/v1/candidates/bulk", json={"name": "Fair", "candidates": people, "new_tags": False})
    assert places(answer, 422) == [
        "body.candidates[0].tags[0]",
        "body.candidates[0].locations[0]",
        "body.candidates[1].tags[0]",
    ]
    assert counts() == before


def test_a_batch_may_bring_skills_but_no_places(house: Installation) -> None:
    new = f"brand new {uuid.uuid4().hex}"
    people = [{"name": "One", "tags": [new, new.upper()]}, {"name": "Two", "locations": [f"place {new}"]}]
    body = {"name": "Fair", "new_tags": True, "candidates": people}
    answer = ok(house.recruiter.post("/v1/candidates/bulk", json=body), 201)
    assert [problem["place"] for problem in answer["problems"]] == ["body.candidates[1].locations[0]"]
    assert [tag["name"] for tag in ok(house.recruiter.get(f"/v1/candidates/{answer['ids'][0]}"))["tags"]] == [new]
    # The key of such a tag has no spaces, and pools keep keys: it must be understood, too.
    pool = house.pool("New skill", {"tags": {"any": [new]}})
    house.settle()
    assert house.members(pool) == {uuid.UUID(answer["ids"][0])}


@pytest.mark.parametrize("people", [[], [{"name": "A"}] * 1_001], ids=["none", "1,001"])
def test_a_batch_is_of_one_to_a_thousand(house: Installation, people: list[Any]) -> None:
    answer = house.recruiter.post("/v1/candidates/bulk", json={"name": "Fair", "candidates": people})
    assert places(answer, 422) == ["body.candidates"]


def test_a_batch_is_continued_by_who_began_it_alone(house: Installation) -> None:
    body: dict[str, Any] = {"name": "Fair", "candidates": [{"name": "One"}]}
    batch = ok(house.recruiter.post("/v1/candidates/bulk", json=body), 201)["id"]
    more = body | {"batch": {"id": batch}}
    assert ok(house.recruiter.post("/v1/candidates/bulk", json=more), 201)["id"] == batch
    problem(house.administrator.post("/v1/candidates/bulk", json=more), 404)
    problem(house.recruiter.post("/v1/candidates/bulk", json=body | {"batch": {"id": str(uuid.uuid4())}}), 404)


def test_the_pools_of_a_person_are_named_with_what_holds_of_each(house: Installation, java: str) -> None:
    inside = house.pool("Java people", {"tags": {"any": [java]}})
    house.pool("Others", {"experience": {"any": ["20+"]}})
    house.settle()
    person = house.candidate("Jan", [java], years_experience=3)
    house.settle()
    (pool,) = ok(house.recruiter.get(f"{path(person)}/pools"))
    assert (pool["id"], pool["name"]) == (str(inside), "Java people")
    key = ok(house.recruiter.get(path(person)))["tags"][0]["key"]
    assert {"field": "tags", "value": key} in pool["why"]
    problem(house.recruiter.get(f"/v1/candidates/{uuid.uuid4()}/pools"), 404)


def test_a_person_changed_by_two_at_once_keeps_both_changes(house: Installation) -> None:
    person = house.candidate("Jan")
    before = version(person)
    ok(house.administrator.patch(path(person), json={"headline": "From one"}))
    ok(house.client(Role.RECRUITER).patch(path(person), json={"cv_text": "From the other"}))
    read = ok(house.recruiter.get(path(person)))
    assert (read["headline"], read["cv_text"], read["version"]) == ("From one", "From the other", before + 2)


def test_skills_that_nobody_has_yet_are_added_with_the_person_or_the_tag_where_that_is_wanted(
    house: Installation,
) -> None:
    first, second = (f"new-{uuid.uuid4().hex[:8]}" for _ in range(2))
    problem(house.recruiter.post("/v1/candidates", json={"name": "Jan", "tags": [first]}), 422)
    body = {"name": "Jan", "tags": [first], "new_tags": True}
    person = ok(house.recruiter.post("/v1/candidates", json=body), 201)["id"]
    problem(house.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": [second]}), 422)
    tagged = ok(house.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": [second], "new_tags": True}))
    assert {(tag["name"], tag["kind"]) for tag in tagged} == {(first, "skill"), (second, "skill")}
    # A place is never made up.
    sent = {"locations": [f"town-{uuid.uuid4().hex}"], "new_tags": True}
    problem(house.recruiter.post(f"/v1/candidates/{person}/tags", json=sent), 422)
