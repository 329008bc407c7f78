"""Tags: renamed without harm to any pool, moved with everyone below them, told apart whatever they are called."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.api.answers import ok, places, problem
from tests.api.traces import changes, loudness
from tests.installation import Installation


@pytest.fixture
def mark() -> str:
    """Makes the names of one test its own."""
    return uuid.uuid4().hex[:8]


def tag_of(house: Installation, name: str) -> dict[str, Any]:
    """The one tag of a name."""
    found: list[dict[str, Any]] = ok(house.recruiter.get("/v1/tags", params={"q": name}))
    (tag,) = [each for each in found if each["name"] == name]
    return tag


def test_a_tag_is_found_by_the_first_letters_of_anything_it_answers_to(house: Installation, mark: str) -> None:
    house.tag(f"Žluťoučký {mark}", synonyms=[f"Kůň {mark}"])
    for q in (f"Žluťoučký {mark}", f"zlutoucky {mark}", "ZLUT", f"kun {mark}", "KŮŇ"):
        names = [tag["name"] for tag in ok(house.recruiter.get("/v1/tags", params={"q": q, "limit": 200}))]
        assert f"Žluťoučký {mark}" in names
    assert ok(house.recruiter.get("/v1/tags", params={"q": f"uťoučký {mark}"})) == []


def test_tags_are_listed_by_kind_and_no_more_than_asked_for(house: Installation, mark: str) -> None:
    for number in range(3):
        house.tag(f"{mark} skill {number}")
        house.tag(f"{mark} place {number}", "location")
    asked = {"q": mark, "kind": "location"}
    assert [tag["name"][-1] for tag in ok(house.recruiter.get("/v1/tags", params=asked))] == ["0", "1", "2"]
    assert len(ok(house.recruiter.get("/v1/tags", params={"q": mark, "limit": 4}))) == 4


def test_no_two_tags_answer_to_the_same_text(house: Installation, mark: str) -> None:
    house.tag(f"Java {mark}", key=f"java-{mark}", synonyms=[f"JVM {mark}"])
    for body in (
        {"name": f"JÁVA {mark}"},
        {"name": f"jvm {mark}"},
        {"name": f"Other {mark}", "synonyms": [f" java  {mark} "]},
        {"name": f"Other {mark}", "key": f"java-{mark}"},
        {"name": f"java-{mark}"},
    ):
        problem(house.recruiter.post("/v1/tags", json=body), 409)
    house.tag(f"Other {mark}")
    problem(house.recruiter.patch(f"/v1/tags/java-{mark}", json={"name": f"other {mark}"}), 409)
    problem(house.recruiter.patch(f"/v1/tags/java-{mark}", json={"synonyms": [f"Other {mark}"]}), 409)
    assert tag_of(house, f"Java {mark}")["synonyms"] == [f"JVM {mark}"]


def test_a_renamed_tag_keeps_its_pools_and_its_people_and_tells_nobody(emptied: Installation) -> None:
    emptied.tag("Java", synonyms=["JVM"])
    emptied.skills("Rust")
    pool = emptied.pool("Java people", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    carrier, other = emptied.candidate("Carrier", ["Java"]), emptied.candidate("Other", ["Rust"])
    emptied.settle()
    bell = emptied.bell()
    with changes(carrier, by=1), changes(other, by=0):
        renamed = ok(emptied.recruiter.patch("/v1/tags/java", json={"name": "Jakarta", "synonyms": ["EE"]}))
    assert (renamed["key"], renamed["name"], renamed["synonyms"], renamed["people"]) == ("java", "Jakarta", ["EE"], 1)
    assert loudness(carrier) == ["silent"]
    emptied.settle()
    assert emptied.members(pool) == {carrier}
    assert emptied.bell() == bell
    assert emptied.found({"tags": {"any": ["Jakarta"]}}) == emptied.found({"tags": {"any": ["EE"]}}) == {carrier}
    assert emptied.found({"text": "jakarta"}) == {carrier}
    assert emptied.found({"text": "jvm"}) == set()
    problem(emptied.recruiter.post("/v1/search", json={"criteria": {"tags": {"any": ["JVM"]}}}), 422)
    # By its key it is asked for, whatever it is called: that is what pools keep.
    assert emptied.found({"tags": {"any": ["java"]}}) == {carrier}
    later = emptied.candidate("Later", ["Jakarta"])
    emptied.settle()
    assert emptied.members(pool) == {carrier, later}


def test_a_change_that_changes_nothing_raises_no_version(house: Installation, mark: str) -> None:
    house.tag(f"Region {mark}", "location", key=f"region-{mark}")
    house.tag(f"Town {mark}", "location", key=f"town-{mark}", parent=f"region-{mark}", synonyms=[f"City {mark}"])
    person = house.candidate("Jan", locations=[f"Town {mark}"])
    for body in (
        {},
        {"name": f"Town {mark}"},
        {"synonyms": [f"City {mark}"]},
        {"parent": f"Region {mark}"},
        # A synonym that is the name itself is none.
        {"synonyms": [f"City {mark}", f"town {mark}"]},
    ):
        with changes(person, by=0):
            assert ok(house.recruiter.patch(f"/v1/tags/town-{mark}", json=body))["people"] == 0


@pytest.mark.parametrize("body", [{"name": "New name {}"}, {"parent": None}])
def test_every_change_of_a_tag_raises_the_versions_of_its_carriers_once(
    house: Installation, mark: str, body: dict[str, Any]
) -> None:
    house.tag(f"Region {mark}", "location", key=f"region-{mark}")
    house.tag(f"Town {mark}", "location", key=f"town-{mark}", parent=f"region-{mark}", synonyms=[f"City {mark}"])
    person = house.candidate("Jan", locations=[f"Town {mark}"])
    outside = house.candidate("Eva", locations=[f"Region {mark}"])
    made = {field: value and value.format(mark) for field, value in body.items()}
    with changes(person, by=1), changes(outside, by=0):
        assert ok(house.recruiter.patch(f"/v1/tags/town-{mark}", json=made))["people"] == 1


@pytest.mark.parametrize("synonyms", [["New {}"], []])
def test_another_name_beside_the_name_changes_no_document(house: Installation, mark: str, synonyms: list[str]) -> None:
    house.tag(f"Town {mark}", "location", key=f"town-{mark}", synonyms=[f"City {mark}"])
    person = house.candidate("Jan", locations=[f"Town {mark}"])
    with changes(person, by=0):
        sent = {"synonyms": [each.format(mark) for each in synonyms]}
        assert ok(house.recruiter.patch(f"/v1/tags/town-{mark}", json=sent))["people"] == 0


def test_a_moved_place_changes_who_is_found_in_the_regions_and_tells_nobody(emptied: Installation) -> None:
    for region in ("Morava", "Čechy"):
        emptied.tag(region, "location")
    emptied.tag("Vysočina", "location", parent="Čechy")
    emptied.tag("Jihlava", "location", parent="Vysočina")
    moravia = emptied.pool("In Morava", {"locations": {"any": ["Morava"]}})
    bohemia = emptied.pool("In Čechy", {"locations": {"any": ["Čechy"]}})
    emptied.settle()
    emptied.track(moravia)
    person = emptied.candidate("Jan", locations=["Jihlava"])
    emptied.settle()
    assert (emptied.members(moravia), emptied.members(bohemia)) == (set(), {person})
    with changes(person, by=1):
        moved = ok(emptied.recruiter.patch("/v1/tags/vysocina", json={"parent": "Morava"}))
    assert (moved["lineage"], moved["people"]) == (["morava", "vysocina"], 1)
    assert tag_of(emptied, "Jihlava")["lineage"] == ["morava", "vysocina", "jihlava"]
    emptied.settle()
    assert (emptied.members(moravia), emptied.members(bohemia)) == ({person}, set())
    assert emptied.found({"locations": {"any": ["Morava"]}}) == {person}
    assert emptied.found({"locations": {"any": ["Čechy"]}}) == set()
    assert emptied.bell() == []
    ok(emptied.recruiter.patch("/v1/tags/vysocina", json={"parent": None}))
    emptied.settle()
    assert (emptied.members(moravia), emptied.members(bohemia)) == (set(), set())


def test_a_tag_is_not_moved_below_itself_nor_among_another_kind(house: Installation, mark: str) -> None:
    house.tag(f"Region {mark}", "location", key=f"region-{mark}")
    house.tag(f"Town {mark}", "location", key=f"town-{mark}", parent=f"Region {mark}")
    house.tag(f"Skill {mark}", key=f"skill-{mark}")
    region = f"/v1/tags/region-{mark}"
    for parent in (f"Town {mark}", f"Region {mark}", f"Skill {mark}", "no such place"):
        assert places(house.recruiter.patch(region, json={"parent": parent}), 422) == ["body.parent"], parent
    for body in (
        {"name": f"X {mark}", "kind": "location", "parent": f"Skill {mark}"},
        {"name": f"X {mark}", "parent": f"Town {mark}"},
        {"name": f"X {mark}", "parent": "no such tag"},
    ):
        assert places(house.recruiter.post("/v1/tags", json=body), 422) == ["body.parent"]
    problem(house.recruiter.patch(f"/v1/tags/no-such-{mark}", json={"name": "x"}), 404)


def test_tags_told_apart_by_signs_alone_are_two(house: Installation, mark: str) -> None:
    people = {name: house_tagged(house, f"{name}{mark}") for name in ("c", "c++", "c#", ".c", "a b", "a_b")}
    house.settle()
    for name, person in people.items():
        assert house.found({"tags": {"any": [f"{name}{mark}"]}}) == {person}


def house_tagged(house: Installation, name: str) -> uuid.UUID:
    """A person with a new tag of that name."""
    house.tag(name)
    return house.candidate("Jan", [name])
