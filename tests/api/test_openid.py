"""Signing in at a real OpenID provider, and all the ways in which its word is not good enough."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from accounts import oidc
from api.app import create_app
from core.settings import settings
from records.models import Role
from tests.api.answers import ok, problem
from tests.api.browser import ADDRESS, browser
from tests.api.openid_provider import CLIENT_ID, CLIENT_SECRET, Lies, Person, Provider, new_key, serving
from tests.api.traces import counts
from tests.installation import Installation

WAY_BACK = f"{ADDRESS}/v1/login/oidc/callback"


@pytest.fixture
def provider(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that our settings name."""
    # Authlib's server side refuses to answer without encryption otherwise, and it listens on loopback.
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    made = Provider(WAY_BACK)
    with serving(made):
        monkeypatch.setenv("OIDC_ISSUER", made.issuer)
        monkeypatch.setenv("OIDC_CLIENT_ID", CLIENT_ID)
        monkeypatch.setenv("OIDC_CLIENT_SECRET", CLIENT_SECRET)
        monkeypatch.setenv("PUBLIC_URL", ADDRESS)
        settings.cache_clear()
        # The port of a provider of an earlier test may come again.
        oidc.forget_providers()
        yield made
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def person(house: Installation, provider: Provider) -> tuple[uuid.UUID, Person]:
    """A user of ours, whom the provider knows too."""
    mark = uuid.uuid4().hex
    user, _ = house.add_user(Role.RECRUITER, f"{mark}@example.com")
    provider.person = Person(f"subject-{mark}", f"{mark}@example.com")
    return user, provider.person


def departed(client: TestClient) -> str:
    """The address at the provider to which a browser is sent."""
    answer = client.get("/v1/login/oidc", follow_redirects=False)
    assert answer.status_code == 303
    return answer.headers["location"]


def signed_in_there(address: str) -> dict[str, str]:
    """What the provider sends the browser back with."""
    answer = httpx2.get(address)
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{WAY_BACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def arrived(client: TestClient, back: dict[str, str]) -> Response:
    """Our answer to a browser that comes back with this."""
    return client.get(f"/v1/login/oidc/callback?{urlencode(back)}", follow_redirects=False)


def travelled(client: TestClient) -> Response:
    """The whole way there and back."""
    return arrived(client, signed_in_there(departed(client)))


def refused(client: TestClient, answer: Response, status: int = 401) -> str:
    """The sentence of a refusal after which nobody is signed in."""
    sentence: str = problem(answer, status)["detail"]
    problem(client.get("/v1/me"), 401)
    return sentence


# -- the way that is meant --


def test_who_the_provider_vouches_for_is_signed_in(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    client = browser(house)
    answer = travelled(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    me = ok(client.get("/v1/me"))
    assert (me["id"], me["signed_in"]["by"]) == (str(person[0]), "session")
    (session,) = ok(client.get("/v1/me/sessions"))
    assert (session["signed_in_by"], session["current"]) == ("oidc", True)
    assert "micropools_journey" not in client.cookies


def test_the_provider_is_asked_with_everything_that_protects_the_journey(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    one, two = (parse_qs(urlsplit(departed(browser(house))).query) for _ in range(2))
    assert one["redirect_uri"] == [WAY_BACK]
    assert one["response_type"] == ["code"]
    assert one["scope"] == ["openid email"]
    assert one["code_challenge_method"] == ["S256"]
    for secret in ("state", "nonce", "code_challenge"):
        assert one[secret] != two[secret]
        assert len(one[secret][0]) >= 43


def test_the_second_time_the_provider_s_name_for_them_counts_and_not_the_address(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    travelled(browser(house))
    provider.person = Person(person[1].subject, "married@example.com", verified=False)
    client = browser(house)
    assert travelled(client).status_code == 303
    assert ok(client.get("/v1/me"))["id"] == str(person[0])


def test_an_address_that_only_userinfo_tells_is_taken_from_there(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    provider.lies = Lies(email_in_token=False)
    client = browser(house)
    assert travelled(client).status_code == 303
    assert ok(client.get("/v1/me"))["id"] == str(person[0])
    assert "userinfo" in provider.asked


def test_a_new_key_of_the_provider_is_fetched_when_it_is_first_used(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    assert travelled(browser(house)).status_code == 303
    provider.keys.append(new_key("second"))
    assert travelled(browser(house)).status_code == 303
    assert provider.asked.count("jwks") == 2


def test_a_new_key_that_has_the_old_one_s_name_is_fetched_too(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    assert travelled(browser(house)).status_code == 303
    provider.keys = [new_key("first")]
    assert travelled(browser(house)).status_code == 303
    assert provider.asked.count("jwks") == 2


def test_the_session_a_browser_had_ends_when_somebody_signs_in_anew(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    client = browser(house)
    travelled(client)
    before = dict(client.cookies)
    travelled(client)
    assert dict(client.cookies) != before
    old = browser(house, before["micropools_session"])
    problem(old.get("/v1/me"), 401)


# -- nobody becomes a user by it --


def test_who_is_no_user_is_told_to_ask_for_an_invitation_in_the_same_words_whatever_the_reason(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    user, known = person
    before = counts()
    said = set()
    client = browser(house)
    for somebody in (
        Person("stranger", "stranger@example.com"),
        Person("unverified", known.email, verified=False),
    ):
        provider.person = somebody
        said.add(refused(client, travelled(client), 403))
    provider.person = known
    provider.lies = Lies(claims={"email_verified": "true"})
    said.add(refused(client, travelled(client), 403))
    provider.lies = Lies()
    ok(house.administrator.patch(f"/v1/users/{user}", json={"active": False}))
    said.add(refused(client, travelled(client), 403))
    assert len(said) == 1
    assert "invitation" in said.pop()
    assert counts() == before


def test_a_linked_user_who_is_deactivated_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    client = browser(house)
    travelled(client)
    ok(house.administrator.patch(f"/v1/users/{person[0]}", json={"active": False}))
    problem(client.get("/v1/me"), 401)
    refused(client, travelled(client), 403)


def test_an_address_that_was_given_to_somebody_else_opens_nothing_of_the_first_one_s(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    travelled(browser(house))
    provider.person = Person("their successor", person[1].email)
    client = browser(house)
    refused(client, travelled(client), 403)


# -- a journey that is not the browser's own --


def test_a_wrong_state_is_refused(house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]) -> None:
    client = browser(house)
    back = signed_in_there(departed(client))
    for state in ("", "x", back["state"][:-1], None):
        wrong = {name: value for name, value in (back | {"state": state}).items() if value is not None}
        refused(client, arrived(client, wrong))
    assert "token" not in provider.asked


def test_an_attacker_s_journey_does_not_sign_in_the_victim(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    """The attacker stops before the way back and has the victim open that address."""
    attacker, victim = browser(house), browser(house)
    back = signed_in_there(departed(attacker))
    refused(victim, arrived(victim, back))
    departed(victim)
    refused(victim, arrived(victim, back))


def test_a_code_of_another_journey_is_refused_by_its_verifier(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    client, other = browser(house), browser(house)
    stolen = signed_in_there(departed(other))["code"]
    own = signed_in_there(departed(client))
    refused(client, arrived(client, own | {"code": stolen}))


def test_a_code_works_once(house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]) -> None:
    client = browser(house)
    back = signed_in_there(departed(client))
    journey = client.cookies["micropools_journey"]
    assert arrived(client, back).status_code == 303
    again = browser(house)
    again.cookies.set("micropools_journey", journey, domain="localhost.local")
    refused(again, arrived(again, back))


@pytest.mark.parametrize("back", [{}, {"error": "access_denied"}, {"code": "x"}, {"code": "x", "state": "x"}])
def test_coming_back_with_nothing_signs_nobody_in(
    house: Installation, provider: Provider, back: dict[str, str]
) -> None:
    client = browser(house)
    departed(client)
    refused(client, arrived(client, back))


def test_the_answer_of_another_provider_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    client = browser(house)
    back = signed_in_there(departed(client))
    refused(client, arrived(client, back | {"iss": "https://other.example.com"}))


# -- a token that is not good --


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": None},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"iss": "https://other.example.com"},
        {"iss": None},
        # When the collection is made says nothing of when the test runs, and each process of the run makes its own.
        pytest.param({"exp": int(time.time()) - 3_600}, id="exp an hour ago"),
        {"exp": None},
        pytest.param({"iat": int(time.time()) + 86_400}, id="iat tomorrow"),
        pytest.param({"nbf": int(time.time()) + 86_400}, id="nbf tomorrow"),
        {"sub": None},
        {"sub": 5},
        {"at_hash": "x"},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person], claims: dict[str, Any]
) -> None:
    provider.lies = Lies(claims=claims)
    client = browser(house)
    refused(client, travelled(client))


def test_a_signature_of_another_key_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    provider.lies = Lies(key=new_key("first"))
    client = browser(house)
    refused(client, travelled(client))


def test_a_token_that_is_not_signed_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    provider.lies = Lies(unsigned=True)
    client = browser(house)
    refused(client, travelled(client))


def test_a_token_signed_with_what_others_know_too_is_refused(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    """The client secret, and the public key taken for a secret one: the classic confusions of algorithms."""
    client = browser(house)
    for secret in (CLIENT_SECRET.encode(), provider.keys[0].as_pem(private=False)):
        provider.lies = Lies(secret=secret)
        refused(client, travelled(client))


def test_userinfo_about_somebody_else_is_not_believed(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person]
) -> None:
    provider.lies = Lies(email_in_token=False, userinfo={"sub": "somebody else"})
    client = browser(house)
    refused(client, travelled(client), 403)


# -- a provider that is not well --


def test_a_wrong_client_secret_signs_nobody_in(
    house: Installation, provider: Provider, person: tuple[uuid.UUID, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "another")
    settings.cache_clear()
    client = browser(house)
    refused(client, travelled(client))


def test_a_provider_that_calls_itself_otherwise_is_not_used(house: Installation, provider: Provider) -> None:
    provider.lies = Lies(issuer_of_metadata="https://other.example.com")
    problem(browser(house).get("/v1/login/oidc", follow_redirects=False), 401)


def test_a_provider_that_is_away_is_a_reason_to_try_again(
    house: Installation, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:1")
    settings.cache_clear()
    answer = browser(house).get("/v1/login/oidc", follow_redirects=False)
    problem(answer, 503)
    assert answer.headers["retry-after"]


def test_the_description_says_which_routes_need_nobody_signed_in() -> None:
    schema = create_app().openapi()
    paths: Any = schema["paths"]
    assert "security" not in paths["/v1/login/oidc"]["get"]
    assert paths["/v1/me"]["get"]["security"] == [{"bearer": []}, {"session": []}]
