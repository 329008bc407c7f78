"""From bell rows to deliveries: what the other channels are given, and when it is due. Planned in memory, once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from notifications import pace
from notifications.channels import reached_by
from notifications.events import CHANNELS, OF_KIND, Channel
from notifications.hours import next_digest, welcome_from
from notifications.pace import Lately
from notifications.wishes import Wishes
from records.database import session
from records.repositories import deliveries, preferences
from records.repositories.deliveries import Planned, Recent, Unrouted

# Few enough that nobody waits for a long transaction.
AT_ONCE = 500
DIGEST, CAPPED, BATCH = "digest", "capped", "batch:"


def route() -> int:
    """Give the other channels what rang since the last time; returns how many notices were looked at."""
    with session() as db:
        notices = deliveries.unrouted(db, AT_ONCE)
        if not notices:
            return 0
        users = sorted({notice.user for notice in notices})
        preferences.keep_hours(db)
        wishes = {user: Wishes(chosen) for user, chosen in preferences.of(db, users).items()}
        reached = {channel: reached_by(channel, db, users) for channel in CHANNELS}
        recent = deliveries.lately(db, users, pace.CAP_FOR)
        planned = plan(notices, wishes, reached, recent, datetime.now(UTC))
        deliveries.write(db, planned, [notice.id for notice in notices], pace.LONGEST)
        db.commit()
    return len(notices)


def plan(
    notices: Sequence[Unrouted],
    wishes: Mapping[uuid.UUID, Wishes],
    reached: Mapping[Channel, Iterable[uuid.UUID]],
    recent: Iterable[Recent],
    now: datetime,
) -> list[Planned]:
    """What of these notices goes where, and when. Pure."""
    so_far = by_channel(recent)
    planned: list[Planned] = []
    for notice in notices:
        event, wish = OF_KIND[notice.kind], wishes[notice.user]
        for channel in CHANNELS:
            if notice.user not in reached[channel]:
                continue
            rhythm = wish.loudest(event, channel, notice.pools)
            if rhythm == "off":
                continue
            if rhythm == "instant":
                own = so_far.setdefault((notice.user, channel), [])
                topic, due = _at_once(notice, wish, channel, own, now)
                # What is begun here counts for what comes after it.
                if not _grows(own, topic):
                    own.append(Recent(notice.user, channel, topic, None, due, grows=True))
            else:
                topic, due = DIGEST, next_digest(rhythm, wish.hours, now)
            planned.append(
                Planned(notice.user, channel, rhythm, topic, due, notice.id, notice.after_seq, notice.up_to_seq)
            )
    return planned


def by_channel(recent: Iterable[Recent]) -> dict[tuple[uuid.UUID, str], list[Recent]]:
    """What each user is sent on each channel. Pure."""
    found: dict[tuple[uuid.UUID, str], list[Recent]] = {}
    for each in recent:
        found.setdefault((each.user, each.channel), []).append(each)
    return found


def _at_once(
    notice: Unrouted, wish: Wishes, channel: Channel, own: Sequence[Recent], now: datetime
) -> tuple[str, datetime]:
    """What a message that is wanted at once is about, and when it may leave; `own`: their messages on this channel."""
    topic = _topic(notice, wish, channel)
    if not _grows(own, topic) and pace.over_the_cap(channel, _lately(own, topic, now)):
        topic = CAPPED
    return topic, welcome_from(wish.hours, paced(topic, channel, own, now))


def paced(topic: str, channel: Channel, own: Sequence[Recent], now: datetime) -> datetime:
    """When a message about this may leave as far as `own` go, what its reader is sent there; their hours aside."""
    if topic.startswith(BATCH):
        return now + pace.CALM
    if topic == CAPPED:
        others = [each for each in own if not (each.topic == CAPPED and each.grows)]
        return pace.under_the_cap_from(channel, now, _lately(others, topic, now))
    return pace.earliest(now, _lately(own, topic, now))


def _grows(own: Sequence[Recent], topic: str) -> bool:
    return any(each.topic == topic and each.grows for each in own)


def _topic(notice: Unrouted, wish: Wishes, channel: Channel) -> str:
    """What a message is about: one pool of those that are heard of at once, or the kind of event."""
    event = OF_KIND[notice.kind]
    if notice.batch:
        return f"{BATCH}{notice.id}"
    heard = [pool[-1] for pool in notice.pools if wish.rhythm(event, channel, pool) == "instant"]
    return f"pool:{min(heard)}" if heard else f"event:{event.name}"


def _lately(own: Sequence[Recent], topic: str, now: datetime) -> Lately:
    same = [each.sent_at for each in own if each.topic == topic and each.sent_at]
    counted = [moment for moment in same if moment > now - pace.COUNTED_FOR]
    return Lately(
        sent=len(counted),
        last=max(counted, default=None),
        in_all=tuple(sorted(each.sent_at or max(each.due_at, now) for each in own)),
    )
