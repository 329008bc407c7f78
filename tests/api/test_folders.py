"""Pools as folders: in which order, how each does, and who tracks one."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from records.models import Role
from records.repositories.folders import FEWEST_PEOPLE
from tests.api.answers import ok, places
from tests.installation import Installation

JAVA = {"tags": {"any": ["Java"]}}
RUST = {"tags": {"any": ["Rust"]}}


@pytest.fixture
def skilled(world: Installation) -> Installation:
    """An installation with two skills and a place."""
    world.skills("Java", "Rust")
    world.tag("Brno", "location")
    return world


def overview(world: Installation, **asked: Any) -> list[dict[str, Any]]:
    """All pages of it, two pools each."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        params = {**asked, "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = ok(world.recruiter.get("/v1/pools/overview", params=params))
        items += page["items"]
        if (cursor := page["next"]) is None:
            return items


def test_each_folder_is_followed_by_what_lies_in_it_by_name_and_on_every_page(skilled: Installation) -> None:
    zebra = skilled.pool("zebra", RUST)
    java = skilled.pool("Java", JAVA)
    in_brno = skilled.pool("Brno", {"locations": {"any": ["Brno"]}}, parent=java)
    skilled.pool("Also Rust", RUST, parent=java)
    deepest = skilled.pool("Alpha", RUST, parent=in_brno)
    skilled.pool("Ápple", RUST)
    rows = overview(skilled)
    names = [row["name"] for row in rows]
    assert sorted(names) == sorted(["Java", "Also Rust", "Brno", "Alpha", "zebra", "Ápple"])
    at = names.index("Java")
    assert names[at : at + 4] == ["Java", "Also Rust", "Brno", "Alpha"]
    assert at < names.index("zebra")
    alpha = next(row for row in rows if row["id"] == str(deepest))
    assert [above["name"] for above in alpha["above"]] == ["Java", "Brno"]
    assert [row["id"] for row in overview(skilled, name="ZEB")] == [str(zebra)]
    assert overview(skilled, name="%") == []
    assert [row["name"] for row in overview(skilled, within=str(in_brno))] == ["Brno", "Alpha"]


def test_how_many_are_in_it_come_a_week_and_hear_of_it(skilled: Installation) -> None:
    above = skilled.pool("Java", JAVA)
    below = skilled.pool("Java in Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    for number in range(3):
        skilled.candidate(f"Person {number}", ["Java"], locations=["Brno"] if number else [])
    gone = skilled.candidate("Gone", ["Java"])
    skilled.settle()
    ok(skilled.recruiter.delete(f"/v1/candidates/{gone}"), 204)
    skilled.settle()
    skilled.track(above)
    skilled.track(below)
    skilled.track(below, Role.RECRUITER)
    rows = {row["id"]: row for row in overview(skilled)}
    assert [rows[str(above)][name] for name in ("people", "trackers", "a_week", "health")] == [3, 1, 0.75, "well"]
    assert [rows[str(below)][name] for name in ("people", "trackers", "a_week", "health")] == [2, 2, 0.5, "well"]


def test_pools_that_broke_find_nobody_or_everybody_are_found_by_it(skilled: Installation) -> None:
    java, rust = skilled.pool("Java", JAVA), skilled.pool("Rust", RUST)
    broken = skilled.pool("Broken", JAVA)
    for number in range(FEWEST_PEOPLE):
        skilled.candidate(f"Person {number}", ["Java"])
    skilled.settle()
    skilled.freeze(broken)
    filling = skilled.pool("Filling", JAVA)
    for health, pool in (("everybody", java), ("nobody", rust), ("broken", broken), ("filling", filling)):
        assert [row["id"] for row in overview(skilled, health=health)] == [str(pool)], health
    assert overview(skilled, health="well") == []
    assert overview(skilled, health="broken")[0]["problem"] == "It failed."


def test_a_cursor_that_is_not_ours_is_refused(skilled: Installation) -> None:
    for cursor in ("x", "W1sxXV0", "W1tdXQ", "WyJ4Il0"):
        answer = skilled.recruiter.get("/v1/pools/overview", params={"cursor": cursor})
        assert places(answer, 422) == ["query.cursor"], cursor


def test_who_tracks_a_pool_is_named_with_the_pool_that_they_track(skilled: Installation) -> None:
    above = skilled.pool("Java", JAVA)
    below = skilled.pool("Java in Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    skilled.settle()
    skilled.track(above)
    skilled.track(below, Role.RECRUITER)

    def trackers(pool: uuid.UUID) -> list[tuple[str, str]]:
        rows = ok(skilled.recruiter.get(f"/v1/pools/{pool}/trackers"))
        return [(row["name"], row["pool"]["name"]) for row in rows]

    assert trackers(above) == [("Test hiring_manager", "Java")]
    assert trackers(below) == [("Test hiring_manager", "Java"), ("Test recruiter", "Java in Brno")]
    manager = skilled.id_of(Role.HIRING_MANAGER)
    ok(skilled.administrator.patch(f"/v1/users/{manager}", json={"active": False}))
    assert trackers(above) == []
