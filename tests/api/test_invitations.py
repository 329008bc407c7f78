"""Invitations, forgotten and changed passwords: links that work once, letters that say little, sessions that end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from accounts import signing_in
from accounts.passwords import passwords
from api.routes import passwords as forgetting
from core.settings import settings
from notifications.mail import send_waiting
from records.database import session
from records.models import OutgoingMail, PasswordReset, Role
from records.repositories.attempts import Patience
from tests.api.answers import ok, places, problem
from tests.api.browser import ADDRESS, PASSWORD, browser, give_password, later, reset_for, signed_in
from tests.api.traces import counts, user_row
from tests.api.walking import walked
from tests.installation import Installation
from tests.mailbox import Mailbox, mailbox
from tests.statements import statements

NEW = "an entirely different sentence"
WRONG = "not the password at all"
PUBLIC = ADDRESS


@pytest.fixture
def box(house: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server that our settings name."""
    with mailbox() as made:
        monkeypatch.setenv("SMTP_URL", f"smtp://{made.url}")
        monkeypatch.setenv("MAIL_FROM", "pools@example.com")
        monkeypatch.setenv("PUBLIC_URL", PUBLIC)
        settings.cache_clear()
        yield made
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def jana(house: Installation) -> tuple[uuid.UUID, str]:
    """A recruiter with a password: id and address."""
    email = f"{uuid.uuid4().hex}@example.com"
    user, _ = house.add_user(Role.RECRUITER, email)
    give_password(user)
    return user, email


def invitation(role: str = "recruiter") -> dict[str, str]:
    """Somebody to invite."""
    return {"email": f"{uuid.uuid4().hex}@example.com", "name": "Petra Dvořáková", "role": role}


def secret_in(words: str, page: str) -> str:
    """What stands behind the # of the link to a page."""
    found = re.search(rf"(\S+)/{page}#(\S+)", words)
    assert found, words
    return found.group(2)


def login(house: Installation, email: str, password: str = PASSWORD) -> Any:
    """Sign in from a browser of its own."""
    return browser(house).post("/v1/login", json={"email": email, "password": password})


# -- invitations --


def test_who_is_invited_chooses_a_password_and_signs_in(house: Installation) -> None:
    body = invitation("hiring_manager")
    sent = ok(house.administrator.post("/v1/invitations", json=body), 201)
    listed = next(each for each in walked(house.administrator, "/v1/invitations", 1) if each["id"] == sent["id"])
    assert (listed["email"], listed["name"], listed["role"]) == (body["email"], body["name"], body["role"])
    assert "link" not in listed
    problem(login(house, body["email"], NEW), 401)
    token = secret_in(sent["link"], "invitation")
    user = ok(browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW}), 201)
    assert (user["email"], user["name"], user["role"]) == (body["email"], body["name"], body["role"])
    assert ok(login(house, body["email"], NEW))["user"]["id"] == user["id"]
    assert sent["id"] not in {each["id"] for each in walked(house.administrator, "/v1/invitations", 200)}


def test_a_link_works_once_and_every_worthless_one_is_answered_alike(house: Installation) -> None:
    """Used, replaced, revoked, expired, and never given."""
    worthless = ["never given"]
    for spoil in ("accept", "resend", "revoke"):
        sent = ok(house.administrator.post("/v1/invitations", json=invitation()), 201)
        token = secret_in(sent["link"], "invitation")
        if spoil == "accept":
            ok(browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW}), 201)
        elif spoil == "resend":
            again = ok(house.administrator.post(f"/v1/invitations/{sent['id']}/resend"))
            assert secret_in(again["link"], "invitation") != token
        else:
            ok(house.administrator.delete(f"/v1/invitations/{sent['id']}"), 204)
            problem(house.administrator.post(f"/v1/invitations/{sent['id']}/resend"), 404)
        worthless.append(token)
    sent = ok(house.administrator.post("/v1/invitations", json=invitation()), 201)
    later("invitations", timedelta(days=7))
    worthless.append(secret_in(sent["link"], "invitation"))
    before, said = counts(), set()
    for token in worthless:
        answer = browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW})
        assert places(answer, 422) == ["body.token"]
        said.add(answer.content)
    assert len(said) == 1
    assert counts() == before
    renewed = ok(house.administrator.post(f"/v1/invitations/{sent['id']}/resend"))["link"]
    body = {"token": secret_in(renewed, "invitation"), "password": NEW}
    ok(browser(house).post("/v1/invitations/accept", json=body), 201)


def test_a_bad_password_does_not_use_the_link_up(house: Installation) -> None:
    body = invitation()
    token = secret_in(ok(house.administrator.post("/v1/invitations", json=body), 201)["link"], "invitation")
    for bad in ("too short", "password1234", body["email"], body["name"], body["name"].upper()):
        answer = browser(house).post("/v1/invitations/accept", json={"token": token, "password": bad})
        assert places(answer, 422) == ["body.password"]
    ok(browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW}), 201)


def test_an_address_is_invited_once_and_a_user_not_at_all(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    body = invitation()
    ok(house.administrator.post("/v1/invitations", json=body), 201)
    for again in (body, body | {"email": body["email"].upper()}, body | {"email": jana[1]}):
        problem(house.administrator.post("/v1/invitations", json=again), 409)


def test_who_became_a_user_meanwhile_cannot_accept(house: Installation) -> None:
    body = invitation()
    token = secret_in(ok(house.administrator.post("/v1/invitations", json=body), 201)["link"], "invitation")
    ok(house.administrator.post("/v1/users", json=body), 201)
    problem(browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW}), 409)


@pytest.mark.parametrize("change", [{"active": False}, {"role": "recruiter"}])
def test_an_invitation_is_worth_nothing_while_its_writer_is_no_administrator(
    house: Installation, change: dict[str, Any]
) -> None:
    writer, client = house.add_user(Role.ADMINISTRATOR, f"{uuid.uuid4().hex}@example.com")
    sent, second = (ok(client.post("/v1/invitations", json=invitation("administrator")), 201) for _ in range(2))

    def accept(link: str) -> Any:
        body = {"token": secret_in(link, "invitation"), "password": NEW}
        return browser(house).post("/v1/invitations/accept", json=body)

    ok(house.administrator.patch(f"/v1/users/{writer}", json=change))
    before = counts()
    never_given = browser(house).post("/v1/invitations/accept", json={"token": "never given", "password": NEW})
    assert (accept(sent["link"]).content, counts()) == (never_given.content, before)
    # Another administrator may take it upon themselves.
    again = ok(house.administrator.post(f"/v1/invitations/{sent['id']}/resend"))
    ok(accept(again["link"]), 201)
    ok(house.administrator.patch(f"/v1/users/{writer}", json={"active": True, "role": "administrator"}))
    ok(accept(second["link"]), 201)


def test_with_mail_the_link_goes_to_the_invited_person_alone(house: Installation, box: Mailbox) -> None:
    body = invitation()
    sent = ok(house.administrator.post("/v1/invitations", json=body), 201)
    assert sent["link"] is None
    assert send_waiting() == 1
    (letter,) = box.letters
    assert (letter["To"], letter["From"]) == (body["email"], "pools@example.com")
    words = letter.get_content()
    assert f"{PUBLIC}/invitation#" in words
    assert "Test administrator invites you" in words
    token = secret_in(words, "invitation")
    ok(browser(house).post("/v1/invitations/accept", json={"token": token, "password": NEW}), 201)
    with session() as db:
        assert db.query(OutgoingMail).count() == 0


def test_an_invitation_that_is_not_stored_sends_no_letter(
    house: Installation, box: Mailbox, jana: tuple[uuid.UUID, str]
) -> None:
    problem(house.administrator.post("/v1/invitations", json=invitation() | {"email": jana[1]}), 409)
    assert send_waiting() == 0


# -- forgotten passwords --


def forget(client: TestClient, email: str) -> Any:
    """Ask for a link."""
    return client.post("/v1/password/reset-request", json={"email": email})


def reset(house: Installation, token: str, password: str = NEW) -> Any:
    """Use it."""
    return browser(house).post("/v1/password/reset", json={"token": token, "password": password})


def test_who_forgot_their_password_sets_a_new_one_by_letter(
    house: Installation, box: Mailbox, jana: tuple[uuid.UUID, str]
) -> None:
    before = signed_in(house, jana[0])
    ok(forget(browser(house), jana[1].upper()), 202)
    assert send_waiting() == 1
    (letter,) = box.letters
    assert letter["To"] == jana[1]
    words = letter.get_content()
    assert f"{PUBLIC}/password/reset#" in words
    ok(reset(house, secret_in(words, "password/reset")), 204)
    problem(before.get("/v1/me"), 401)
    problem(login(house, jana[1]), 401)
    ok(login(house, jana[1], NEW))


@pytest.mark.parametrize("by_mail", [True, False])
def test_asking_tells_nobody_whether_there_is_such_a_user(
    house: Installation, jana: tuple[uuid.UUID, str], request: pytest.FixtureRequest, by_mail: bool
) -> None:
    if by_mail:
        request.getfixturevalue("box")
    gone = f"{uuid.uuid4().hex}@example.com"
    gone_id, _ = house.add_user(Role.RECRUITER, gone)
    ok(house.administrator.patch(f"/v1/users/{gone_id}", json={"active": False}))
    answers, asked = [], []
    for email in (jana[1], f"{uuid.uuid4().hex}@example.com", gone):
        with statements() as seen:
            answers.append(forget(browser(house), email))
        asked.append(seen)
    for answer in answers:
        ok(answer, 202)
        assert (answer.content, dict(answer.headers)) == (answers[0].content, dict(answers[0].headers))
    assert all(each == asked[0] for each in asked)
    with session() as db:
        assert db.query(PasswordReset).filter_by(user_id=gone_id).count() == 0
        assert db.query(PasswordReset).filter_by(user_id=jana[0]).count() == (1 if by_mail else 0)
        assert db.query(OutgoingMail).count() == (1 if by_mail else 0)
        db.query(OutgoingMail).delete()
        db.commit()


def test_nobody_s_mailbox_is_filled_by_asking(house: Installation, box: Mailbox, jana: tuple[uuid.UUID, str]) -> None:
    give_password(jana[0])
    for _ in range(6):
        ok(forget(browser(house), jana[1]), 202)
    assert send_waiting() == 3
    later("password_resets", timedelta(hours=1))
    ok(forget(browser(house), jana[1]), 202)
    assert send_waiting() == 1


def test_who_asks_for_many_is_slowed_down(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "OF_NETWORK", Patience(free=3, leak_s=60, longest_s=900))
    client = browser(house, address="203.0.113.90")
    statuses = [forget(client, f"{uuid.uuid4().hex}@example.com").status_code for _ in range(5)]
    assert statuses == [202] * 4 + [429]
    ok(forget(browser(house, address="203.0.113.91"), "jana@example.com"), 202)


def test_a_reset_link_works_once_for_an_hour_and_every_worthless_one_is_answered_alike(
    house: Installation, jana: tuple[uuid.UUID, str]
) -> None:
    used, beside = reset_for(jana[1]), reset_for(jana[1])
    ok(reset(house, used), 204)
    expired = reset_for(jana[1])
    later("password_resets", timedelta(hours=1))
    changed_since = reset_for(jana[1])
    client = signed_in(house, jana[0])
    ok(client.put("/v1/me/password", json={"old": NEW, "new": PASSWORD}), 204)
    deactivated = reset_for(jana[1])
    ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"active": False}))
    ok(house.administrator.patch(f"/v1/users/{jana[0]}", json={"active": True}))
    said = set()
    for token in ("never given", used, beside, expired, changed_since, deactivated):
        answer = reset(house, token)
        assert places(answer, 422) == ["body.token"]
        said.add(answer.content)
    assert len(said) == 1
    ok(login(house, jana[1]))


def test_a_bad_new_password_does_not_use_the_reset_link_up(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    token = reset_for(jana[1])
    for bad in ("too short", "QWERTYUIOP123", jana[1]):
        assert places(reset(house, token, bad), 422) == ["body.password"]
    ok(reset(house, token), 204)


# -- changed passwords --


def test_changing_the_password_needs_the_old_one_and_ends_every_other_session(
    house: Installation, box: Mailbox, jana: tuple[uuid.UUID, str]
) -> None:
    here, there = signed_in(house, jana[0]), signed_in(house, jana[0])
    body = {"old": WRONG, "new": NEW}
    assert places(here.put("/v1/me/password", json=body), 422) == ["body.old"]
    ok(there.get("/v1/me"))
    ok(here.put("/v1/me/password", json=body | {"old": PASSWORD}), 204)
    ok(here.get("/v1/me"))
    problem(there.get("/v1/me"), 401)
    problem(login(house, jana[1]), 401)
    ok(login(house, jana[1], NEW))
    # The owner hears of it, so that a change that was not theirs is noticed.
    assert send_waiting() == 1
    assert (box.letters[0]["To"], box.letters[0]["Subject"]) == (jana[1], "Your password was changed")


@pytest.mark.parametrize("bad", ["short", "x" * 257, "1234567890123", "{email}", "{name}"])
def test_a_new_password_is_looked_at_before_the_old_one_is(
    house: Installation, jana: tuple[uuid.UUID, str], bad: str
) -> None:
    bad = bad.format(email=jana[1], name=user_row(jana[0]).name)
    answer = signed_in(house, jana[0]).put("/v1/me/password", json={"old": WRONG, "new": bad})
    assert places(answer, 422) == ["body.new"]


def test_a_stolen_session_is_no_way_to_guess_the_password(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing_in, "right", lambda *_: False)
    client = signed_in(house, jana[0])
    body = {"old": WRONG, "new": NEW}
    statuses = [client.put("/v1/me/password", json=body).status_code for _ in range(signing_in.OF_ACCOUNT.free + 2)]
    assert statuses == [422] * (signing_in.OF_ACCOUNT.free + 1) + [429]


def test_who_has_no_password_cannot_change_it_but_can_set_one_by_link(house: Installation) -> None:
    email = f"{uuid.uuid4().hex}@example.com"
    user, client = house.add_user(Role.ADMINISTRATOR, email)
    assert places(client.put("/v1/me/password", json={"old": PASSWORD, "new": NEW}), 422) == ["body.old"]
    ok(reset(house, reset_for(email)), 204)
    assert ok(login(house, email, NEW))["user"]["id"] == str(user)


def test_of_two_changes_at_once_one_is_told_that_it_came_late(
    house: Installation, jana: tuple[uuid.UUID, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = signing_in.right

    def slowly(*arguments: Any) -> bool:
        known = right(*arguments)
        ok(reset(house, reset_for(jana[1]), "the sentence of somebody else"), 204)
        return known

    client = signed_in(house, jana[0])
    monkeypatch.setattr(signing_in, "right", slowly)
    # The reset ended the session as well, but this request was let in before.
    problem(client.put("/v1/me/password", json={"old": PASSWORD, "new": NEW}), 412)
    monkeypatch.undo()
    ok(login(house, jana[1], "the sentence of somebody else"))


def test_no_password_and_no_hash_is_ever_shown(house: Installation, jana: tuple[uuid.UUID, str]) -> None:
    stored = user_row(jana[0]).password_hash or ""
    assert stored.startswith("$argon2id$")
    assert passwords().matches(stored, PASSWORD)
    shown = [
        login(house, jana[1]).text,
        house.administrator.get("/v1/users", params={"limit": 200}).text,
        signed_in(house, jana[0]).get("/v1/me").text,
        reset(house, reset_for(jana[1]), "short").text,
        browser(house).post("/v1/login", json={"email": jana[1], "password": "x" * 300}).text,
    ]
    for words in shown:
        assert "$argon2" not in words
        assert PASSWORD not in words
        assert "x" * 300 not in words
