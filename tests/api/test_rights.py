"""Who may do what: every route, every persona, and what a reader is shown of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from httpx2 import Response

from api.app import create_app
from api.work import Allow
from records.models import Role
from tests.api.answers import ok, problem, shown
from tests.api.browser import signed_in
from tests.api.catalog import BY_ROUTE, CATALOG, ENDLESS, Call
from tests.api.scene import People, Persona, Scene, scene
from tests.api.traces import share
from tests.installation import Installation

# Health is for whoever watches the machine, the description for whoever writes a client; neither tells of data.
OPEN = {"/healthz", "/readyz", "/openapi.json"}
# After these somebody else would not be answered as before.
SPOILING = {
    ("PUT", "/v1/applications/{application}/shares/{user}"),
    ("PUT", "/v1/positions/{position}/shares/{user}"),
    ("PATCH", "/v1/pools/{pool}"),
    ("DELETE", "/v1/candidates/{candidate}"),
    ("DELETE", "/v1/pools/{pool}"),
    ("DELETE", "/v1/users/{user}/tokens/{token}"),
    ("DELETE", "/v1/users/{user}/sessions/{session}"),
    ("DELETE", "/v1/me/tokens/{token}"),
    ("DELETE", "/v1/me/devices/{device}"),
    ("DELETE", "/v1/me/sessions/{session}"),
    ("DELETE", "/v1/webhooks/{webhook}"),
    ("DELETE", "/v1/invitations/{invitation}"),
    ("DELETE", "/v1/users/{user}/tracking/{pool}"),
    ("DELETE", "/v1/candidates/{candidate}/tags/{key}"),
}
MANAGERS = (Persona.STRANGER, Persona.VIEWER, Persona.OWNER)


def routes() -> Iterator[tuple[str, str, Dependant | None]]:
    """Method, path and dependencies of every route the application answers."""
    for route in iter_route_contexts(create_app().routes):
        for method in sorted(route.methods or ()):
            if method != "HEAD":
                yield method, (route.path or "").replace(":path}", "}"), getattr(route, "dependant", None)


def send(known: People, call: Call, persona: Persona, path: str, body: Any) -> Response:
    """Ask as somebody."""
    return known[persona].request(call.method, path, json=body)


def test_every_route_is_in_the_matrix() -> None:
    # The description is nobody's secret; of clicks in Slack a signature says whose they are (tests/notifications).
    besides = ("/openapi.json", "/slack/actions")
    answered = {(method, path) for method, path, _ in routes() if path not in besides}
    assert answered == set(BY_ROUTE)


def test_every_route_names_who_may_use_it() -> None:
    def guards(dependant: Dependant | None) -> Iterator[Allow]:
        for each in dependant.dependencies if dependant else ():
            guard: object = each.call
            if isinstance(guard, Allow):
                yield guard
            yield from guards(each)

    unguarded = {path for _, path, dependant in routes() if not list(guards(dependant))}
    assert unguarded == OPEN


@pytest.mark.parametrize("call", CATALOG, ids=str)
def test_each_persona_gets_the_answer_of_the_matrix(
    house: Installation, everybody: People, stage: Scene, call: Call
) -> None:
    for persona in Persona:
        expected = call.status(persona)
        if call.template == ENDLESS and expected == 200:
            continue
        gone = expected < 300 and (call.method, call.template) in SPOILING
        asked = scene(house, everybody) if gone else stage
        body = call.body(asked) if call.body else None
        answer = send(everybody, call, persona, asked.path(call.template), body)
        assert answer.status_code == expected, f"{persona}: {shown(answer)}"
        if expected >= 400:
            problem(answer, expected)


@pytest.mark.parametrize("call", CATALOG, ids=str)
def test_each_persona_gets_the_same_answer_by_session_as_by_token(
    house: Installation, everybody: People, stage: Scene, call: Call
) -> None:
    for persona in everybody.ids:
        expected = 204 if call.template == "/v1/logout" else call.status(persona)
        if call.template == ENDLESS and expected == 200:
            continue
        gone = expected < 300 and (call.method, call.template) in SPOILING
        asked = scene(house, everybody) if gone else stage
        body = call.body(asked) if call.body else None
        client = signed_in(house, everybody.ids[persona])
        answer = client.request(call.method, asked.path(call.template), json=body)
        assert answer.status_code == expected, f"{persona}: {shown(answer)}"
        if expected >= 400:
            problem(answer, expected)


@pytest.mark.parametrize("call", [call for call in CATALOG if "{" in call.template], ids=str)
def test_what_is_hidden_is_answered_as_what_is_unknown(everybody: People, stage: Scene, call: Call) -> None:
    body = call.body(stage) if call.body else None
    for persona in (*MANAGERS, Persona.ANALYST, Persona.ANONYMOUS):
        if call.status(persona) not in (401, 403, 404) or (persona, call.method, call.template) == (
            Persona.VIEWER,
            "PATCH",
            "/v1/candidates/{candidate}",  # the viewer sees this person, so "not allowed" gives nothing away
        ):
            continue
        there = send(everybody, call, persona, stage.path(call.template), body)
        nowhere = send(everybody, call, persona, stage.nowhere(call.template), body)
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), persona
        assert dict(there.headers) == dict(nowhere.headers), persona


@pytest.mark.parametrize("call", [call for call in CATALOG if call.body], ids=str)
def test_a_bad_body_changes_nothing_about_who_is_refused(everybody: People, stage: Scene, call: Call) -> None:
    path = stage.path(call.template)
    refused = [persona for persona in Persona if call.status(persona) in (401, 403)]
    refused = [persona for persona in refused if call.template != "/v1/candidates/{candidate}" or persona != "viewer"]
    for persona in refused:
        if call.template.startswith("/v1/users/{user}/tracking"):
            continue  # who may is decided by whose tracking it is, and no body is taken
        for body in (b'{"unknown": 1}', b"{", b'"\xff"', b"[" * 100_000):
            answer = everybody[persona].request(
                call.method, path, content=body, headers={"content-type": "application/json"}
            )
            assert answer.status_code == call.status(persona), f"{persona} {body[:20]!r}: {shown(answer)}"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "bearer mp_unknown",
        "Bearer \xff\xfe",
        "Bearer a b",
        "Bearer " + "x" * 9000,
    ],
)
def test_whatever_is_wrong_with_a_token_the_answer_is_the_same(everybody: People, stage: Scene, header: str) -> None:
    nothing = everybody[Persona.ANONYMOUS].get(f"/v1/candidates/{stage.candidate}")
    answer = everybody[Persona.ANONYMOUS].get(
        f"/v1/candidates/{stage.candidate}", headers={b"Authorization": header.encode("latin-1")}
    )
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.content == nothing.content


def test_a_viewer_reads_the_profile_and_nothing_of_what_was_said_and_done(
    house: Installation, everybody: People
) -> None:
    stage = scene(house, everybody)
    seen = ok(everybody[Persona.VIEWER].get(f"/v1/candidates/{stage.candidate}"))
    assert seen["access"] == "view"
    assert set(seen) == {
        "access", "id", "name", "email", "phone", "headline", "cv_text", "years_experience", "languages",
        "tags", "through", "created_at",
    }  # fmt: skip
    assert {tag["key"] for tag in seen["tags"]} == {stage.skill, stage.place}
    assert [pool["id"] for pool in seen["through"]] == [str(stage.pool)]
    for hidden in (stage.internal, "source-", "note-", str(stage.position), str(stage.application)):
        assert hidden not in json.dumps(seen)


def test_an_owner_sees_only_the_applications_that_were_shared(house: Installation, everybody: People) -> None:
    stage = scene(house, everybody)
    other = ok(house.recruiter.post("/v1/positions", json={"title": "Secret position"}), 201)["id"]
    ok(house.recruiter.post(f"/v1/candidates/{stage.candidate}/applications", json={"position": other}), 201)
    seen = ok(everybody[Persona.OWNER].get(f"/v1/candidates/{stage.candidate}"))
    assert seen["access"] == "owner"
    assert [each["id"] for each in seen["applications"]] == [str(stage.application)]
    assert stage.internal not in json.dumps(seen)
    assert "Secret position" not in json.dumps(seen)
    assert "version" not in seen
    assert len(ok(house.recruiter.get(f"/v1/candidates/{stage.candidate}"))["applications"]) == 2


def test_a_whole_position_gives_its_applications_and_itself(house: Installation, everybody: People) -> None:
    made = scene(house, everybody)
    manager, client = house.add_user(Role.HIRING_MANAGER, "position-owner@example.com")
    problem(client.get(f"/v1/candidates/{made.candidate}"), 404)
    share(manager, position=made.position)
    seen = ok(client.get(f"/v1/candidates/{made.candidate}"))
    assert [each["id"] for each in seen["applications"]] == [str(made.application)]
    assert ok(client.get(f"/v1/positions/{made.position}"))["id"] == str(made.position)
    later = house.candidate("Came later", [made.skill])
    ok(house.recruiter.post(f"/v1/candidates/{later}/applications", json={"position": str(made.position)}), 201)
    assert ok(client.get(f"/v1/candidates/{later}"))["access"] == "owner"


def hidden_changes(house: Installation, made: Scene) -> None:
    """Everything about a person that neither a viewer nor the owner of one application may see, changed."""
    recruiter = house.recruiter
    other = ok(recruiter.post("/v1/positions", json={"title": "Other position"}), 201)["id"]
    applied = ok(recruiter.post(f"/v1/candidates/{made.candidate}/applications", json={"position": other}), 201)["id"]
    ok(recruiter.patch(f"/v1/applications/{applied}", json={"stage": "offer"}))
    ok(recruiter.post(f"/v1/applications/{applied}/notes", json={"text": "Hidden note"}), 201)
    ok(recruiter.put(f"/v1/applications/{applied}/rejection", json={"reason": made.reason, "note": "Hidden"}))
    ok(recruiter.patch(f"/v1/candidates/{made.candidate}", json={"source": "Hidden source"}))
    label = f"hidden-{made.internal}"
    house.tag(label, "internal")
    ok(recruiter.post(f"/v1/candidates/{made.candidate}/tags", json={"tags": [label]}))
    unseen = house.pool("A pool nobody tracks", {"tags": {"all": [label]}})
    house.settle()
    assert made.candidate in house.members(unseen)


@pytest.mark.parametrize("persona", [Persona.VIEWER, Persona.OWNER])
def test_what_changed_out_of_sight_leaves_every_answer_as_it_was(
    house: Installation, everybody: People, persona: Persona
) -> None:
    made = scene(house, everybody)
    reader = everybody[persona]
    paths = [
        f"/v1/candidates/{made.candidate}",
        "/v1/pools",
        f"/v1/pools/{made.pool}",
        f"/v1/pools/{made.pool}/candidates",
        "/v1/notifications",
        f"/v1/notifications/{made.notice}/candidates",
        f"/v1/positions/{made.position}",
    ]
    before = [reader.get(path) for path in paths]
    hidden_changes(house, made)
    after = [reader.get(path) for path in paths]
    assert [(each.status_code, each.content) for each in after] == [(each.status_code, each.content) for each in before]
    assert after[0].headers["etag"] == before[0].headers["etag"]


def test_an_owners_etag_is_still_accepted_after_a_change_they_do_not_see(
    house: Installation, everybody: People
) -> None:
    made = scene(house, everybody)
    owner, path = everybody[Persona.OWNER], f"/v1/candidates/{made.candidate}"
    etag = owner.get(path).headers["etag"]
    hidden_changes(house, made)
    changed = ok(owner.patch(path, json={"headline": "Architect"}, headers={"If-Match": etag}))
    assert changed["headline"] == "Architect"
    problem(owner.patch(path, json={"headline": "Late"}, headers={"If-Match": etag}), 412)


def test_an_owner_changes_the_profile_but_not_where_the_person_came_from(
    house: Installation, everybody: People
) -> None:
    made = scene(house, everybody)
    path = f"/v1/candidates/{made.candidate}"
    problem(everybody[Persona.OWNER].patch(path, json={"source": "me"}), 403)
    ok(everybody[Persona.OWNER].patch(path, json={"name": "Better Name"}))
    staff = ok(house.recruiter.get(path))
    assert (staff["name"], staff["source"].startswith("source-")) == ("Better Name", True)


def test_a_hiring_manager_lists_only_the_pools_they_track_and_those_below(
    house: Installation, everybody: People
) -> None:
    made = scene(house, everybody)
    below = house.pool("Below", {"locations": {"any": [made.place]}}, parent=made.pool)
    house.pool("Aside", {"locations": {"any": [made.place]}})
    house.settle()
    listed = ok(everybody[Persona.VIEWER].get("/v1/pools", params={"limit": 200}))["items"]
    assert str(below) in {pool["id"] for pool in listed}
    assert "Aside" not in {pool["name"] for pool in listed}
    assert all(not {"criteria", "state", "problem"} & set(pool) for pool in listed)
    assert ok(everybody[Persona.STRANGER].get("/v1/pools"))["items"] == []
    assert ok(everybody[Persona.VIEWER].get(f"/v1/pools/{below}/candidates"))["items"][0]["id"] == str(made.candidate)


def test_a_pool_below_does_not_tell_of_the_one_above_that_is_not_tracked(
    house: Installation, everybody: People
) -> None:
    made = scene(house, everybody)
    below = house.pool("Tracked alone", {"locations": {"any": [made.place]}}, parent=made.pool)
    house.settle()
    manager, client = house.add_user(Role.HIRING_MANAGER, f"{made.skill}@example.com")
    ok(house.administrator.put(f"/v1/users/{manager}/tracking/{below}"), 204)
    assert "parent" not in ok(client.get(f"/v1/pools/{below}"))
    problem(client.get(f"/v1/pools/{made.pool}"), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_recruiter_sets_tracking_for_themselves_and_nobody_else(
    house: Installation, everybody: People, stage: Scene, method: str
) -> None:
    recruiter = everybody[Persona.RECRUITER]
    for persona, user in everybody.ids.items():
        answer = recruiter.request(method, f"/v1/users/{user}/tracking/{stage.pool}")
        assert answer.status_code == (204 if persona is Persona.RECRUITER else 403), persona
