"""What changes out of a reader's sight changes no byte of what is mailed, pushed or posted to them, nor when."""

from __future__ import annotations

import json
import random
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, text

from notifications import courier, message, words
from notifications.channels import push
from notifications.channels import slack as slack_channel
from notifications.events import CHANNELS
from notifications.message import Line, Message
from notifications.routing import route
from records.database import session
from records.models import Candidate, Delivery
from records.repositories import devices, preferences
from tests.api.answers import ok
from tests.configured import configured
from tests.leaks.hidden import CHANGES, Change
from tests.leaks.house import House, Reader, person
from tests.leaks.words import TOWNS
from tests.mailbox import Mailbox, mailbox
from tests.notifications.push_service import Browser, PushService, push_service
from tests.slack_server import SECRET, TOKEN, Workspace, slack_server

PAIRS, CHANGED = 6, 12
# Random by design: ids (and with them Message-ID), the links to unsubscribe, boundaries between parts, and the clock.
RANDOM = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"(unsubscribe[#/?=a-z]*)[\w.=-]+"), r"\1TOKEN"),
    (re.compile(r"={15}\d+=="), "BOUNDARY"),
    (re.compile(r"^Date: .*$", re.MULTILINE), "Date: NOW"),
)
# Of a push, what does not prove who sent it. Its text is encrypted anew each time.
HEADERS = ("TTL", "Topic", "Urgency", "Content-Encoding", "Content-Length", "Content-Type")
MEMBER = "U0MANAGER"


@dataclass(frozen=True)
class Ends:
    """Where messages arrive, and the manager's device."""

    box: Mailbox
    service: PushService
    browser: Browser
    workspace: Workspace

    def empty(self) -> None:
        """As if nothing had arrived."""
        self.box.letters.clear()
        self.box.recipients.clear()
        self.service.received.clear()
        self.workspace.messages.clear()


@dataclass(frozen=True)
class Told:
    """What the manager is sent: when each is due, and all that somebody between us and them, or they, can see."""

    planned: list[tuple[object, ...]]
    letters: list[str]
    pushes: list[tuple[object, ...]]
    posts: list[str]


@pytest.fixture
def ends(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ends]:
    """A mail server, a push service and a workspace, by all of which the manager can be reached; their hours."""
    manager = uuid.UUID(house.ids[Reader.MANAGER])
    address = ok(house.readers[Reader.MANAGER].get("/v1/me"))["email"]
    with ExitStack() as stack:
        box, service = stack.enter_context(mailbox()), stack.enter_context(push_service())
        workspace = stack.enter_context(slack_server())
        workspace.members = {address: MEMBER}
        named = {
            "SMTP_URL": f"smtp://{box.url}",
            "MAIL_FROM": "Micropools <pools@example.com>",
            "PUBLIC_URL": "https://talent.example.com",
            "PUSH_LOOPBACK": "true",
            "SLACK_API_URL": workspace.address,
        }
        stack.enter_context(configured(monkeypatch, **named))
        browser = service.browser("device")
        now = datetime.now(UTC)
        with session() as db:
            device = devices.add(db, manager, browser.target(), "Firefox")
            # Half a day away, so that no test is so long that it comes in between.
            hours = {"zone": "UTC", "language": "en", "quiet_from": None, "quiet_until": None}
            at = (now.hour * 60 + now.minute + 720) % 1440
            preferences.set_hours(
                db, manager, {**hours, "working_days": list(range(7)), "digest_at": at, "digest_day": 0}
            )
            db.commit()
        ok(house.administrator.put("/v1/settings/slack", json={"bot_token": TOKEN, "signing_secret": SECRET}))
        yield Ends(box, service, browser, workspace)
        ok(house.administrator.delete("/v1/settings/slack"), 204)
        with session() as db:
            devices.remove(db, manager, device)
            preferences.forget_hours(db, manager)
            db.commit()


def normal(letter: str) -> str:
    """Without what is random by design."""
    for pattern, name in RANDOM:
        letter = pattern.sub(name, letter)
    return letter


def told(house: House, ends: Ends, row: dict[str, object], rhythm: str, changes: Iterable[str] = ()) -> Told:
    """What the manager is sent when this person comes into their pools, meanwhile these changes happen."""
    manager = uuid.UUID(house.ids[Reader.MANAGER])
    while route():
        pass
    with session() as db:
        for channel in CHANNELS:
            preferences.choose(db, manager, "new_in_pool", channel, rhythm)
        db.execute(delete(Delivery))
        db.commit()
    ends.empty()
    came = house.created("/v1/candidates", row)
    list(changes)
    house.settle()
    while route():
        pass
    with session() as db:
        # What is wanted at once is due at once or is not; when a summary is due does not depend on the moment.
        planned = db.execute(
            text(
                "SELECT id, channel, rhythm, CASE WHEN rhythm = 'instant' THEN NULL ELSE due_at END,"
                " due_at <= created_at + interval '10 seconds'"
                " FROM deliveries WHERE user_id = :user AND state = 'waiting' ORDER BY channel, rhythm"
            ),
            {"user": manager},
        ).all()
        db.execute(text("UPDATE deliveries SET due_at = clock_timestamp() WHERE state = 'waiting'"))
        db.commit()
    for channel in CHANNELS:
        while courier.send_due(channel):
            pass
    ok(house.administrator.delete(f"/v1/candidates/{came}"), 204)
    house.settle()
    # One that had nothing to tell was never sent, and nobody is told of it: a notice of a pool that was theirs once.
    with session() as db:
        sent = set(db.scalars(text("SELECT id FROM deliveries WHERE state = 'sent'")))
    return Told([tuple(each[1:]) for each in planned if each.id in sent], *_arrived(house, ends))


def _arrived(house: House, ends: Ends) -> tuple[list[str], list[tuple[object, ...]], list[str]]:
    address = ok(house.readers[Reader.MANAGER].get("/v1/me"))["email"]
    letters = [
        normal(letter.as_string())
        for letter, to in zip(ends.box.letters, ends.box.recipients, strict=True)
        if to == [address]
    ]
    pushes: list[tuple[object, ...]] = [
        (*(each.headers.get(name) for name in HEADERS), normal(ends.browser.read(each.body).decode()))
        for each in ends.service.received
    ]
    posts = [normal(json.dumps(each, sort_keys=True)) for each in ends.workspace.messages if each["channel"] == MEMBER]
    return letters, pushes, posts


def first_leak(house: House, ends: Ends, seed: str, pairs: int) -> str | None:
    """Two worlds in which the same person comes, and hidden things happen in one: what differs, if anything."""
    for number in range(pairs):
        rng = random.Random(f"{seed}/{number}")
        row = person(rng, ["Java"], [rng.choice(TOWNS)])
        rhythm = rng.choice(("instant", "daily"))
        before = told(house, ends, row, rhythm)
        assert before.letters and before.pushes and before.posts, "what is never sent cannot be compared"
        change = Change(house, rng, set())
        kinds = rng.choices(list(CHANGES), list(CHANGES.values()), k=CHANGED)
        happened: list[str] = []
        after = told(house, ends, row, rhythm, (happened.append(kind(change)) or "" for kind in kinds))  # type: ignore[func-returns-value]
        if before != after:
            return f"{before}\n{after}\nwhile " + "\n  ".join(happened)
    return None


def test_two_worlds_that_differ_out_of_sight_send_the_same_messages(house: House, ends: Ends) -> None:
    leak = first_leak(house, ends, "1", PAIRS)
    assert leak is None, leak


@pytest.mark.long
@pytest.mark.timeout(0)
def test_hundreds_of_pairs_send_the_same_messages(house: House, ends: Ends) -> None:
    leak = first_leak(house, ends, "1/long", 300)
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
    house: House, ends: Ends, monkeypatch: pytest.MonkeyPatch, trap: object
) -> None:
    lines = message._lines
    monkeypatch.setattr(message, "_lines", lambda *given: [trap(house, line) for line in lines(*given)])  # type: ignore[operator]
    assert first_leak(house, ends, f"{trap}"[:20], 40) is not None


def _headline_of_all(house: House, said: str) -> str:
    """Of how many people there are, seen or not."""
    with session() as db:
        return f"{said} of {db.query(Candidate).count()}"


def test_a_trap_that_is_put_into_pushes_alone_is_caught(
    house: House, ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    headline = words.headline
    monkeypatch.setattr(push, "headline", lambda given: _headline_of_all(house, headline(given)))
    assert first_leak(house, ends, "push", 40) is not None


@pytest.mark.parametrize("part", ["blocks", "fallback"])
def test_a_trap_that_is_put_into_slack_alone_is_caught(
    house: House, ends: Ends, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    made: Any = getattr(slack_channel, part)

    def trapped(given: Message, *more: str) -> Any:
        said = replace(given, lines=tuple(_hidden_people(house, each) for each in given.lines))
        return made(said, *more)

    monkeypatch.setattr(slack_channel, part, trapped)
    assert first_leak(house, ends, part, 40) is not None
