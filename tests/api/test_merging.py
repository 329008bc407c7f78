"""Two tags, or two reasons, made one: nobody is lost, nobody is told, and what asked for the one asks for the other."""

from __future__ import annotations

from typing import Any

from tests.api.answers import ok, places, problem
from tests.api.test_applications import application_of, position_of
from tests.api.traces import changes, loudness, version
from tests.installation import Installation


def merge(world: Installation, tag: str, into: str) -> Any:
    """As the recruiter."""
    return ok(world.recruiter.post("/v1/tags/merge", json={"tag": tag, "into": into}))


def test_whoever_carried_the_one_carries_the_other_and_pools_go_on_finding_them(world: Installation) -> None:
    world.tag("JavaScript", synonyms=["ECMAScript"])
    world.tag("Javascript (old)", synonyms=["JS"])
    world.skills("Java")
    pool = world.pool("JS people", {"tags": {"any": ["JS"]}})
    both_asked = world.pool("Either", {"tags": {"any": ["JS", "JavaScript", "Java"]}})
    old, new = world.candidate("Old", ["JS"]), world.candidate("New", ["JavaScript"])
    both = world.candidate("Both", ["JS", "JavaScript"])
    world.settle()
    world.track(pool)
    untouched = version(new)
    with changes(old, by=1), changes(both, by=1):
        merged = merge(world, "JS", "JavaScript")
        assert set(loudness(old)) == {"silent"}
    assert (merged["name"], merged["people"], merged["pools"]) == ("JavaScript", 2, 2)
    assert {"ECMAScript", "Javascript (old)", "JS"} <= set(merged["synonyms"])
    world.settle()
    everybody = {old, new, both}
    assert version(new) == untouched
    assert world.found({"tags": {"any": ["JavaScript"]}}) == everybody
    assert world.found({"tags": {"any": ["js"]}}) == everybody
    assert world.found({"text": "JS"}) == everybody
    assert world.members(pool) == everybody
    assert world.members(both_asked) == everybody
    assert ok(world.recruiter.get(f"/v1/pools/{pool}"))["criteria"] == {"tags": {"any": ["javascript"]}}
    assert ok(world.recruiter.get(f"/v1/pools/{both_asked}"))["criteria"] == {"tags": {"any": ["javascript", "java"]}}
    (change,) = ok(world.recruiter.get(f"/v1/pools/{pool}/changes"))
    assert change["after"]["criteria"] == {"tags": {"any": ["javascript"]}}
    assert [tag["name"] for tag in ok(world.recruiter.get(f"/v1/candidates/{both}"))["tags"]] == ["JavaScript"]
    assert world.bell() == []


def test_what_lies_below_moves_along_and_a_region_finds_its_towns(world: Installation) -> None:
    world.tag("Moravia", "location")
    world.tag("Morava", "location")
    world.tag("Brno", "location", parent="Morava")
    person = world.candidate("Jan", locations=["Brno"])
    pool = world.pool("Moravia", {"locations": {"any": ["Moravia"]}})
    world.settle()
    assert world.members(pool) == set()
    merge(world, "Morava", "Moravia")
    world.settle()
    assert ok(world.recruiter.get("/v1/tags/brno"))["lineage"] == ["moravia", "brno"]
    assert world.members(pool) == {person}
    assert world.found({"locations": {"any": ["Morava"]}}) == {person}
    region = ok(world.recruiter.get("/v1/tags/moravia"))
    assert (region["people"], region["pools"], region["below"]) == (1, 1, ["brno"])


def test_tags_that_are_not_one_are_not_merged(world: Installation) -> None:
    world.skills("Java")
    world.tag("Moravia", "location")
    world.tag("Brno", "location", parent="Moravia")
    world.tag("German", "language", key="de")
    world.tag("Deutsch", "language", key="deu")
    for tag, into, where in (
        ("Java", "JAVA", "body.into"),
        ("Java", "Brno", "body.into"),
        ("Moravia", "Brno", "body.into"),
        ("German", "Deutsch", "body.into"),
        ("Nothing", "Java", "body.tag"),
        ("Java", "Nothing", "body.into"),
    ):
        answer = world.recruiter.post("/v1/tags/merge", json={"tag": tag, "into": into})
        assert places(answer, 422) == [where], (tag, into)
    merge(world, "Brno", "Moravia")


def reason(world: Installation, name: str, said_by: str = "us") -> str:
    """A new reason; its key."""
    ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)
    found = ok(world.recruiter.get("/v1/rejection-reasons"))
    return str(next(each["key"] for each in found if each["name"] == name))


def test_whoever_was_rejected_for_the_one_was_rejected_for_the_other(world: Installation) -> None:
    salary, money = reason(world, "Salary"), reason(world, "Money")
    position = position_of(world, "Engineer")
    people = [world.candidate(name) for name in ("A", "B")]
    for person, why in zip(people, (salary, money), strict=True):
        application = application_of(world, person, position)
        ok(world.recruiter.put(f"{application}/rejection", json={"reason": why}))
    pool = world.pool("Too dear", {"rejections": {"reasons": ["Salary"]}})
    world.settle()
    world.track(pool)
    with changes(people[0], by=1), changes(people[1], by=0):
        merged = ok(world.administrator.post("/v1/rejection-reasons/merge", json={"reason": salary, "into": money}))
        assert set(loudness(people[0])) == {"silent"}
    assert merged["applications"] == 2
    world.settle()
    assert world.members(pool) == set(people)
    assert world.found({"rejections": {"reasons": ["Money"]}}) == set(people)
    assert world.found({"rejections": {"reasons": ["salary"]}}) == set(people)
    assert world.bell() == []
    uses = {each["key"]: each for each in ok(world.administrator.get("/v1/rejection-reasons/uses"))}
    assert (uses[salary]["applications"], uses[salary]["retired"], uses[salary]["merged_into"]) == (0, True, money)
    (happened,) = ok(world.administrator.get(f"/v1/rejection-reasons/{salary}/changes"))
    assert (happened["what"], happened["after"], happened["applications"]) == ("merged", "Money", 1)
    problem(world.administrator.patch(f"/v1/rejection-reasons/{salary}", json={"retired": False}), 409)
    problem(world.administrator.post("/v1/rejection-reasons/merge", json={"reason": salary, "into": money}), 409)


def test_reasons_of_two_voices_or_a_retired_one_are_not_merged(world: Installation) -> None:
    ours, theirs, retired = reason(world, "A"), reason(world, "B", "candidate"), reason(world, "C")
    ok(world.administrator.patch(f"/v1/rejection-reasons/{retired}", json={"retired": True}))
    for into in (ours, theirs, retired, "nothing"):
        answer = world.administrator.post("/v1/rejection-reasons/merge", json={"reason": ours, "into": into})
        assert places(answer, 422) == ["body.into"], into


def test_a_retired_reason_is_kept_by_who_has_it_and_given_to_nobody(world: Installation) -> None:
    key = reason(world, "Salary")
    path = f"/v1/rejection-reasons/{key}"
    position = position_of(world, "Engineer")
    first, second = (application_of(world, world.candidate(name), position) for name in ("A", "B"))
    ok(world.recruiter.put(f"{first}/rejection", json={"reason": key}))
    assert ok(world.administrator.patch(path, json={"name": "Too dear", "retired": True}))["retired"]
    assert ok(world.recruiter.get(first))["rejection"]["name"] == "Too dear"
    problem(world.recruiter.put(f"{second}/rejection", json={"reason": key}), 422)
    ok(world.administrator.patch(path, json={"retired": False}))
    ok(world.recruiter.put(f"{second}/rejection", json={"reason": key}))
    happened = [each["what"] for each in ok(world.administrator.get(f"{path}/changes"))]
    assert happened == ["brought_back", "retired", "renamed"]
    reason(world, "Other")
    problem(world.administrator.patch(path, json={"name": "Other"}), 409)
    problem(world.administrator.patch("/v1/rejection-reasons/nothing", json={"name": "X"}), 404)
