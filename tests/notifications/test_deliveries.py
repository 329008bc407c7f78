"""What rings reaches the other channels as people chose, once, and only as far as they may still see it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from notifications.courier import send_due
from notifications.routing import route
from records.database import session
from records.models import Delivery, Role
from records.repositories import deliveries, preferences
from tests.installation import Installation
from tests.mailbox import Mailbox


def chosen(world: Installation, rhythm: str, event: str = "new_in_pool", role: Role = Role.HIRING_MANAGER) -> None:
    """Have them hear of it so often by e-mail."""
    with session() as db:
        preferences.choose(db, world.id_of(role), event, "email", rhythm)
        db.commit()


def arrives(world: Installation, name: str = "Jana Testová") -> uuid.UUID:
    """Somebody comes into the pool, and what rang is given to the other channels."""
    person = world.candidate(name, ["Rust"])
    world.work()
    while route():
        pass
    return person


def states() -> list[str]:
    """Of all deliveries, oldest first."""
    with session() as db:
        return [each.state for each in db.query(Delivery).order_by(Delivery.created_at)]


def let_time_pass() -> None:
    """Whatever waits is due."""
    with session() as db:
        db.execute(text("UPDATE deliveries SET due_at = clock_timestamp() WHERE state = 'waiting'"))
        db.execute(text("DELETE FROM channel_pauses"))
        db.commit()


def test_a_new_person_is_told_at_once_without_their_name(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world, "Jana Testová")
    assert send_due("email") == 1
    (letter,) = box.letters
    assert letter["Subject"] == "1 new person in Rust people"
    assert "Jana" not in letter.as_string()
    assert box.recipients == [["hiring_manager@example.com"]]
    assert send_due("email") == 0 and states() == ["sent"]


def test_whoever_switched_it_off_hears_nothing(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "off")
    arrives(world)
    assert send_due("email") == 0 and states() == []


def test_what_is_switched_off_before_it_is_sent_is_not_sent(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    chosen(world, "off")
    assert send_due("email") == 0 and states() == ["withdrawn"]


def test_a_pool_can_be_heard_of_in_a_way_of_its_own(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "off")
    with session() as db:
        preferences.choose_pool(db, world.id_of(Role.HIRING_MANAGER), rust, "email", "instant")
        db.commit()
    arrives(world)
    assert send_due("email") == 1


def test_many_in_a_row_are_one_message_and_one_more(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    send_due("email")
    for number in range(5):
        arrives(world, f"Test Person {number}")
    assert send_due("email") == 0, "the next one waits"
    let_time_pass()
    assert send_due("email") == 1
    assert [letter["Subject"] for letter in box.letters] == [
        "1 new person in Rust people",
        "5 new people in Rust people",
    ]


def test_a_digest_waits_for_its_hour_and_tells_of_all(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "daily")
    arrives(world, "One Test")
    arrives(world, "Two Test")
    assert send_due("email") == 0
    with session() as db:
        (waits,) = db.query(Delivery)
        assert datetime.now(UTC) < waits.due_at <= datetime.now(UTC) + timedelta(days=1)
    let_time_pass()
    assert send_due("email") == 1
    assert box.letters[0]["Subject"] == "2 new people in Rust people"


def test_nothing_is_told_of_who_left_the_pool(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    person = arrives(world)
    world.administrator.delete(f"/v1/candidates/{person}")
    world.work()
    assert send_due("email") == 0 and states() == ["withdrawn"]


def test_nothing_is_told_once_the_right_is_gone(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    world.administrator.delete(f"/v1/users/{world.id_of(Role.HIRING_MANAGER)}/tracking/{rust}")
    assert send_due("email") == 0 and states() == ["withdrawn"]


def test_what_was_opened_on_the_bell_is_not_written_about(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    (notice,) = world.bell()
    assert world.manager.post(f"/v1/notifications/{notice['id']}/read").status_code < 300
    assert send_due("email") == 0 and states() == ["withdrawn"]


def test_a_server_that_is_away_loses_nothing(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    box.to_letter = "451 not now"
    assert send_due("email") == 0 and states() == ["waiting"]
    box.to_letter = None
    assert send_due("email") == 0, "it is not due yet"
    let_time_pass()
    assert send_due("email") == 1 and states() == ["sent"]


def test_an_address_that_is_refused_is_written_to_no_more(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    chosen(world, "instant")
    arrives(world)
    box.to_recipient = "550 nobody of that name"
    assert send_due("email") == 0 and states() == ["failed"]
    box.to_recipient = None
    arrives(world, "Another Test")
    let_time_pass()
    assert send_due("email") == 0 and states() == ["failed"]
    with session() as db:
        deliveries.reachable(db, world.id_of(Role.HIRING_MANAGER), "email")
        assert deliveries.try_again(db) == 1
        db.commit()
    assert send_due("email") == 1


def test_a_sender_that_was_killed_leaves_its_message_to_the_next(
    world: Installation, rust: uuid.UUID, box: Mailbox
) -> None:
    chosen(world, "instant")
    arrives(world)
    (claimed,) = deliveries.claim("email", 10)
    assert deliveries.claim("email", 10) == [], "somebody is at it"
    with session() as db:
        db.execute(text("UPDATE deliveries SET taken_until = clock_timestamp()"))
        db.commit()
    assert send_due("email") == 1
    assert str(claimed.id) in box.letters[0]["Message-ID"]


def test_at_night_it_waits_for_the_morning(world: Installation, rust: uuid.UUID, box: Mailbox) -> None:
    now = datetime.now(UTC)
    minute = now.hour * 60 + now.minute
    with session() as db:
        preferences.set_hours(
            db,
            world.id_of(Role.HIRING_MANAGER),
            {
                "zone": "UTC",
                "language": "cs",
                "quiet_from": (minute - 60) % 1440,
                "quiet_until": (minute + 60) % 1440,
                "working_days": list(range(7)),
                "digest_at": 480,
                "digest_day": 0,
            },
        )
        db.commit()
    chosen(world, "instant")
    arrives(world)
    assert send_due("email") == 0
    let_time_pass()
    assert send_due("email") == 0 and states() == ["waiting"], "it is still quiet"
    with session() as db:
        db.execute(text("UPDATE reading_hours SET quiet_from = NULL, quiet_until = NULL"))
        db.commit()
    let_time_pass()
    assert send_due("email") == 1
    assert box.letters[0]["Subject"] == "1 nový člověk v poolu Rust people"
