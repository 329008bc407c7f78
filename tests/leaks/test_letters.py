"""What changes out of a reader's sight changes no byte of what is mailed to them, nor when it is due."""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import delete, text

from core.settings import settings
from notifications import courier, message
from notifications.message import Line
from notifications.routing import route
from records.database import session
from records.models import Candidate, Delivery
from records.repositories import preferences
from tests.leaks.hidden import CHANGES, Change
from tests.leaks.house import House, Reader, person
from tests.leaks.words import TOWNS
from tests.mailbox import Mailbox, mailbox

PAIRS, CHANGED = 6, 12
# Random by design: ids (and with them Message-ID), the links to unsubscribe, boundaries between parts, and the clock.
RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"(unsubscribe[#/?=a-z]*)[\w.=-]+"), r"\1TOKEN"),
    (re.compile(r"={15}\d+=="), "BOUNDARY"),
    (re.compile(r"^Date: .*$", re.MULTILINE), "Date: NOW"),
)
Told = tuple[list[tuple[object, ...]], list[str]]


@pytest.fixture
def box(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mail server, and a manager who hears of everything at once."""
    with mailbox() as made:
        monkeypatch.setenv("SMTP_URL", f"smtp://{made.url}")
        monkeypatch.setenv("MAIL_FROM", "Micropools <pools@example.com>")
        monkeypatch.setenv("PUBLIC_URL", "https://talent.example.com")
        settings.cache_clear()
        with session() as db:
            preferences.choose(db, uuid.UUID(house.ids[Reader.MANAGER]), "new_in_pool", "email", "instant")
            db.commit()
        yield made
    monkeypatch.undo()
    settings.cache_clear()


def normal(letter: str) -> str:
    """Without what is random by design."""
    for pattern, name in RANDOM:
        letter = pattern.sub(name, letter)
    return letter


def told(house: House, box: Mailbox, row: dict[str, object], changes: Iterable[str] = ()) -> Told:
    """What the manager is sent when this person comes into their pools, meanwhile these changes happen."""
    while route():
        pass
    with session() as db:
        db.execute(delete(Delivery))
        db.commit()
    box.letters.clear()
    box.recipients.clear()
    came = house.created("/v1/candidates", row)
    list(changes)
    house.settle()
    while route():
        pass
    manager = uuid.UUID(house.ids[Reader.MANAGER])
    with session() as db:
        planned = db.execute(
            text(
                "SELECT channel, rhythm, state, round(extract(epoch FROM due_at - created_at))"
                " FROM deliveries WHERE user_id = :user ORDER BY 1, 2"
            ),
            {"user": manager},
        ).all()
        db.execute(text("UPDATE deliveries SET due_at = clock_timestamp() WHERE state = 'waiting'"))
        db.commit()
    while courier.send_due("email"):
        pass
    address = house.readers[Reader.MANAGER].get("/v1/me").json()["email"]
    letters = [
        normal(letter.as_string()) for letter, to in zip(box.letters, box.recipients, strict=True) if to == [address]
    ]
    assert house.administrator.delete(f"/v1/candidates/{came}").status_code == 204
    house.settle()
    return [tuple(each) for each in planned], letters


def first_leak(house: House, box: Mailbox, seed: str, pairs: int) -> str | None:
    """Two worlds in which the same person comes, and hidden things happen in one: what differs, if anything."""
    for number in range(pairs):
        rng = random.Random(f"{seed}/{number}")
        row = person(rng, ["Java"], [rng.choice(TOWNS)])
        before = told(house, box, row)
        assert before[1], "a letter that is never sent cannot be compared"
        change = Change(house, rng, set())
        kinds = rng.choices(list(CHANGES), list(CHANGES.values()), k=CHANGED)
        happened: list[str] = []
        after = told(house, box, row, (happened.append(kind(change)) or "" for kind in kinds))  # type: ignore[func-returns-value]
        if before != after:
            return f"{before}\n{after}\nwhile " + "\n  ".join(happened)
    return None


def test_two_worlds_that_differ_out_of_sight_send_the_same_letters(house: House, box: Mailbox) -> None:
    leak = first_leak(house, box, "1", PAIRS)
    assert leak is None, leak


@pytest.mark.long
@pytest.mark.timeout(0)
def test_hundreds_of_pairs_send_the_same_letters(house: House, box: Mailbox) -> None:
    leak = first_leak(house, box, "1/long", 300)
    assert leak is None, leak


def _hidden_pool(house: House, line: Line) -> Line:
    """The pool is called like the newest hidden one, too."""
    with session() as db:
        named = db.scalar(text("SELECT string_agg(name, ', ' ORDER BY id) FROM pools"))
    return replace(line, pool_name=f"{line.pool_name} of {named}"[:150])


def _hidden_people(house: House, line: Line) -> Line:
    """Everybody is counted, seen or not."""
    with session() as db:
        return replace(line, people=db.query(Candidate).count())


def _a_name(house: House, line: Line) -> Line:
    """Whoever came last, seen or not."""
    with session() as db:
        return replace(line, pool_name=db.scalar(text("SELECT name FROM candidates ORDER BY created_at DESC LIMIT 1")))


@pytest.mark.parametrize("trap", [_hidden_pool, _hidden_people, _a_name])
def test_a_trap_that_is_put_into_letters_is_caught(
    house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch, trap: object
) -> None:
    lines = message._lines
    monkeypatch.setattr(message, "_lines", lambda *given: [trap(house, line) for line in lines(*given)])  # type: ignore[operator]
    assert first_leak(house, box, f"{trap}"[:20], 40) is not None
