"""What a token is good for: never for more than its scopes, its maker or its user's role."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from api import scopes
from records.database import session
from records.models import ApiToken, Role, Scope
from records.repositories import tokens
from tests.api.answers import ok, places, problem
from tests.api.browser import later, signed_in
from tests.api.catalog import CATALOG, ENDLESS, Call
from tests.api.scene import People, Persona, Scene
from tests.api.traces import counts
from tests.installation import Installation

Held = frozenset[Scope]
EVERY = frozenset(Scope)
SUBSETS: list[Held] = [frozenset(some) for n in range(1, 5) for some in combinations(Scope, n)]
WHO = (Persona.ADMINISTRATOR, Persona.RECRUITER, Persona.VIEWER, Persona.ANALYST)
# Rights themselves: who there is, and what lets them in.
RIGHTS = {"users", "api_tokens", "sessions", "invitations", "password_resets"}
LACKING = "This needs a token with the scope"


@pytest.fixture(scope="module")
def holders(house: Installation, everybody: People) -> Mapping[tuple[Persona, Held], TestClient]:
    """For each of some personas a token of every set of scopes."""
    made = {}
    with session() as db:
        for who in WHO:
            for held in SUBSETS:
                made[who, held] = tokens.issue(db, everybody.ids[who], "some", held)[1]
        db.commit()
    return {key: with_token(house, token) for key, token in made.items()}


def with_token(house: Installation, token: str) -> TestClient:
    """A client with a token."""
    client = house.anonymous
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def asked(client: TestClient, call: Call, path: str, body: Any) -> Response:
    """The answer to a call."""
    return client.request(call.method, path, json=body, follow_redirects=False)


def lacking(answer: Response) -> bool:
    """Whether a token was refused for its scopes."""
    return answer.status_code == 403 and LACKING in answer.json()["detail"]


ENDING = [call for call in CATALOG if call.template != ENDLESS]


@given(data=st.data())
def test_no_token_of_lesser_scope_ever_does_more(
    everybody: People, stage: Scene, holders: Mapping[tuple[Persona, Held], TestClient], data: st.DataObject
) -> None:
    call = data.draw(st.sampled_from(ENDING))
    who = data.draw(st.sampled_from(WHO))
    more = data.draw(st.sampled_from(SUBSETS))
    less = data.draw(st.sampled_from([held for held in SUBSETS if held <= more]))
    # Things that are not there, so that asking twice is the same twice.
    path, body = stage.nowhere(call.template), call.body(stage) if call.body else None
    before = counts()
    answers = {held: asked(holders[who, held], call, path, body) for held in (less, more)}
    after = counts()
    if lacking(answers[more]):
        assert lacking(answers[less])
    if lacking(answers[less]):
        assert less != EVERY
        if less == more:
            assert after == before
    else:
        assert answers[less].status_code == answers[more].status_code or call.body is not None
        assert not lacking(answers[more])


@pytest.mark.parametrize("call", ENDING, ids=str)
def test_what_a_token_cannot_be_used_for_it_does_not_change(
    house: Installation,
    everybody: People,
    stage: Scene,
    holders: Mapping[tuple[Persona, Held], TestClient],
    call: Call,
) -> None:
    if call.status(Persona.ANONYMOUS) != 401:
        return  # open to all: no token is asked for
    body = call.body(stage) if call.body else None
    path = stage.path(call.template)
    reading, writing = frozenset({Scope.READ, Scope.STREAM}), EVERY - {Scope.ADMIN}
    for who in (Persona.ADMINISTRATOR, Persona.VIEWER):
        before = counts()
        answer = asked(holders[who, reading], call, path, body)
        problem(asked(holders[who, frozenset({Scope.STREAM})], call, path, body), 403)
        read = counts()
        asked(holders[who, writing], call, stage.nowhere(call.template), body)
        written = counts()
        assert read == before, f"{who} {answer.status_code}"
        assert not lacking(answer) or call.method != "GET"
        assert answer.status_code >= 400 or call.method not in ("PUT", "PATCH", "DELETE")
        assert {table: written[table] for table in RIGHTS} == {table: read[table] for table in RIGHTS}, who


def test_only_what_is_listed_as_a_question_may_be_posted_for_reading() -> None:
    known = {call.template.removeprefix("/v1") for call in CATALOG}
    assert known >= scopes.QUESTIONS
    assert known >= scopes.STREAMS
    for call in CATALOG:
        template = call.template.removeprefix("/v1")
        if call.method != "GET" and template not in scopes.QUESTIONS:
            assert scopes.needed(call.method, template, frozenset(Role)) in (Scope.WRITE, Scope.ADMIN)
        assert scopes.needed("POST", "/not/known/yet", frozenset({Role.ADMINISTRATOR})) == Scope.ADMIN
        assert scopes.needed("POST", "/not/known/yet", frozenset(Role)) == Scope.WRITE


def test_a_stream_needs_its_own_scope(house: Installation, holders: Mapping[tuple[Persona, Held], TestClient]) -> None:
    for held in SUBSETS:
        if Scope.STREAM not in held:
            answer = holders[Persona.VIEWER, held].get(ENDLESS)
            assert "“stream”" in problem(answer, 403)["detail"]


def test_a_refusal_names_the_scope_that_is_needed_and_those_there_are(
    holders: Mapping[tuple[Persona, Held], TestClient],
) -> None:
    reader = holders[Persona.RECRUITER, frozenset({Scope.READ, Scope.STREAM})]
    detail = problem(reader.post("/v1/positions", json={"title": "Engineer"}), 403)["detail"]
    assert detail == "This needs a token with the scope “write”; this one has: read, stream."


# -- making tokens --


def test_people_make_list_and_revoke_their_own_tokens(house: Installation) -> None:
    user, _ = house.add_user(Role.RECRUITER, f"{uuid.uuid4().hex}@example.com")
    client = signed_in(house, user)
    body = {"name": "Reports", "scopes": ["read"], "expires_in_days": 2}
    made = ok(client.post("/v1/me/tokens", json=body), 201)
    reader = with_token(house, made["token"])
    me = ok(reader.get("/v1/me"))
    assert (me["id"], me["signed_in"]["by"], me["signed_in"]["scopes"]) == (str(user), "token", ["read"])
    listed = next(each for each in ok(client.get("/v1/me/tokens")) if each["id"] == made["id"])
    assert (listed["name"], listed["scopes"]) == ("Reports", ["read"])
    assert listed["last_used_at"] is not None
    assert made["token"] not in str(listed)
    assert ok(house.administrator.get(f"/v1/users/{user}/tokens"))[0]["id"] == made["id"]
    ok(client.delete(f"/v1/me/tokens/{made['id']}"), 204)
    problem(reader.get("/v1/me"), 401)
    assert made["id"] not in {each["id"] for each in ok(client.get("/v1/me/tokens"))}


def test_a_token_ends_when_it_expires(house: Installation) -> None:
    user, _ = house.add_user(Role.RECRUITER, f"{uuid.uuid4().hex}@example.com")
    client = signed_in(house, user)
    made = ok(client.post("/v1/me/tokens", json={"name": "x", "scopes": ["read"], "expires_in_days": 1}), 201)
    reader = with_token(house, made["token"])
    later("api_tokens", timedelta(hours=23))
    ok(reader.get("/v1/me"))
    later("api_tokens", timedelta(hours=1))
    problem(reader.get("/v1/me"), 401)
    assert made["id"] not in {each["id"] for each in ok(client.get("/v1/me/tokens"))}


def test_when_a_token_was_used_is_written_once_a_minute(house: Installation) -> None:
    user, _ = house.add_user(Role.RECRUITER, f"{uuid.uuid4().hex}@example.com")
    with session() as db:
        row, token = tokens.issue(db, user, "x")
        db.commit()

    def last_used() -> Any:
        with session() as db:
            return db.get_one(ApiToken, row.id).last_used_at

    reader = with_token(house, token)
    assert last_used() is None
    ok(reader.get("/v1/me"))
    first = last_used()
    assert first is not None
    ok(reader.get("/v1/me"))
    assert last_used() == first
    later("api_tokens", timedelta(seconds=61))
    ok(reader.get("/v1/me"))
    assert last_used() > first - timedelta(seconds=61)


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.HIRING_MANAGER, Role.ANALYST])
def test_nobody_makes_a_token_beyond_their_role(house: Installation, role: Role) -> None:
    client = signed_in(house, house.id_of(role))
    answer = client.post("/v1/me/tokens", json={"name": "x", "scopes": ["read", "admin"]})
    assert places(answer, 422) == ["body.scopes"]
    assert "read, stream, write" in answer.json()["problems"][0]["message"]
    path = f"/v1/users/{house.id_of(role)}/tokens"
    assert places(house.administrator.post(path, json={"name": "x", "scopes": ["admin"]}), 422) == ["body.scopes"]
    made = ok(house.administrator.post(path, json={"name": "x"}), 201)["token"]
    assert ok(with_token(house, made).get("/v1/me"))["signed_in"]["scopes"] == ["read", "stream", "write"]


@pytest.mark.parametrize("wrong", [[], ["nonsense"], "read", ["read"] * 5, None])
def test_scopes_that_are_none_are_refused(house: Installation, wrong: object) -> None:
    client = signed_in(house, house.id_of(Role.RECRUITER))
    answer = client.post("/v1/me/tokens", json={"name": "x", "scopes": wrong})
    assert places(answer, 422)[0].startswith("body.scopes")


def test_a_token_makes_none_that_may_do_more_or_lives_longer_than_itself(house: Installation) -> None:
    administrator = house.id_of(Role.ADMINISTRATOR)
    with session() as db:
        maker = with_token(
            house, tokens.issue(db, administrator, "maker", {Scope.ADMIN, Scope.READ}, timedelta(days=3))[1]
        )
        db.commit()
    for path in ("/v1/me/tokens", f"/v1/users/{administrator}/tokens"):
        assert places(maker.post(path, json={"name": "x", "scopes": ["read", "write"]}), 422) == ["body.scopes"]
        ends = []
        for days in (None, 1, 30):
            body = {"name": "x", "scopes": ["read"], "expires_in_days": days}
            made = ok(maker.post(path, json=body), 201)["token"]
            ends.append(ok(with_token(house, made).get("/v1/me"))["signed_in"]["expires_at"])
        own = ok(maker.get("/v1/me"))["signed_in"]["expires_at"]
        assert ends[0] == ends[2] == own
        assert ends[1] < own


def test_without_admin_a_token_does_not_touch_its_users_account(house: Installation) -> None:
    user, _ = house.add_user(Role.RECRUITER, f"{uuid.uuid4().hex}@example.com")
    with session() as db:
        made = with_token(house, tokens.issue(db, user, "x", EVERY - {Scope.ADMIN})[1])
        db.commit()
    for method, path, body in (
        ("POST", "/v1/me/tokens", {"name": "x", "scopes": ["read"]}),
        ("PUT", "/v1/me/password", {"old": "x", "new": "a much longer password"}),
        ("DELETE", "/v1/me/sessions", None),
    ):
        assert "“admin”" in problem(made.request(method, path, json=body), 403)["detail"]
