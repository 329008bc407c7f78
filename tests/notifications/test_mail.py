"""Letters that were promised arrive, once, at a real mail server; whatever the server says to them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update

from accounts import housekeeping
from notifications import mail as sending
from records.database import session
from records.models import OutgoingMail
from records.repositories import mail
from records.repositories.mail import Letter
from tests.installation import Installation
from tests.mailbox import Mailbox, certificate, mailbox
from tests.notifications.conftest import Use


def promise(recipient: str = "jana@example.com", subject: str = "Subject", body: str = "Body\n") -> None:
    """Write a letter and commit."""
    with session() as db:
        mail.promise(db, recipient, Letter(subject, body, timedelta(hours=1)))
        db.commit()


def waiting() -> list[OutgoingMail]:
    """Every letter that is still there."""
    with session() as db:
        return list(db.query(OutgoingMail).order_by(OutgoingMail.created_at))


def pause_over() -> None:
    """Time passes until every letter is due again."""
    with session() as db:
        db.execute(update(OutgoingMail).values(due_at=text("clock_timestamp()")))
        db.commit()


def test_a_promised_letter_arrives_as_written_and_is_not_kept(box: Mailbox) -> None:
    promise(subject="Pozvánka", body="Žluťoučký kůň\nhttps://talent.example.com/invitation#secret\n")
    assert sending.send_waiting() == 1
    (letter,) = box.letters
    assert (letter["From"], letter["To"]) == ("Micropools <pools@example.com>", "jana@example.com")
    assert (letter["Subject"], letter["Auto-Submitted"]) == ("Pozvánka", "auto-generated")
    assert letter.get_content().replace("\r\n", "\n") == "Žluťoučký kůň\nhttps://talent.example.com/invitation#secret\n"
    assert letter["Message-ID"].endswith("@example.com>")
    assert box.recipients == [["jana@example.com"]]
    assert waiting() == []
    assert sending.send_waiting() == 0


def test_what_was_not_committed_is_not_sent(box: Mailbox) -> None:
    with session() as db:
        mail.promise(db, "jana@example.com", Letter("Subject", "Body", timedelta(hours=1)))
        db.rollback()
    assert sending.send_waiting() == 0


def test_without_a_mail_server_nothing_is_touched(world: Installation) -> None:
    promise()
    assert sending.send_waiting() == 0
    assert [letter.attempts for letter in waiting()] == [0]


@pytest.mark.parametrize("part", ["to_recipient", "to_letter"])
def test_a_server_that_is_not_willing_now_is_asked_again_with_the_same_message_id(box: Mailbox, part: str) -> None:
    promise()
    setattr(box, part, "451 later")
    assert sending.send_waiting() == 0
    (letter,) = waiting()
    assert (letter.attempts, letter.dead_at) == (1, None)
    # Its pause is not over.
    assert sending.send_waiting() == 0
    assert [each.attempts for each in waiting()] == [1]
    pause_over()
    setattr(box, part, None)
    assert sending.send_waiting() == 1
    assert box.letters[0]["Message-ID"] == f"<{letter.id}@example.com>"


def test_the_pauses_grow_and_end_at_a_quarter_of_an_hour(box: Mailbox) -> None:
    promise()
    box.to_letter = "451 later"
    pauses = []
    for _ in range(10):
        pause_over()
        sending.send_waiting()
        with session() as db:
            left = db.scalar(text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM outgoing_mail"))
        pauses.append(round(float(left or 0)))
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@pytest.mark.parametrize("part", ["to_recipient", "to_letter"])
def test_what_a_server_will_never_take_is_given_up_without_its_text(box: Mailbox, part: str) -> None:
    promise(body="a secret link")
    promise("second@example.com")
    setattr(box, part, "550 no such user")
    assert sending.send_waiting() == 0
    letters = waiting()
    assert [bool(letter.dead_at) for letter in letters] == [True, True]
    assert {(letter.subject, letter.body) for letter in letters} == {("", "")}
    assert "550" in (letters[0].error or "")
    pause_over()
    assert sending.send_waiting() == 0


def test_one_bad_address_holds_up_nobody(box: Mailbox) -> None:
    for address in ('a"b@example.com', "a(b@example.com", "a..b@example.com", "jana@example.com"):
        promise(address)
    sending.send_waiting()
    assert ["jana@example.com"] in box.recipients
    assert all(letter.dead_at for letter in waiting())


def test_a_server_that_is_away_costs_an_attempt_and_no_letter(use: Use) -> None:
    use("smtp://127.0.0.1:1")
    promise()
    assert sending.send_waiting() == 0
    (letter,) = waiting()
    assert (letter.attempts, letter.dead_at, letter.body) == (1, None, "Body\n")


def test_a_letter_that_is_of_no_use_any_more_is_not_sent(box: Mailbox) -> None:
    promise(body="a link that has expired")
    with session() as db:
        db.execute(update(OutgoingMail).values(expires_at=text("clock_timestamp()")))
        db.commit()
    assert sending.send_waiting() == 0
    housekeeping.tidy()
    (letter,) = waiting()
    assert (letter.body, bool(letter.dead_at)) == ("", True)


def test_of_several_workers_one_sends(box: Mailbox) -> None:
    promise()
    with mail.turn() as mine:
        assert mine
        assert sending.send_waiting() == 0
    assert sending.send_waiting() == 1


def test_a_letter_whose_worker_died_is_sent_by_the_next_one(box: Mailbox) -> None:
    promise()
    assert mail.claim() is not None
    assert sending.send_waiting() == 0
    pause_over()
    assert sending.send_waiting() == 1


def test_a_name_and_a_password_are_shown_where_the_settings_hold_them(
    use: Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with mailbox(context, "p@ss/word") as box:
        use(f"smtp+starttls://us%40er:p%40ss%2Fword@{box.url}")
        promise()
        assert sending.send_waiting() == 1
        use(f"smtp+starttls://user:wrong@{box.url}")
        promise()
        assert sending.send_waiting() == 0
        assert [letter.dead_at for letter in waiting()] == [None]


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_encrypted_as_the_settings_say(use: Use, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, file = certificate(tmp_path)
    with mailbox(context, from_the_start=scheme == "smtps") as box:
        use(f"{scheme}://{box.url}")
        promise()
        # A server that nobody vouches for gets nothing.
        assert sending.send_waiting() == 0
        assert [letter.dead_at for letter in waiting()] == [None]
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        pause_over()
        assert sending.send_waiting() == 1
        assert box.encrypted == [True]


def test_a_server_that_does_not_encrypt_gets_nothing_where_the_settings_ask_for_it(use: Use) -> None:
    with mailbox() as box:
        use(f"smtp+starttls://{box.url}")
        promise()
        assert sending.send_waiting() == 0
        assert box.letters == []
        assert [letter.dead_at for letter in waiting()] == [None]
