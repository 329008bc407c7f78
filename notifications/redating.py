"""Hours were changed: what waits by the old ones leaves when the new ones say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from notifications import pace
from notifications.events import Channel
from notifications.hours import next_digest, welcome_from
from notifications.routing import CAPPED, by_channel, paced
from notifications.wishes import Wishes
from records.database import Session
from records.repositories import deliveries, preferences
from records.repositories.deliveries import Dated, Recent


def redate(db: Session, user: uuid.UUID | None) -> None:
    """Date anew what waits for this user, or (None) for whoever has no hours of their own; the caller commits."""
    waiting = deliveries.dated_by_hours(db, user)
    if not waiting:
        return
    users = sorted({each.user for each in waiting})
    wishes = {reader: Wishes(chosen) for reader, chosen in preferences.of(db, users).items()}
    recent = by_channel(deliveries.lately(db, users, pace.CAP_FOR))
    now = datetime.now(UTC)
    due: dict[uuid.UUID, datetime] = {}
    # What was collected over the cap comes after all others that leave before it.
    for one in sorted(waiting, key=lambda each: each.topic == CAPPED):
        own = recent.get((one.user, one.channel), [])
        due[one.id] = due_by(one, wishes[one.user], own, now)
        if one.rhythm == "instant":
            own[:] = [replace(each, due_at=due[one.id]) if _is(each, one) else each for each in own]
    deliveries.redate(db, due)


def due_by(waiting: Dated, wishes: Wishes, own: Sequence[Recent], now: datetime) -> datetime:
    """When it is due by the hours that hold now; `own`: what its reader is sent on its channel. Pure.

    A digest as if they had held from its first news on; what is wanted at once when it would leave had it come now,
    and no later than its old moment unless these hours make it so.
    """
    if waiting.rhythm != "instant":
        return next_digest(waiting.rhythm, wishes.hours, waiting.created_at)
    due = paced(waiting.topic, cast(Channel, waiting.channel), own, now)
    return welcome_from(wishes.hours, due if waiting.topic == CAPPED else min(waiting.due_at, due))


def _is(each: Recent, one: Dated) -> bool:
    return each.sent_at is None and (each.topic, each.due_at) == (one.topic, one.due_at)
