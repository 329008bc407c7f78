"""A link in a message opens exactly the people it speaks of; what could not be sent is listed, and sent again."""

from __future__ import annotations

import uuid

from notifications.courier import send_due
from tests.api.answers import ok
from tests.installation import Installation
from tests.mailbox import Mailbox
from tests.notifications.test_deliveries import arrives, chosen, let_time_pass, states


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
