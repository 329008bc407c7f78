"""Signing in and out: the cookie, the one answer to whoever is wrong, and whom a throttle slows down."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import argon2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from accounts import signing_in
from accounts.passwords import passwords
from api import csrf
from core.digest import digest_of
from core.settings import settings
from records.database import session
from records.models import LoginSession, Role
from records.repositories import passwords as kept
from records.repositories.attempts import Patience
from tests.api.answers import ok, places, problem
from tests.api.browser import COOKIE, PASSWORD, browser, give_password, later, opened, signed_in
from tests.api.traces import user_row
from tests.installation import Installation
from tests.statements import statements

WRONG = "not the password at all"


@pytest.fixture
def jana(house: Installation) -> tuple[uuid.UUID, str]:
    """A recruiter with a password: id and address."""
    email = f"{uuid.uuid4().hex}@example.com"
    user, _ = house.add_user(Role.RECRUITER, email)
    give_password(user)
    return user, email


def login(client: TestClient, email: str, password: str = PASSWORD) -> Response:
    """Sign in with a password."""
    return client.post("/v1/login", json={"email": email, "password": password})


@contextmanager
def set_to(monkeypatch: pytest.MonkeyPatch, **values: str) -> Iterator[None]:
    """Settings for the length of a block."""
    with monkeypatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


# -- in and out --


def test_whoever_knows_the_password_is_signed_in_until_they_sign_out(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    client = browser(house)
    answer = ok(login(client, jana[1].upper()))
    assert answer["user"]["id"] == str(jana[0])
    me = ok(client.get("/v1/me"))
    assert (me["id"], me["signed_in"]["by"]) == (str(jana[0]), "session")
    assert me["signed_in"]["scopes"] == ["admin", "read", "stream", "write"]
    client.headers[csrf.HEADER] = answer["csrf_token"]
    secret = client.cookies[COOKIE]
    ok(client.post("/v1/positions", json={"title": "Engineer"}), 201)
    ok(client.post("/v1/logout"), 204)
    assert COOKIE not in client.cookies
    problem(client.get("/v1/me"), 401)
    problem(browser(house, secret).get("/v1/me"), 401)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites_and_only_its_digest_is_kept(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    client = browser(house)
    answer = login(client, jana[1])
    attributes = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)
    secret = client.cookies[COOKIE]
    assert len(secret) >= 43
    with session() as db:
        row = db.query(LoginSession).filter_by(user_id=jana[0]).one()
    assert row.digest == digest_of(secret)
    assert secret.encode() not in row.digest


@pytest.mark.parametrize(
    ("address", "public_url", "host_only"),
    [
        ("http://localhost", "", False),
        ("http://127.0.0.1:8000", "", False),
        ("http://[::1]:8000", "", False),
        ("https://talent.example.com", "", True),
        # Unencrypted from elsewhere: a browser keeps no such cookie, and nobody overhears a session.
        ("http://talent.example.com", "", True),
        ("http://localhost", "https://talent.example.com", True),
    ],
)
def test_wherever_somebody_could_listen_the_cookie_is_for_encrypted_connections_alone(
    house: Installation,
    jana: tuple[uuid.UUID, str],
    monkeypatch: pytest.MonkeyPatch,
    address: str,
    public_url: str,
    host_only: bool,
) -> None:
    client = TestClient(house.app, address)
    with set_to(monkeypatch, PUBLIC_URL=public_url):
        cookie = login(client, jana[1]).headers["set-cookie"]
    assert cookie.startswith("__Host-micropools_session=") == host_only
    assert ("; secure" in cookie.lower()) == host_only


def test_signing_in_makes_a_new_session_whatever_the_browser_brought(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    """An attacker who planted a cookie, even that of a session of their own, knows nothing of the one that follows."""
    client = browser(house)
    client.cookies.set(COOKIE, "planted", domain="localhost.local")
    ok(login(client, jana[1]))
    first = browser_cookie(client)
    assert first != "planted"
    ok(login(client, jana[1]))
    second = browser_cookie(client)
    assert second != first
    problem(browser(house, first).get("/v1/me"), 401)
    problem(browser(house, "planted").get("/v1/me"), 401)
    assert ok(client.get("/v1/me"))["id"] == str(jana[0])


def browser_cookie(client: TestClient) -> str:
    """The session a browser has now."""
    return next(cookie.value or "" for cookie in client.cookies.jar if cookie.name == COOKIE)


def test_with_a_header_the_cookie_counts_for_nothing(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    client = signed_in(house, jana[0])
    manager = {"Authorization": f"Bearer {house.token_of(Role.HIRING_MANAGER)}"}
    assert ok(client.get("/v1/me", headers=manager))["id"] == str(house.id_of(Role.HIRING_MANAGER))
    for header in ("Bearer mp_unknown", "Basic YTpi", ""):
        problem(client.get("/v1/me", headers={"Authorization": header}), 401)
    # Nor does its proof matter then.
    del client.headers[csrf.HEADER]
    ok(client.post("/v1/notifications/seen", json={"up_to": 0}, headers=manager))


def test_a_token_does_not_sign_out(house: Installation) -> None:
    problem(house.recruiter.post("/v1/logout"), 409)
    ok(house.recruiter.get("/v1/me"))


# -- one's sessions --


def test_people_see_where_they_are_signed_in_and_end_it(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    here, there = browser(house), browser(house, address="203.0.113.9")
    proof = ok(login(here, jana[1]))["csrf_token"]
    there.headers["User-Agent"] = "Browser \x7f of the office"
    ok(login(there, jana[1]))
    listed = ok(here.get("/v1/me/sessions"))
    assert [each["current"] for each in listed].count(True) == 1
    other = next(each for each in listed if not each["current"])
    assert (other["network"], other["signed_in_by"]) == ("203.0.113.9", "password")
    assert other["client"].startswith("Browser ")
    assert "\x7f" not in other["client"]
    assert not {"digest", "secret", "token"} & set(other)
    ok(here.delete(f"/v1/me/sessions/{other['id']}", headers={csrf.HEADER: proof}), 204)
    problem(there.get("/v1/me"), 401)
    ok(here.get("/v1/me"))
    problem(here.delete(f"/v1/me/sessions/{other['id']}", headers={csrf.HEADER: proof}), 404)


def test_signing_out_everywhere_else_leaves_this_browser_and_every_colleague(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    here, there = signed_in(house, jana[0]), signed_in(house, jana[0])
    colleague = signed_in(house, house.id_of(Role.RECRUITER))
    ok(here.delete("/v1/me/sessions"), 204)
    problem(there.get("/v1/me"), 401)
    ok(here.get("/v1/me"))
    ok(colleague.get("/v1/me"))


def test_administrators_see_and_end_the_sessions_of_others(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    client, second = signed_in(house, jana[0]), signed_in(house, jana[0])
    path = f"/v1/users/{jana[0]}/sessions"
    listed = ok(house.administrator.get(path))
    assert len(listed) == 2
    assert {each["current"] for each in listed} == {False}
    first_id = next(each["id"] for each in ok(client.get("/v1/me/sessions")) if each["current"])
    ok(house.administrator.delete(f"{path}/{first_id}"), 204)
    problem(client.get("/v1/me"), 401)
    ok(second.get("/v1/me"))
    ok(house.administrator.delete(path), 204)
    problem(second.get("/v1/me"), 401)
    for unknown in (uuid.uuid4(), house.id_of(Role.ANALYST)):
        problem(house.administrator.delete(f"/v1/users/{unknown}/sessions/{first_id}"), 404)


def test_a_session_ends_by_itself_when_it_is_old_and_when_it_is_not_used(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    client = signed_in(house, jana[0])
    with session() as db:
        db.execute(
            text("UPDATE sessions SET expires_at = clock_timestamp() + interval '30 days' WHERE user_id = :u"),
            {"u": jana[0]},
        )
        db.commit()
    idle = timedelta(seconds=settings().session_idle_s)
    later("sessions", idle - timedelta(minutes=5))
    ok(client.get("/v1/me"))  # used just in time, and from now on counted anew
    later("sessions", idle - timedelta(minutes=5))
    assert len(ok(client.get("/v1/me/sessions"))) == 1
    later("sessions", idle + timedelta(seconds=1))
    problem(client.get("/v1/me"), 401)
    old = signed_in(house, jana[0])
    later("sessions", timedelta(seconds=3_601))
    problem(old.get("/v1/me"), 401)


def test_that_a_session_is_in_use_is_written_once_a_minute(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    def last_used() -> Any:
        with session() as db:
            return db.query(LoginSession).filter_by(user_id=jana[0]).one().last_used_at

    client = signed_in(house, jana[0])
    before = last_used()
    ok(client.get("/v1/me"))
    assert last_used() == before
    later("sessions", timedelta(seconds=61))
    ok(client.get("/v1/me"))
    assert last_used() > before


# -- losing it --


def test_a_deactivated_user_s_sessions_end_with_the_next_request_and_do_not_come_back(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    client = signed_in(house, jana[0])
    ok(client.get("/v1/me"))
    ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"active": False}))
    problem(client.get("/v1/me"), 401)
    ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"active": True}))
    problem(client.get("/v1/me"), 401)
    ok(login(browser(house), jana[1]))


def test_another_role_counts_with_the_next_request_of_an_open_session(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    client = signed_in(house, jana[0])
    ok(client.get("/v1/positions"))
    ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"role": "analyst"}))
    problem(client.get("/v1/positions"), 403)


def test_who_is_deactivated_while_their_password_is_compared_gets_no_session(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = signing_in.right

    def slowly(*arguments: Any) -> bool:
        known = right(*arguments)
        ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"active": False}))
        return known

    monkeypatch.setattr(signing_in, "right", slowly)
    problem(login(browser(house), jana[1]), 401)
    with session() as db:
        assert db.query(LoginSession).filter_by(user_id=jana[0]).count() == 0


# -- the one answer to whoever is wrong --


class Counting(argon2.PasswordHasher):
    """The real hasher, and how often it compared."""

    def __init__(self) -> None:
        super().__init__()
        self.compared = 0

    def verify(self, *arguments: Any) -> Any:
        """Compare, and count."""
        self.compared += 1
        return super().verify(*arguments)


def test_whatever_is_wrong_costs_the_same_and_gives_the_same_bytes(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong password, an unknown address, a user without a password, and a deactivated one who knows theirs."""
    without = f"{uuid.uuid4().hex}@example.com"
    house.add_user(Role.RECRUITER, without)
    gone = f"{uuid.uuid4().hex}@example.com"
    gone_id, _ = house.add_user(Role.RECRUITER, gone)
    give_password(gone_id)
    ok(house.administrator.patch(f"/v1/users/{gone_id}", json={"active": False}))
    counting = Counting()
    monkeypatch.setattr(passwords(), "hasher", counting)
    answers, costs, asked = [], [], []
    for email, password in (
        (jana[1], WRONG),
        (f"{uuid.uuid4().hex}@example.com", PASSWORD),
        (without, PASSWORD),
        (gone, PASSWORD),
    ):
        before = counting.compared
        with statements() as seen:
            answers.append(login(browser(house), email, password))
        costs.append(counting.compared - before)
        asked.append(seen)
    for answer in answers:
        problem(answer, 401)
        assert (answer.content, dict(answer.headers)) == (answers[0].content, dict(answers[0].headers))
    assert costs == [1, 1, 1, 1]
    assert all(each == asked[0] for each in asked)


def test_a_hash_made_with_older_parameters_is_made_anew_at_the_next_log_in(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1_024, parallelism=1).hash(PASSWORD)
    with session() as db:
        db.execute(text("UPDATE users SET password_hash = :hash WHERE id = :u"), {"hash": weak, "u": jana[0]})
        db.commit()
    problem(login(browser(house), jana[1], WRONG), 401)
    assert user_row(jana[0]).password_hash == weak
    ok(login(browser(house), jana[1]))
    renewed = user_row(jana[0]).password_hash or ""
    assert renewed != weak
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    ok(login(browser(house), jana[1]))
    assert user_row(jana[0]).password_hash == renewed


@pytest.mark.parametrize("password", ["", "x" * 257, 5, None])
def test_what_can_be_no_password_is_refused_before_it_is_compared(house: Installation, password: object) -> None:
    body = {"email": "jana@example.com", "password": password}
    assert places(browser(house).post("/v1/login", json=body), 422) == ["body.password"]


# -- whom the throttle slows down --

FREE = signing_in.OF_ACCOUNT.free


def test_guessing_is_slowed_down_and_who_guesses_elsewhere_stops_nobody(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    attacker, at_home = browser(house, address="203.0.113.66"), browser(house, address="198.51.100.7")
    with monkeypatch.context() as quick:
        # On a busy machine comparing takes longer than the first pause.
        quick.setattr(signing_in, "right", lambda *_: False)
        for _ in range(FREE + 1):
            problem(login(attacker, jana[1], WRONG), 401)
        answer = login(attacker, jana[1], WRONG)
        problem(answer, 429)
        assert int(answer.headers["retry-after"]) >= 1
        # Not even the right password helps there now: it is not looked at.
        problem(login(attacker, jana[1]), 429)
    ok(login(at_home, jana[1]))
    # A colleague in the attacker's network is not slowed down either.
    colleague = f"{uuid.uuid4().hex}@example.com"
    other, _ = house.add_user(Role.RECRUITER, colleague)
    with session() as db:
        kept.store(db, other, user_row(jana[0]).password_hash or "")
        db.commit()
    ok(login(browser(house, address="203.0.113.66"), colleague))


def test_the_pauses_double_and_time_takes_the_attempts_away(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is counted does not depend on what is compared, and comparing takes a while.
    monkeypatch.setattr(signing_in, "right", lambda *_: False)
    client = browser(house, address="203.0.113.67")
    waits = []
    for _ in range(FREE + 5):
        problem(login(client, jana[1], WRONG), 401)
        refused = login(client, jana[1], WRONG)
        if refused.status_code == 429:
            waits.append(int(refused.headers["retry-after"]))
        else:
            problem(refused, 401)
        with session() as db:
            db.execute(text("UPDATE login_attempts SET free_at = clock_timestamp()"))
            db.commit()
    assert waits == sorted(waits)
    assert waits[-1] >= 8 * waits[0]
    later("login_attempts", timedelta(hours=3))
    for _ in range(FREE):
        problem(login(client, jana[1], WRONG), 401)


def test_an_unknown_address_is_slowed_down_like_a_known_one(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "right", lambda *_: False)
    client, nobody = browser(house, address="203.0.113.68"), f"{uuid.uuid4().hex}@example.com"
    statuses = [login(client, nobody).status_code for _ in range(FREE + 2)]
    assert statuses == [401] * (FREE + 1) + [429]


def test_attempts_at_the_same_moment_are_all_counted(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted before they are compared: a burst gets no more tries than a queue."""
    monkeypatch.setattr(signing_in, "right", lambda *_: False)
    together, statuses = threading.Barrier(12), []

    def attempt() -> None:
        client = browser(house, address="203.0.113.69")
        together.wait()
        statuses.append(login(client, jana[1], WRONG).status_code)

    burst = [threading.Thread(target=attempt) for _ in range(12)]
    for each in burst:
        each.start()
    for each in burst:
        each.join()
    assert sorted(statuses) == [401] * (FREE + 1) + [429] * (12 - FREE - 1)


def test_who_walks_through_many_accounts_is_slowed_down_by_network(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "OF_NETWORK", Patience(free=10, leak_s=60, longest_s=900))
    monkeypatch.setattr(signing_in, "right", lambda *_: False)
    client = browser(house, address="203.0.113.70")
    statuses = [login(client, f"{n}-{uuid.uuid4().hex}@example.com").status_code for n in range(12)]
    assert statuses == [401] * 11 + [429]
    monkeypatch.undo()
    ok(login(browser(house, address="203.0.113.71"), jana[1]))


def test_signing_in_takes_the_mistakes_back_but_not_those_made_for_others(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    """An own account must not buy an attacker more guesses at those of others."""
    client = browser(house, address="203.0.113.72")
    for _ in range(3):
        problem(login(client, jana[1], WRONG), 401)
    account, network = signing_in.buckets(jana[1], "203.0.113.72")

    def level(key: bytes) -> float:
        with session() as db:
            return float(db.scalar(text("SELECT level FROM login_attempts WHERE key = :k"), {"k": key}) or 0)

    assert 2 < level(account.key) <= 3
    ok(login(client, jana[1]))
    assert level(account.key) == 0
    assert 2 < level(network.key) <= 3.5


# -- who is behind a proxy --


def networks(client: TestClient, forwarded: str, email: str) -> str:
    """The network that a session is said to come from."""
    answer = client.post(
        "/v1/login", json={"email": email, "password": PASSWORD}, headers={"X-Forwarded-For": forwarded}
    )
    client.headers[csrf.HEADER] = ok(answer)["csrf_token"]
    network: str = next(each["network"] for each in ok(client.get("/v1/me/sessions")) if each["current"])
    return network


def test_what_a_client_says_of_its_address_is_believed_only_of_named_proxies(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    email = jana[1]
    assert networks(browser(house, address="203.0.113.80"), "198.51.100.1", email) == "203.0.113.80"
    with set_to(monkeypatch, TRUSTED_PROXIES="10.0.0.0/8, 192.0.2.7"):
        assert networks(browser(house, address="203.0.113.80"), "198.51.100.1", email) == "203.0.113.80"
        proxy = browser(house, address="10.1.2.3")
        assert networks(proxy, "198.51.100.1", email) == "198.51.100.1"
        # What stands before the last untrusted address the client wrote itself.
        assert networks(proxy, "1.1.1.1, 198.51.100.2, 192.0.2.7", email) == "198.51.100.2"
        assert networks(proxy, "198.51.100.3:4711", email) == "198.51.100.3"
        assert networks(proxy, "[2001:db8:1:2:3:4:5:6]:4711", email) == "2001:db8:1:2::/64"
        assert networks(proxy, "::ffff:198.51.100.4", email) == "198.51.100.4"
        assert networks(proxy, "nonsense", email) == "10.1.2.3"


def test_that_a_connection_was_encrypted_is_believed_only_of_named_proxies(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"email": jana[1], "password": PASSWORD}
    with set_to(monkeypatch, TRUSTED_PROXIES="10.0.0.0/8"):
        for address, host_only in (("10.1.2.3", True), ("203.0.113.80", False)):
            answer = browser(house, address=address).post(
                "/v1/login", json=body, headers={"X-Forwarded-Proto": "https"}
            )
            assert answer.headers["set-cookie"].startswith("__Host-") == host_only


def test_two_of_one_ipv6_customer_are_one_network(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    one, other = opened(jana[0]), opened(jana[0])
    assert one != other
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        assert networks(browser(house, address=address), "", jana[1]) == "2001:db8:1:2::/64"
