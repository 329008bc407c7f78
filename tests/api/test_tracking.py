"""Tracking: silent when it begins, heard of from then on, and it covers what lies below."""

from __future__ import annotations

import uuid

from records.models import Role
from tests.api.answers import ok, problem
from tests.installation import Installation


def test_new_tracking_is_silent_about_who_was_there_and_tells_of_who_comes(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.candidate("There before", ["Java"])
    world.settle()
    world.track(pool)
    world.settle()
    assert world.bell() == []
    assert ok(world.manager.get(f"/v1/pools/{pool}"))["people"] == 1
    later = world.candidate("Came after", ["Java"])
    world.settle()
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(later)]


def test_tracking_twice_is_tracking_once_and_ending_it_twice_ends_it(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    user = world.id_of(Role.HIRING_MANAGER)
    path = f"/v1/users/{user}/tracking"
    for _ in range(2):
        ok(world.administrator.put(f"{path}/{pool}"), 204)
    (tracked,) = ok(world.manager.get(path))
    assert (tracked["pool"], tracked["name"]) == (str(pool), "Java")
    assert ok(world.administrator.get(path)) == [tracked]
    for _ in range(2):
        ok(world.administrator.delete(f"{path}/{pool}"), 204)
        assert ok(world.manager.get(path)) == []


def test_tracking_a_pool_covers_those_below_and_names_all_that_were_entered_in_one_notice(world: Installation) -> None:
    world.skills("Java")
    world.tag("Brno", "location")
    above = world.pool("Java", {"tags": {"any": ["Java"]}})
    below = world.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    world.settle()
    world.track(above)
    person = world.candidate("Jan", ["Java"], locations=["Brno"])
    world.settle()
    (notice,) = world.bell()
    assert {pool["id"] for pool in notice["pools"]} == {str(above), str(below)}
    assert {pool["id"] for pool in ok(world.manager.get("/v1/pools"))["items"]} == {str(above), str(below)}
    through = ok(world.manager.get(f"/v1/candidates/{person}"))["through"]
    assert [pool["name"] for pool in through] == ["In Brno", "Java"]


def test_tracking_a_pool_below_does_not_cover_the_one_above(world: Installation) -> None:
    world.skills("Java")
    world.tag("Brno", "location")
    above = world.pool("Java", {"tags": {"any": ["Java"]}})
    below = world.pool("In Brno", {"locations": {"any": ["Brno"]}}, parent=above)
    world.settle()
    world.track(below)
    elsewhere = world.candidate("Elsewhere", ["Java"])
    world.settle()
    assert world.bell() == []
    problem(world.manager.get(f"/v1/candidates/{elsewhere}"), 404)


def test_an_analyst_tracks_nothing_and_nobody_tracks_what_is_not_there(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    analyst, manager = world.id_of(Role.ANALYST), world.id_of(Role.HIRING_MANAGER)
    problem(world.administrator.put(f"/v1/users/{analyst}/tracking/{pool}"), 409)
    problem(world.administrator.put(f"/v1/users/{uuid.uuid4()}/tracking/{pool}"), 404)
    problem(world.administrator.put(f"/v1/users/{manager}/tracking/{uuid.uuid4()}"), 404)
    problem(world.administrator.delete(f"/v1/users/{uuid.uuid4()}/tracking/{pool}"), 404)
    problem(world.administrator.get(f"/v1/users/{uuid.uuid4()}/tracking"), 404)


def test_who_makes_somebody_a_match_is_not_told_of_it_but_others_are(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool, Role.RECRUITER)
    world.track(pool, Role.HIRING_MANAGER)
    person = world.candidate("Jan", ["Java"])
    world.settle()
    assert world.bell(Role.RECRUITER) == []
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(person)]
