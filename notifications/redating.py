"""Hours were changed: what waits by the old ones leaves when the new ones say."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import cast

from notifications import pace
from notifications.events import Channel
from notifications.hours import next_daily, next_weekly, welcome_from
from notifications.routing import CAPPED, paced
from notifications.wishes import Wishes
from records.database import Session
from records.repositories import deliveries, preferences
from records.repositories.deliveries import Dated, Recent


def redate(db: Session, user: uuid.UUID | None) -> None:
    """Date anew what waits for this user, or (None) for whoever has no hours of their own; the caller commits."""
    waiting = deliveries.dated_by_hours(db, user)
    users = sorted({each.user for each in waiting})
    wishes = {reader: Wishes(chosen) for reader, chosen in preferences.of(db, users).items()}
    recent: dict[tuple[uuid.UUID, str], list[Recent]] = {}
    for each in deliveries.lately(db, users, pace.CAP_FOR):
        recent.setdefault((each.user, each.channel), []).append(each)
    now = datetime.now(UTC)
    due: dict[uuid.UUID, datetime] = {}
    # What was collected over the cap comes after all others that leave before it.
    for one in sorted(waiting, key=lambda each: each.topic == CAPPED):
        own = recent.get((one.user, one.channel), [])
        due[one.id] = due_by(one, wishes[one.user], own, now)
        own[:] = [_moved(each, one, due[one.id]) for each in own]
    deliveries.redate(db, due)


def due_by(waiting: Dated, wishes: Wishes, own: Sequence[Recent], now: datetime) -> datetime:
    """When it is due by the hours that hold now; `own`: what its reader is sent on its channel. Pure.

    A digest as if they had held from its first news on; what is wanted at once when it would leave had it come now,
    and no later than its old moment unless these hours make it so.
    """
    if waiting.rhythm != "instant":
        return (next_daily if waiting.rhythm == "daily" else next_weekly)(wishes.hours, waiting.created_at)
    due = paced(waiting.topic, cast(Channel, waiting.channel), own, now)
    return welcome_from(wishes.hours, due if waiting.topic == CAPPED else min(waiting.due_at, due))


def _moved(each: Recent, one: Dated, due: datetime) -> Recent:
    same = each.sent_at is None and (each.topic, each.due_at) == (one.topic, one.due_at)
    return replace(each, due_at=due) if same and one.rhythm == "instant" else each
