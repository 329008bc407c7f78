"""What another site's page makes a browser send is not carried out, whatever cookie comes with it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from api import csrf
from core.settings import settings
from records.models import Role
from tests.api.answers import ok, problem
from tests.api.browser import ADDRESS, PASSWORD, browser, give_password, signed_in
from tests.api.catalog import CATALOG, ENDLESS, Call
from tests.api.scene import People, Persona, Scene
from tests.api.traces import counts
from tests.installation import Installation

OTHER_SITES = [
    {"Origin": "https://evil.example.com"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "http://localhost.evil.example.com"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://evil@localhost"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "anything"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
]
OURS = [
    {},
    {"Origin": ADDRESS},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
]
BODY = {"title": "Engineer"}


@pytest.fixture
def client(house: Installation) -> TestClient:
    """The recruiter's browser, with the proof it needs."""
    return signed_in(house, house.id_of(Role.RECRUITER))


def test_a_page_of_ours_is_listened_to(client: TestClient) -> None:
    for headers in OURS:
        ok(client.post("/v1/positions", json=BODY, headers=headers), 201)


@pytest.mark.parametrize("headers", OTHER_SITES, ids=str)
def test_a_page_of_another_site_is_not_even_with_the_proof(client: TestClient, headers: dict[str, str]) -> None:
    before = counts()
    assert "another site" in problem(client.post("/v1/positions", json=BODY, headers=headers), 403)["detail"]
    assert counts() == before


def test_a_wrong_proof_is_refused_and_so_is_that_of_another_session(house: Installation, client: TestClient) -> None:
    other = signed_in(house, house.id_of(Role.RECRUITER)).headers[csrf.HEADER]
    right = client.headers[csrf.HEADER]
    before = counts()
    for wrong in ("", "x", other, right[:-1], right + "x", right.swapcase(), "\xff"):
        answer = client.post("/v1/positions", json=BODY, headers={csrf.HEADER.encode(): wrong.encode("latin-1")})
        assert csrf.HEADER in problem(answer, 403)["detail"]
    del client.headers[csrf.HEADER]
    problem(client.post("/v1/positions", json=BODY), 403)
    assert counts() == before


def test_the_proof_is_told_at_log_in_and_when_asked_for_and_stays_the_same(house: Installation) -> None:
    user, _ = house.add_user(Role.RECRUITER, "proof@example.com")
    give_password(user)
    client = browser(house)
    told = ok(client.post("/v1/login", json={"email": "proof@example.com", "password": PASSWORD}))["csrf_token"]
    assert ok(client.get("/v1/me/csrf")) == ok(client.get("/v1/me/csrf")) == {"csrf_token": told}
    ok(client.post("/v1/positions", json=BODY, headers={csrf.HEADER: told}), 201)
    assert client.cookies["micropools_session"] not in told
    assert ok(house.recruiter.get("/v1/me/csrf")) == {"csrf_token": None}


@pytest.mark.parametrize("call", [call for call in CATALOG if call.method not in csrf.SAFE], ids=str)
def test_no_route_does_without_it(house: Installation, everybody: People, stage: Scene, call: Call) -> None:
    """Of every route that changes something: without the proof, and from another site, it changes nothing."""
    open_to_all = call.status(Persona.ANONYMOUS) < 400
    user = everybody.ids[call.able if call.able is not Persona.ANONYMOUS else Persona.RECRUITER]
    body = call.body(stage) if call.body else None
    client = signed_in(house, user)
    before = counts()
    cross = client.request(
        call.method, stage.path(call.template), json=body, headers={"Origin": "https://evil.example"}
    )
    problem(cross, 403)
    if not open_to_all:
        del client.headers[csrf.HEADER]
        problem(client.request(call.method, stage.path(call.template), json=body), 403)
    assert counts() == before


@pytest.mark.parametrize(
    "call", [call for call in CATALOG if call.method == "GET" and call.template != ENDLESS], ids=str
)
def test_reading_needs_no_proof(house: Installation, everybody: People, stage: Scene, call: Call) -> None:
    user = everybody.ids[call.able if call.able is not Persona.ANONYMOUS else Persona.RECRUITER]
    client = signed_in(house, user)
    del client.headers[csrf.HEADER]
    answer = client.get(stage.path(call.template), headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert answer.status_code in (200, 404)


def test_a_token_needs_no_proof_and_no_origin(house: Installation) -> None:
    ok(house.recruiter.post("/v1/positions", json=BODY, headers={"Origin": "https://plugin.example.com"}), 201)


def test_behind_a_proxy_the_public_address_is_ours(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://talent.example.com")
    settings.cache_clear()
    secure = TestClient(house.app, "https://backend.internal", raise_server_exceptions=False)
    made = signed_in(house, house.id_of(Role.RECRUITER))
    secure.headers[csrf.HEADER] = made.headers[csrf.HEADER]
    secure.headers["Cookie"] = f"__Host-micropools_session={made.cookies['micropools_session']}"
    ok(secure.post("/v1/positions", json=BODY, headers={"Origin": "https://talent.example.com"}), 201)
    problem(secure.post("/v1/positions", json=BODY, headers={"Origin": "http://talent.example.com"}), 403)
    # The name without the prefix, which a neighbouring host could plant, is nothing there.
    secure.headers["Cookie"] = f"micropools_session={made.cookies['micropools_session']}"
    problem(secure.get("/v1/me"), 401)
    monkeypatch.undo()
    settings.cache_clear()
