"""Readers of notices by the thousand, who track pools and say how they want to hear of them: straight into the records,
nothing of it is measured.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import insert

from benchmarks.far_ends import FarEnds, address, member
from benchmarks.product import Product, load_pools
from core.digest import digest_of, new_secret
from notifications.events import CHANNELS, EVENTS, Channel, Rhythm
from records.database import session
from records.models import ApiToken, Device, NoticeChoice, Role, Scope, Tracking, User
from records.repositories import preferences, slack
from records.repositories.tokens import MARK
from sample.requirements import PoolPayload
from tests.slack_server import SECRET, TEAM, TOKEN


@dataclass(frozen=True, slots=True)
class Reader:
    """A hiring manager with a number."""

    number: int
    id: uuid.UUID
    token: str


def topic(name: str, number: int) -> str:
    """A tag that only the people and the one pool of this number have."""
    return f"{name} {number}"


def pools_of_topics(product: Product, name: str, count: int, step: Callable[[int], None]) -> list[str]:
    """A pool for each topic; their ids in order."""
    payloads = [{"name": topic(name, at), "criteria": {"tags": {"any": [topic(name, at)]}}} for at in range(count)]
    return load_pools(product, cast("list[PoolPayload]", payloads), step)


def candidate(name: str, number: int) -> dict[str, Any]:
    """Somebody who belongs into the pool of a topic and into no other."""
    return {"name": f"Somebody New {number}", "tags": [topic(name, number)]}


def connect() -> None:
    """Slack is connected, and whoever says nothing hears nothing beside the bell."""
    with session() as db:
        slack.connect(db, bot_token=TOKEN, signing_secret=SECRET, team_id=TEAM, team_name="Made up", by=None)
        for event in EVENTS:
            for channel in CHANNELS:
                preferences.choose_for_house(db, event.name, channel, "off")
        db.commit()


def add(
    far: FarEnds, first: int, tracked: Sequence[Sequence[str]], heard: Callable[[int], tuple[Channel, Rhythm] | None]
) -> list[Reader]:
    """Readers numbered from `first`, each of whom tracks these pools and hears of them as `heard` says by number."""
    readers = [Reader(first + at, uuid.uuid4(), new_secret(MARK)) for at in range(len(tracked))]
    choices, devices = [], []
    for reader in readers:
        wish = heard(reader.number)
        if wish is None:
            continue
        channel, rhythm = wish
        choices.append({"user_id": reader.id, "event": "new_in_pool", "channel": channel, "rhythm": rhythm})
        if channel == "push":
            browser = far.service.browser(str(reader.number))
            keys = browser.subscription["keys"]
            place = {"endpoint": browser.endpoint, "p256dh": keys["p256dh"], "auth": keys["auth"]}
            devices.append({"id": uuid.uuid4(), "user_id": reader.id, "name": "A browser", **place})
        elif channel == "slack":
            far.workspace.members[address(reader.number)] = member(reader.number)
    manager = {"role": Role.HIRING_MANAGER.value, "active": True}
    everything = [scope.value for scope in Scope]
    with session() as db:
        db.execute(
            insert(User),
            [
                {"id": each.id, "email": address(each.number), "name": f"Reader {each.number}", **manager}
                for each in readers
            ],
        )
        db.execute(
            insert(ApiToken),
            [
                {
                    "id": uuid.uuid4(),
                    "user_id": each.id,
                    "name": "figures",
                    "digest": digest_of(each.token),
                    "scopes": everything,
                }
                for each in readers
            ],
        )
        db.execute(
            insert(Tracking),
            [
                {"user_id": each.id, "pool_id": uuid.UUID(pool)}
                for each, pools in zip(readers, tracked, strict=True)
                for pool in pools
            ],
        )
        for table, rows in ((NoticeChoice, choices), (Device, devices)):
            if rows:
                db.execute(insert(table), rows)
        db.commit()
    return readers
