"""A muted pool: its folder stays, and the bell of this one reader says nothing of it."""

from __future__ import annotations

import uuid

from records.models import Role
from tests.api.answers import ok, problem
from tests.installation import Installation


def java_and_go(world: Installation) -> tuple[uuid.UUID, uuid.UUID]:
    """Two pools that the manager and the administrator track."""
    world.skills("Java", "Go")
    java, go = world.pool("Java", {"tags": {"any": ["Java"]}}), world.pool("Go", {"tags": {"any": ["Go"]}})
    world.settle()
    for pool in (java, go):
        world.track(pool)
        world.track(pool, Role.ADMINISTRATOR)
    return java, go


def told(world: Installation, role: Role = Role.HIRING_MANAGER) -> list[tuple[str, list[str]]]:
    """Of whom the bell of a role tells, and in which pools; the latest first."""
    return [(each["candidate"]["name"], [pool["name"] for pool in each["pools"]]) for each in world.bell(role)]


def test_a_muted_pool_rings_for_everybody_else_and_for_who_muted_it_not(world: Installation) -> None:
    java, _ = java_and_go(world)
    for _ in range(2):
        ok(world.manager.put(f"/v1/pools/{java}/mute"), 204)
    world.candidate("Jan", ["Java"])
    world.candidate("Both", ["Java", "Go"])
    world.settle()
    assert told(world) == [("Both", ["Go"])]
    assert sorted(told(world, Role.ADMINISTRATOR)) == [("Both", ["Go", "Java"]), ("Jan", ["Java"])]
    mine = {each["name"]: each for each in ok(world.manager.get("/v1/me/pools"))}
    assert [(mine[name]["muted"], mine[name]["people"], mine[name]["new"]) for name in ("Java", "Go")] == [
        (True, 2, 0),
        (False, 1, 1),
    ]


def test_unmuted_it_tells_of_who_comes_from_then_on(world: Installation) -> None:
    java, _ = java_and_go(world)
    ok(world.manager.put(f"/v1/pools/{java}/mute"), 204)
    world.candidate("Kept quiet", ["Java"])
    world.settle()
    for _ in range(2):
        ok(world.manager.delete(f"/v1/pools/{java}/mute"), 204)
    world.candidate("Told of", ["Java"])
    world.settle()
    assert told(world) == [("Told of", ["Java"])]


def test_muting_covers_what_lies_below_and_one_below_alone_too(world: Installation) -> None:
    world.skills("Java", "Go")
    above = world.pool("Java", {"tags": {"any": ["Java"]}})
    below = world.pool("And Go", {"tags": {"any": ["Go"]}}, parent=above)
    world.settle()
    world.track(above)
    ok(world.manager.put(f"/v1/pools/{below}/mute"), 204)
    world.candidate("First", ["Java", "Go"])
    world.settle()
    assert told(world) == [("First", ["Java"])]
    ok(world.manager.delete(f"/v1/pools/{below}/mute"), 204)
    ok(world.manager.put(f"/v1/pools/{above}/mute"), 204)
    world.candidate("Second", ["Java", "Go"])
    world.settle()
    assert told(world) == [("First", ["Java"])]
    mine = ok(world.manager.get("/v1/me/pools"))
    assert [(each["name"], each["tracked"], each["muted"], each["quiet"]) for each in mine] == [
        ("And Go", False, False, True),
        ("Java", True, True, True),
    ]


def test_who_comes_while_a_pool_is_muted_rings_no_more_of_it_in_a_batch(world: Installation) -> None:
    java, go = java_and_go(world)
    ok(world.manager.put(f"/v1/pools/{java}/mute"), 204)
    rows = [{"name": name, "tags": tags} for name, tags in (("A", ["Java"]), ("B", ["Go"]), ("C", ["Java", "Go"]))]
    ok(world.recruiter.post("/v1/candidates/bulk", json={"name": "F", "notices": "summary", "candidates": rows}), 201)
    world.settle()
    (notice,) = world.bell()
    assert (notice["people"], [pool["id"] for pool in notice["pools"]]) == (2, [str(go)])


def test_with_the_tracking_the_muting_ends(world: Installation) -> None:
    java, _ = java_and_go(world)
    ok(world.manager.put(f"/v1/pools/{java}/mute"), 204)
    tracking = f"/v1/users/{world.id_of(Role.HIRING_MANAGER)}/tracking/{java}"
    ok(world.administrator.delete(tracking), 204)
    ok(world.administrator.put(tracking), 204)
    world.candidate("Jan", ["Java"])
    world.settle()
    assert told(world) == [("Jan", ["Java"])]


def test_what_is_not_tracked_is_not_there_to_be_muted(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    for path in (f"/v1/pools/{pool}/mute", f"/v1/pools/{uuid.uuid4()}/mute"):
        problem(world.manager.put(path), 404)
    problem(world.recruiter.put(f"/v1/pools/{pool}/mute"), 409)
