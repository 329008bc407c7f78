"""What a message says: how many people came into which pools, who asked for something; nobody's name or data but
colleagues'. What is said leaves the house for good, so it is as little as the reader needs to open the right page.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from notifications.events import BY_NAME, OF_KIND, Channel, EventName, Rhythm
from notifications.wishes import Wishes
from records.database import snapshot
from records.repositories import deliveries, preferences
from records.repositories.deliveries import Claimed, Reader, Told


@dataclass(frozen=True, slots=True)
class Line:
    """`people` new people in a pool; or that `actor` did something (`kind` says what), `times` times."""

    event: EventName
    kind: str
    people: int = 0
    pool: uuid.UUID | None = None
    pool_name: str | None = None
    actor: str | None = None
    times: int = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person on one channel, as it may be told now. `people` counts each once, over all pools.

    `path` opens exactly the people it speaks of. `thread` is the same for all messages about the same.
    """

    id: uuid.UUID
    reader: Reader
    channel: Channel
    rhythm: Rhythm
    language: str
    lines: tuple[Line, ...]
    people: int
    path: str
    thread: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Composed:
    """A message, or None where there is nothing left to tell, with what its reader wants."""

    claimed: Claimed
    wishes: Wishes
    message: Message | None


def compose(claimed: Sequence[Claimed]) -> list[Composed]:
    """What these deliveries say now, in five statements however many they are. Rights and wishes are asked anew."""
    with snapshot() as db:
        users = sorted({each.user for each in claimed})
        wishes = {user: Wishes(chosen) for user, chosen in preferences.of(db, users).items()}
        readers = deliveries.readers(db, users)
        owners = {each.id: each for each in claimed}
        told = [
            each
            for each in deliveries.told(db, list(owners))
            if _still_wanted(each, owners[each.delivery], wishes[owners[each.delivery].user])
        ]
        kept = sorted({(each.delivery, each.pool) for each in told if each.pool and each.ancestors})
        people = deliveries.people(db, [(delivery, pool) for delivery, pool in kept if pool])
    composed = []
    for each in claimed:
        lines = _lines([part for part in told if part.delivery == each.id], each.id, people)
        message = None
        if lines:
            message = Message(
                id=each.id,
                reader=readers[each.user],
                channel=each.channel,  # type: ignore[arg-type]  # the column is checked
                rhythm=each.rhythm,  # type: ignore[arg-type]
                language=wishes[each.user].language,
                lines=tuple(lines),
                people=people.get((each.id, None), 0),
                path=f"/bell/sent/{each.id}" if people.get((each.id, None)) else "/bell",
                thread=each.topic if each.rhythm == "instant" else each.rhythm,
                created_at=each.created_at,
            )
        composed.append(Composed(each, wishes[each.user], message))
    return composed


def _still_wanted(told: Told, claimed: Claimed, wishes: Wishes) -> bool:
    event = OF_KIND[told.kind]
    return wishes.rhythm(event, claimed.channel, told.ancestors) != "off"  # type: ignore[arg-type]


def _lines(
    told: Sequence[Told], delivery: uuid.UUID, people: dict[tuple[uuid.UUID, uuid.UUID | None], int]
) -> list[Line]:
    lines: dict[tuple[object, ...], Line] = {}
    for each in told:
        event = OF_KIND[each.kind].name
        if BY_NAME[event].by_pool:
            key: tuple[object, ...] = (event, each.pool)
            count = people.get((delivery, each.pool), 0)
            if count:
                lines[key] = Line(event, "match", count, each.pool, each.pool_name)
            continue
        key = (each.kind, each.actor, each.pool)
        before = lines.get(key)
        if before:
            lines[key] = replace(before, times=before.times + 1)
        else:
            lines[key] = Line(event, each.kind, pool=each.pool, pool_name=each.pool_name, actor=each.actor)
    return list(lines.values())
