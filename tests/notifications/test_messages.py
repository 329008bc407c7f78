"""A link in a message opens exactly the people it speaks of; what could not be sent is listed, and sent again."""

from __future__ import annotations

import uuid
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from core.settings import settings
from notifications.courier import send_due
from notifications.outcome import Reason
from records.models import Role
from tests.api.answers import ok, problem
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.test_deliveries import arrives, chosen, let_time_pass, states
from tests.web.reading import Page
from web.wording import MESSAGE_REASONS, WEBHOOK_REASONS

FAILED = "/settings/messages"


def test_the_link_of_a_message_opens_exactly_its_people(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "daily")
    before = arrives(world, "Before Test")
    let_time_pass()
    send_due("email")
    people = {arrives(world, "One Test"), arrives(world, "Two Test")}
    let_time_pass()
    send_due("email")
    (newest, oldest) = ok(world.manager.get("/v1/me/messages"))
    assert (newest["people"], oldest["people"]) == (2, 1)
    opened = ok(world.manager.get(f"/v1/me/messages/{newest['id']}/candidates"))["items"]
    assert {uuid.UUID(each["id"]) for each in opened} == people
    assert newest["id"] in box.letters[1].as_string()
    assert str(before) not in str(opened)


def test_a_message_opens_nobody_to_others_nor_once_the_right_is_gone(
    world: Installation, rust: uuid.UUID, box: Mailbox
) -> None:
    chosen(world, "instant")
    arrives(world)
    send_due("email")
    (message,) = ok(world.manager.get("/v1/me/messages"))
    address = f"/v1/me/messages/{message['id']}/candidates"
    assert world.recruiter.get(address).status_code == 404
    ok(world.administrator.delete(f"/v1/users/{ok(world.manager.get('/v1/me'))['id']}/tracking/{rust}"), 204)
    assert ok(world.manager.get(address))["items"] == []


def test_what_could_not_be_sent_is_listed_for_administrators_and_sent_again(
    world: Installation, rust: uuid.UUID, box: Mailbox
) -> None:
    chosen(world, "instant")
    arrives(world)
    box.to_letter = "554 we do not like it"
    send_due("email")
    (failed,) = ok(world.administrator.get("/v1/messages/failed"))
    assert (failed["name"], failed["channel"], failed["reason"]) == ("Test hiring_manager", "email", "not_accepted")
    assert "554" in failed["said"]
    box.to_letter = None
    assert ok(world.administrator.post("/v1/messages/failed/retry")) == {"retried": 1}
    assert send_due("email") == 1 and states() == ["sent"]
    assert ok(world.administrator.get("/v1/messages/failed")) == []


@pytest.fixture
def two_failed(world: Installation, rust: uuid.UUID, box: Mailbox) -> list[str]:
    """Ids of messages that the mail server refused, the last one first."""
    chosen(world, "instant")
    box.to_letter = "554 we do not like <b>it</b>"
    for name in ("One Test", "Two Test"):
        arrives(world, name)
        let_time_pass()
        send_due("email")
    box.to_letter = None
    return [each["id"] for each in ok(world.administrator.get("/v1/messages/failed"))]


@pytest.fixture
def browser(world: Installation, two_failed: list[str], monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """The administrator's."""
    # A browser sends the session's cookie of an encrypted address nowhere else.
    monkeypatch.setenv("PUBLIC_URL", "http://localhost")
    settings.cache_clear()
    return signed_in(world, world.id_of(Role.ADMINISTRATOR))


def test_one_failed_message_is_sent_again_and_the_others_stay(world: Installation, two_failed: list[str]) -> None:
    last, first = two_failed
    again = "/v1/messages/failed/retry"
    assert ok(world.administrator.post(again, json={"ids": [first, str(uuid.uuid4())]})) == {"retried": 1}
    assert [each["id"] for each in ok(world.administrator.get("/v1/messages/failed"))] == [last]
    assert send_due("email") == 1
    assert ok(world.administrator.post(again, json={"ids": [first]})) == {"retried": 0}, "what was sent is sent"
    problem(world.administrator.post(again, json={"ids": []}), 422)
    problem(world.recruiter.post(again, json={"ids": [last]}), 403)


def test_the_page_says_in_words_why_a_message_failed_and_sends_it_again(
    world: Installation, two_failed: list[str], browser: TestClient
) -> None:
    page = Page(browser.get(FAILED))
    assert page.text.count("It was refused.") == 2
    assert "554 we do not like <b>it</b>" in page.text, "as text"
    assert "Rust people" not in page.text, "none tells what it said"
    assert "1 message is sent again." in Page(browser.post(FAILED, data={"id": two_failed[0]})).text
    assert send_due("email") == 1
    assert "1 message is sent again." in Page(browser.post(FAILED)).text
    assert send_due("email") == 1 and states() == ["sent", "sent"]
    assert "Every message found its way." in Page(browser.get(FAILED)).text


def test_readers_are_told_in_words_why_a_message_did_not_arrive(
    world: Installation, two_failed: list[str], browser: TestClient
) -> None:
    page = Page(signed_in(world, world.id_of(Role.HIRING_MANAGER)).get("/bell/sent"))
    assert page.text.count("Could not be sent It was refused.") == 2


def test_every_reason_for_which_something_is_not_taken_has_its_words() -> None:
    assert set(get_args(Reason)) <= set(MESSAGE_REASONS) | set(WEBHOOK_REASONS)
