"""Tracking, seen before it is saved: pools and tags picked for somebody, a tag in one step, once however many ask."""

from __future__ import annotations

import threading
import uuid
from typing import Any

from records.models import Role
from tests.api.answers import ok, places, problem
from tests.installation import Installation


def path(world: Installation, role: Role = Role.HIRING_MANAGER, more: str = "") -> str:
    """Where the tracking of the user of a role is."""
    return f"/v1/users/{world.id_of(role)}/tracking{more}"


def picked(world: Installation, **body: Any) -> Any:
    """What the administrator is told before saving it for the manager."""
    return ok(world.administrator.post(path(world, more="/preview"), json=body))


def test_a_tag_is_tracked_in_one_step_and_its_pool_is_made_once(world: Installation) -> None:
    world.tag("Java", synonyms=["JVM"])
    person = world.candidate("Jan", ["Java"])
    world.settle()
    (tracked,) = ok(world.administrator.post(path(world), json={"tags": ["jvm"]}))
    assert tracked["name"] == "Java"
    assert ok(world.administrator.post(path(world), json={"tags": ["Java"]})) == [tracked]
    ok(world.recruiter.post(path(world, Role.RECRUITER), json={"tags": ["Java"]}))
    assert len(ok(world.recruiter.get("/v1/pools"))["items"]) == 1
    world.settle()
    assert ok(world.manager.get(f"/v1/candidates/{person}"))["access"] == "view"
    assert world.bell() == []


def test_a_pool_that_asks_for_the_tag_and_nothing_else_is_used(world: Installation) -> None:
    world.skills("Java", "Go")
    world.tag("Brno", "location")
    world.pool("Both", {"tags": {"all": ["Java", "Go"]}})
    java = world.pool("People of Java", {"tags": {"all": ["Java"]}})
    brno = world.pool("Here", {"locations": {"any": ["Brno"]}})
    world.settle()
    tracked = ok(world.administrator.post(path(world), json={"tags": ["Java", "Brno"]}))
    assert {each["pool"] for each in tracked} == {str(java), str(brno)}


def test_of_several_who_track_a_tag_at_once_one_makes_the_pool(world: Installation) -> None:
    world.skills("Java")
    users = [world.add_user(Role.HIRING_MANAGER, f"m{number}@example.com")[0] for number in range(4)]
    statuses: list[int] = []

    def track(user: uuid.UUID) -> None:
        answer = world.administrator.post(f"/v1/users/{user}/tracking", json={"tags": ["Java"]})
        statuses.append(answer.status_code)

    asking = [threading.Thread(target=track, args=(user,)) for user in users]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert statuses == [200] * 4
    assert len(ok(world.recruiter.get("/v1/pools"))["items"]) == 1


def test_what_somebody_would_see_is_said_with_why_and_nothing_is_saved(world: Installation) -> None:
    world.skills("Java", "Go")
    world.tag("Moravia", "location")
    world.tag("Brno", "location", parent="Moravia")
    known = world.pool("Go", {"tags": {"any": ["Go"]}})
    java = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.candidate("Both", ["Java", "Go"])
    world.candidate("Java alone", ["Java"], headline="Developer")
    world.candidate("From Brno", locations=["Brno"])
    world.candidate("Somebody else")
    world.settle()
    world.track(known)
    seen = picked(world, pools=[str(java)], tags=["Moravia"])
    assert (seen["people"], seen["more"], seen["made"], seen["sees_everybody"]) == (3, 2, ["Moravia"], False)
    assert [(each["name"], each["new"], each["through"]) for each in seen["first"]] == [
        ("From Brno", True, ["Moravia"]),
        ("Java alone", True, ["Java"]),
        ("Both", False, ["Java"]),
    ]
    assert [(each["kind"], each["name"], each["people"]) for each in seen["picked"]] == [
        ("pool", "Java", 2),
        ("location", "Moravia", 1),
    ]
    assert [each["name"] for each in ok(world.manager.get(path(world)))] == ["Go"]
    assert len(ok(world.recruiter.get("/v1/pools"))["items"]) == 2


def test_choices_are_pools_and_tags_that_begin_so_with_what_is_tracked_marked(world: Installation) -> None:
    world.skills("Java", "Go")
    world.tag("Jar", "internal")
    pool = world.pool("Senior Java", {"tags": {"any": ["Java"]}, "experience": {"any": ["5-9"]}})
    world.candidate("Jan", ["Java"])
    world.settle()
    world.track(pool)
    asked = path(world, more="/choices")
    found = ok(world.administrator.get(asked, params={"q": "ja"}))
    assert [(each["kind"], each["name"], each["people"], each["tracked"]) for each in found] == [
        ("pool", "Senior Java", 0, True),
        ("skill", "Java", 1, False),
    ]
    assert [each["name"] for each in ok(world.administrator.get(asked))] == ["Senior Java"]
    own = ok(world.recruiter.get(path(world, Role.RECRUITER, "/choices"), params={"q": "ja"}))
    assert "Jar" in {each["name"] for each in own}


def test_an_internal_tag_is_no_folder_of_a_hiring_manager_under_its_name(world: Installation) -> None:
    world.tag("do not hire", "internal")
    body = {"tags": ["do not hire"]}
    for more in ("", "/preview"):
        problem(world.administrator.post(path(world, more=more), json=body), 409)
    assert ok(world.recruiter.get("/v1/pools"))["items"] == []
    ok(world.recruiter.post(path(world, Role.RECRUITER), json=body))


def test_what_is_not_there_is_named_and_only_who_may_sets_it(world: Installation) -> None:
    world.skills("Java")
    body = {"pools": [str(uuid.uuid4())]}
    assert places(world.administrator.post(path(world), json=body), 422) == ["body.pools[0]"]
    body = {"tags": ["Java", "Jvaa"]}
    assert places(world.administrator.post(path(world), json=body), 422) == ["body.tags[1]"]
    problem(world.recruiter.post(path(world), json={"tags": ["Java"]}), 403)
    problem(world.manager.post(path(world), json={"tags": ["Java"]}), 403)
    problem(world.administrator.post(path(world, Role.ANALYST), json={"tags": ["Java"]}), 409)
    assert ok(world.recruiter.get("/v1/pools"))["items"] == []


def test_a_pool_that_is_called_like_an_internal_tag_is_no_folder_of_a_hiring_manager_either(
    world: Installation,
) -> None:
    world.tag("Do not hire", "internal", synonyms=["blacklist"])
    (own,) = ok(world.administrator.post(path(world, Role.RECRUITER), json={"tags": ["do not hire"]}))
    world.skills("Java")
    asked = {"tags": {"all": ["Do not hire"], "any": ["Java"]}}
    telling = [own["pool"], str(world.pool("BLACKLIST", asked, parent=uuid.UUID(own["pool"])))]
    discreet = str(world.pool("Do ask Eva", {"tags": {"any": ["Do not hire"]}}))
    offered = ok(world.administrator.get(path(world, more="/choices"), params={"q": "do"}))
    assert [each["name"] for each in offered] == ["Do ask Eva"]
    for pool in telling:
        for more in ("", "/preview"):
            problem(world.administrator.post(path(world, more=more), json={"pools": [pool]}), 409)
        problem(world.administrator.put(path(world, more=f"/{pool}")), 409)
        ok(world.recruiter.put(path(world, Role.RECRUITER, f"/{pool}")), 204)
    assert ok(world.manager.get(path(world))) == []
    # What the refusal says to do.
    (tracked,) = ok(world.administrator.post(path(world), json={"pools": [discreet]}))
    assert tracked["pool"] == discreet
    own_offers = ok(world.recruiter.get(path(world, Role.RECRUITER, "/choices"), params={"q": "do"}))
    assert [each["name"] for each in own_offers] == ["Do ask Eva", "Do not hire", "Do not hire"]
