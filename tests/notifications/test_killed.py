"""Whenever the worker is killed, each notice arrives; twice only if it died between handing it over and noting that."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from core.settings import settings
from notifications.channels import CARRIERS
from notifications.courier import send_due
from notifications.events import CHANNELS, Channel
from notifications.routing import route
from records.database import session
from records.models import Role
from records.repositories import devices, preferences
from tests.api.answers import ok
from tests.installation import Installation
from tests.mailbox import mailbox
from tests.notifications.killing import Arrived, Way, killed, say
from tests.notifications.push_service import push_service
from tests.slack_server import SECRET, TOKEN, slack_server

READERS = (Role.HIRING_MANAGER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Outside:
    """A far end: what arrived there so far."""

    channel: Channel
    arrived: Callable[[], list[Arrived]]


@contextmanager
def outside(channel: Channel, world: Installation, patch: pytest.MonkeyPatch) -> Iterator[Outside]:
    """A real server for a channel, which both readers can be reached by."""
    patch.setenv("PUBLIC_URL", "https://talent.example.com")
    with ExitStack() as stack:
        if channel == "email":
            box = stack.enter_context(mailbox())
            patch.setenv("SMTP_URL", f"smtp://{box.url}")
            patch.setenv("MAIL_FROM", "Micropools <pools@example.com>")
            settings.cache_clear()
            yield Outside(channel, lambda: [(_in(each["Message-ID"]), each["Message-ID"]) for each in box.letters])
        elif channel == "push":
            service = stack.enter_context(push_service())
            patch.setenv("PUSH_LOOPBACK", "true")
            settings.cache_clear()
            browsers = {f"/{role.value}": service.browser(role.value) for role in READERS}
            with session() as db:
                for role, browser in zip(READERS, browsers.values(), strict=True):
                    devices.add(db, world.id_of(role), browser.target(), "Firefox")
                db.commit()
            yield Outside(
                channel,
                lambda: [
                    (uuid.UUID(json.loads(browsers[each.path].read(each.body))["id"]), each.headers["Topic"])
                    for each in list(service.received)
                ],
            )
        else:
            workspace = stack.enter_context(slack_server())
            workspace.members = {f"{role.value}@example.com": f"U0{role.name.replace('_', '')}" for role in READERS}
            patch.setenv("SLACK_API_URL", workspace.address)
            settings.cache_clear()
            ok(world.administrator.put("/v1/settings/slack", json={"bot_token": TOKEN, "signing_secret": SECRET}))
            yield Outside(
                channel,
                lambda: [
                    (uuid.UUID(each["metadata"]["event_payload"]["delivery"]), json.dumps(each["metadata"]))
                    for each in list(workspace.messages)
                ],
            )


def _in(message_id: str) -> uuid.UUID:
    """The delivery a Message-ID names."""
    return uuid.UUID(message_id.strip("<>").partition("@")[0])


def rings(world: Installation, number: int) -> None:
    """Somebody comes into the pool that both readers track, and nothing was sent lately."""
    with session() as db:
        db.execute(text("DELETE FROM deliveries"))
        db.execute(text("DELETE FROM channel_pauses"))
        db.commit()
    world.candidate(f"Test Person {number}", ["Rust"])
    world.work()


def states() -> dict[uuid.UUID, str]:
    """Of all deliveries."""
    with session() as db:
        return {row.id: row.state for row in db.execute(text("SELECT id, state FROM deliveries"))}


def the_next_one_works(channel: Channel) -> None:
    """After the lease of whoever was killed."""
    with session() as db:
        db.execute(text("UPDATE deliveries SET taken_until = NULL, due_at = clock_timestamp() WHERE state = 'waiting'"))
        db.commit()
    while route():
        pass
    send_due(channel)


def lost() -> int:
    """Notices of the last person that are in no message that was sent."""
    with session() as db:
        return int(
            db.execute(
                text(
                    "SELECT count(*) FROM notifications n WHERE n.id IN (SELECT notification_id FROM"
                    " notification_matches WHERE candidate_id = (SELECT id FROM candidates ORDER BY created_at DESC"
                    " LIMIT 1)) AND 1 <> (SELECT count(*) FROM delivery_notices dn JOIN deliveries d"
                    " ON d.id = dn.delivery_id AND d.state = 'sent' WHERE dn.notification_id = n.id)"
                )
            ).scalar_one()
        )


def kills(channel: Channel, seed: int, times: int, world: Installation, patch: pytest.MonkeyPatch) -> Counter[str]:
    """Kill a worker so many times, each between two other steps; what came of it."""
    world.skills("Rust")
    pool = world.pool("Rust people", {"tags": {"any": ["Rust"]}})
    world.settle()
    with session() as db:
        for role in READERS:
            preferences.choose(db, world.id_of(role), "new_in_pool", channel, "instant")
            for other in set(CARRIERS) - {channel}:
                preferences.choose(db, world.id_of(role), "new_in_pool", other, "off")
        db.commit()
    for role in READERS:
        world.track(pool, role)
    with outside(channel, world, patch) as far:
        way = Way(
            name=channel,
            each=len(READERS),
            happens=lambda number: rings(world, number),
            arrived=far.arrived,
            states=states,
            the_next_one_works=lambda: the_next_one_works(channel),
            holds=_nothing_is_lost,
        )
        came = killed(way, seed, times)
    patch.undo()
    settings.cache_clear()
    return came


def _nothing_is_lost(_: dict[uuid.UUID, str], where: str) -> None:
    assert lost() == 0, where


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_killed_worker_loses_no_notice(
    channel: Channel,
    world: Installation,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    say(record_property, channel, kills(channel, 7, 12, world, monkeypatch))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_worker_killed_at_many_steps_loses_no_notice(
    channel: Channel,
    seed: int,
    world: Installation,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    say(record_property, channel, kills(channel, seed, 100, world, monkeypatch))
