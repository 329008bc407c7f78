"""Deliveries: written before anything is sent, grown while they wait, taken by one sender at a time, ended once."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, DateTime, Text, Uuid

from records.database import statement
from records.locks import COURIER_EMAIL, COURIER_PUSH, COURIER_SLACK, COURIER_WEBHOOKS
from records.pauses import growing_pause_s
from records.repositories.notices import VISIBLE_MATCHES, VISIBLE_SHARES

# What one message may take. Should the worker be killed, it is tried again after this.
LEASE_S = 60
# The pause after the first failure, doubled with every further one up to the longest; then it is given up.
FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_ATTEMPTS = 5, 3_600, 12

_UUIDS, _TEXTS = ARRAY(Uuid), ARRAY(Text)
_TURNS = {"email": COURIER_EMAIL, "push": COURIER_PUSH, "slack": COURIER_SLACK, "webhooks": COURIER_WEBHOOKS}

# Notices that the other channels do not have yet, with the pools they were added to since.
_UNROUTED = text(
    """
    SELECT n.id, n.user_id, n.kind, n.rung, n.routed_seq, coalesce(n.group_key LIKE 'batch:%', false) AS batch
    FROM notifications n WHERE n.rung > n.routed_seq ORDER BY n.id LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)
_POOLS = text(
    """
    SELECT DISTINCT n.id AS notification_id, p.id, p.ancestors
    FROM notifications n JOIN notification_matches nm ON nm.notification_id = n.id AND nm.seq > n.routed_seq
    JOIN pools p ON p.id = nm.pool_id WHERE n.id = ANY(:ids) ORDER BY n.id, p.id
    """
).bindparams(bindparam("ids", type_=_UUIDS))
_ROUTED = text("UPDATE notifications SET routed_seq = rung WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=_UUIDS)
)

_LATELY = text(
    """
    SELECT d.user_id, d.channel, d.topic, CASE WHEN d.state = 'sent' THEN d.ended_at END AS sent_at, d.due_at,
           d.state = 'waiting' AND d.attempts = 0 AS grows
    FROM deliveries d
    WHERE d.user_id = ANY(:users) AND d.rhythm = 'instant'
      AND (d.state = 'waiting' OR d.state = 'sent' AND d.ended_at > clock_timestamp() - CAST(:since AS interval))
    """
).bindparams(bindparam("users", type_=_UUIDS))

# What waits already keeps its time, unless it is an import's summary: that one leaves when nothing comes any more.
_OPEN = text(
    """
    INSERT INTO deliveries AS d (id, user_id, channel, rhythm, topic, due_at)
    SELECT * FROM unnest(:ids, :users, :channels, :rhythms, :topics, :due)
    ON CONFLICT (user_id, channel, rhythm, topic) WHERE state = 'waiting' AND attempts = 0 DO UPDATE
    SET due_at = CASE WHEN d.topic LIKE 'batch:%'
                      THEN greatest(d.due_at, least(excluded.due_at, d.created_at + CAST(:longest AS interval)))
                      ELSE d.due_at END
    RETURNING d.id, d.user_id, d.channel, d.rhythm, d.topic
    """
).bindparams(
    bindparam("ids", type_=_UUIDS),
    bindparam("users", type_=_UUIDS),
    bindparam("channels", type_=_TEXTS),
    bindparam("rhythms", type_=_TEXTS),
    bindparam("topics", type_=_TEXTS),
    bindparam("due", type_=ARRAY(DateTime(timezone=True))),
)
# What hours decide of: it was not tried yet, or only put off. In the order in which routing opens them.
_BY_HOURS = text(
    """
    SELECT d.id, d.user_id, d.channel, d.rhythm, d.topic, d.due_at, d.created_at FROM deliveries d
    WHERE d.state = 'waiting' AND (d.attempts = 0 OR d.reason = 'quiet_hours') AND d.taken_until IS NULL
      AND CASE WHEN CAST(:user AS uuid) IS NOT NULL THEN d.user_id = :user
               ELSE NOT EXISTS (SELECT FROM reading_hours h WHERE h.user_id = d.user_id) END
    ORDER BY d.user_id, d.channel COLLATE "C", d.rhythm COLLATE "C", d.topic COLLATE "C", d.id FOR UPDATE
    """
).bindparams(bindparam("user", type_=Uuid))
_REDATED = text(
    "UPDATE deliveries d SET due_at = given.due_at FROM unnest(:ids, :due) AS given(id, due_at) WHERE d.id = given.id"
).bindparams(bindparam("ids", type_=_UUIDS), bindparam("due", type_=ARRAY(DateTime(timezone=True))))

_CONTENTS = text(
    """
    INSERT INTO delivery_notices AS dn (delivery_id, notification_id, after_seq, up_to_seq)
    SELECT * FROM unnest(:deliveries, :notices, :after, :up_to)
    ON CONFLICT (delivery_id, notification_id) DO UPDATE SET up_to_seq = greatest(dn.up_to_seq, excluded.up_to_seq)
    """
).bindparams(
    bindparam("deliveries", type_=_UUIDS),
    bindparam("notices", type_=_UUIDS),
    bindparam("after", type_=ARRAY(BigInteger)),
    bindparam("up_to", type_=ARRAY(BigInteger)),
)

_CLAIM = text(
    """
    UPDATE deliveries SET attempts = attempts + 1,
        taken_until = clock_timestamp() + make_interval(secs => :lease_s)
    WHERE id IN (
        SELECT id FROM deliveries
        WHERE channel = :channel AND state = 'waiting' AND due_at <= clock_timestamp()
          AND coalesce(taken_until, '-infinity') <= clock_timestamp()
        ORDER BY due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id, user_id, channel, rhythm, topic, attempts, created_at
    """
)
_IS_DUE = text(
    """
    SELECT EXISTS (SELECT FROM deliveries WHERE channel = :channel AND state = 'waiting'
        AND due_at <= clock_timestamp() AND coalesce(taken_until, '-infinity') <= clock_timestamp())
    """
)

# What each of these deliveries tells of now: notices not opened yet, as far as their readers may see them, by pool.
# Nobody is written to about what they have read on the bell.
_LINES = text(
    f"""
    SELECT dn.delivery_id, n.kind, n.actor_id, actor.name AS actor, v.pool_id, v.pool_name, v.ancestors,
           n.pool_id AS about_id, about.name AS about_name, n.id AS notification_id
    FROM delivery_notices dn
    JOIN notifications n ON n.id = dn.notification_id
    JOIN users reader ON reader.id = n.user_id
    LEFT JOIN users actor ON actor.id = n.actor_id
    LEFT JOIN pools about ON about.id = n.pool_id AND about.deleted_at IS NULL
    LEFT JOIN LATERAL (
        SELECT id FROM candidates WHERE id = n.candidate_id AND deleted_at IS NULL OFFSET 0
    ) asked ON true
    LEFT JOIN LATERAL (
        SELECT DISTINCT p.id AS pool_id, p.name AS pool_name, p.ancestors
        FROM ({VISIBLE_MATCHES}) seen JOIN pools p ON p.id = seen.pool_id
        WHERE seen.seq > dn.after_seq AND seen.seq <= dn.up_to_seq
    ) v ON n.kind IN ('match', 'summary')
    WHERE dn.delivery_id = ANY(:ids) AND n.withdrawn_at IS NULL AND n.read_at IS NULL AND n.done_at IS NULL
      AND CASE WHEN n.kind IN ('match', 'summary') THEN v.pool_id IS NOT NULL
               WHEN n.kind = 'shared' THEN EXISTS ({VISIBLE_SHARES})
               WHEN reader.role NOT IN ('administrator', 'recruiter') THEN false
               WHEN n.kind IN ('wanted', 'done') THEN asked.id IS NOT NULL
               WHEN n.kind = 'drift' THEN reader.role = 'administrator'
               ELSE about.id IS NOT NULL END
    ORDER BY dn.delivery_id, v.pool_name, v.pool_id, n.rung
    """
).bindparams(bindparam("ids", type_=_UUIDS))

# How many people that are, in these pools: each (delivery, pool), and each delivery as a whole (no pool).
_PEOPLE = text(
    f"""
    SELECT dn.delivery_id, seen.pool_id, count(DISTINCT seen.candidate_id) AS people
    FROM unnest(:ids, :pools) AS kept(delivery_id, pool_id)
    JOIN delivery_notices dn ON dn.delivery_id = kept.delivery_id
    JOIN notifications n ON n.id = dn.notification_id AND n.withdrawn_at IS NULL AND n.read_at IS NULL
        AND n.done_at IS NULL
    CROSS JOIN LATERAL ({VISIBLE_MATCHES}) seen
    WHERE seen.pool_id = kept.pool_id AND seen.seq > dn.after_seq AND seen.seq <= dn.up_to_seq
    GROUP BY GROUPING SETS ((dn.delivery_id, seen.pool_id), (dn.delivery_id))
    """
).bindparams(bindparam("ids", type_=_UUIDS), bindparam("pools", type_=_UUIDS))

_READERS = text("SELECT id, name, email FROM users WHERE id = ANY(:users)").bindparams(bindparam("users", type_=_UUIDS))

_SENT = text(
    "UPDATE deliveries SET state = 'sent', ended_at = clock_timestamp(), taken_until = NULL, reason = NULL,"
    " said = NULL, people = :people, reference = :reference WHERE id = :id AND state = 'waiting'"
)
_LATER = text(
    "UPDATE deliveries SET taken_until = NULL, reason = :reason, said = :said,"
    " state = CASE WHEN attempts >= :most THEN 'failed' ELSE 'waiting' END,"
    " ended_at = CASE WHEN attempts >= :most THEN clock_timestamp() END,"
    f" due_at = clock_timestamp() + make_interval(secs => greatest(:after_s, {growing_pause_s('attempts - 1')}))"
    " WHERE id = :id AND state = 'waiting'"
)
# Not tried after all: the attempt does not count, but it grows no more.
_POSTPONED = text(
    "UPDATE deliveries SET taken_until = NULL, attempts = greatest(attempts - 1, 1), reason = :reason, due_at = :due"
    " WHERE id = ANY(:ids) AND state = 'waiting'"
).bindparams(bindparam("ids", type_=_UUIDS), bindparam("due", type_=DateTime(timezone=True)))
_ENDED = text(
    "UPDATE deliveries SET state = :state, ended_at = clock_timestamp(), taken_until = NULL, reason = :reason,"
    " said = :said WHERE id = :id AND state = 'waiting'"
)
_AGAIN = text(
    "UPDATE deliveries SET state = 'waiting', attempts = 1, due_at = clock_timestamp(), ended_at = NULL,"
    " taken_until = NULL, reason = NULL, said = NULL WHERE state = 'failed'"
    " AND (CAST(:ids AS uuid[]) IS NULL OR id = ANY(:ids)) RETURNING id"
).bindparams(bindparam("ids", type_=_UUIDS))
_FORGET = text("DELETE FROM deliveries WHERE ended_at < clock_timestamp() - CAST(:age AS interval) RETURNING id")

_PAUSED = text(
    "SELECT until, reason, failures FROM channel_pauses WHERE channel = :channel AND until > clock_timestamp()"
)
_PAUSE = text(
    f"""
    INSERT INTO channel_pauses AS p (channel, until, failures, reason)
    VALUES (:channel, clock_timestamp() + make_interval(secs => greatest(:after_s, :first_s)), 1, :reason)
    ON CONFLICT (channel) DO UPDATE SET failures = least(p.failures + 1, 30), reason = excluded.reason,
        until = clock_timestamp() + make_interval(secs => greatest(:after_s, {growing_pause_s("p.failures")}))
    """
)
_GOES_ON = text("DELETE FROM channel_pauses WHERE channel = :channel")

_UNREACHABLE = text(
    "INSERT INTO unreachable (user_id, channel, reason, said) VALUES (:user, :channel, :reason, :said)"
    " ON CONFLICT (user_id, channel) DO UPDATE SET reason = excluded.reason, said = excluded.said,"
    " since = clock_timestamp()"
)
_REACHABLE = text("DELETE FROM unreachable WHERE user_id = :user AND channel = :channel").bindparams(
    bindparam("user", type_=Uuid)
)
_OUT_OF_REACH = text("SELECT user_id FROM unreachable WHERE user_id = ANY(:users) AND channel = :channel").bindparams(
    bindparam("users", type_=_UUIDS)
)

_REFUSED = text("SELECT channel, reason FROM unreachable WHERE user_id = :user")

# Whom a message spoke of, as far as its reader may see them now.
_WHO = text(
    f"""
    SELECT DISTINCT seen.candidate_id, seen.candidate_name FROM deliveries d
    JOIN delivery_notices dn ON dn.delivery_id = d.id
    JOIN notifications n ON n.id = dn.notification_id
    CROSS JOIN LATERAL ({VISIBLE_MATCHES}) seen
    WHERE d.id = :id AND d.user_id = :user AND seen.seq > dn.after_seq AND seen.seq <= dn.up_to_seq
      AND seen.candidate_id > :after
    ORDER BY seen.candidate_id LIMIT :limit
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("user", type_=Uuid), bindparam("after", type_=Uuid))

_IS_FOR = text(
    "SELECT EXISTS (SELECT FROM deliveries WHERE id = :id AND user_id = :user AND (state = 'sent' OR attempts > 0))"
).bindparams(bindparam("id", type_=Uuid), bindparam("user", type_=Uuid))

# A delivery that told nobody anything is no news of its reader: what was withdrawn may be hidden from them by now.
_OF_USER = text(
    """
    SELECT id, user_id, channel, rhythm, topic, state, created_at, due_at, ended_at, attempts, reason, said, people
    FROM deliveries WHERE user_id = :user AND (state IN ('sent', 'failed') OR state = 'waiting' AND attempts > 0)
    ORDER BY created_at DESC, id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))
_FAILED = text(
    """
    SELECT d.id, d.user_id, d.channel, d.rhythm, d.topic, d.state, d.created_at, d.due_at, d.ended_at, d.attempts,
           d.reason, d.said, d.people
    FROM deliveries d WHERE d.state = 'failed' ORDER BY d.ended_at DESC, d.id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class Unrouted:
    """A notice that the other channels do not have yet: what was added after `after_seq` up to `up_to_seq`.

    `pools` are those it was added to, each with those above it (itself last).
    """

    id: uuid.UUID
    user: uuid.UUID
    kind: str
    batch: bool
    after_seq: int
    up_to_seq: int
    pools: tuple[tuple[uuid.UUID, ...], ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A notice as part of a delivery."""

    user: uuid.UUID
    channel: str
    rhythm: str
    topic: str
    due_at: datetime
    notice: uuid.UUID
    after_seq: int
    up_to_seq: int


@dataclass(frozen=True, slots=True)
class Recent:
    """A message wanted at once that waits (`sent_at` is None) or was sent; one that `grows` takes what comes."""

    user: uuid.UUID
    channel: str
    topic: str
    sent_at: datetime | None
    due_at: datetime
    grows: bool


@dataclass(frozen=True, slots=True)
class Dated:
    """A delivery that waits for a moment which its reader's hours decided."""

    id: uuid.UUID
    user: uuid.UUID
    channel: str
    rhythm: str
    topic: str
    due_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this process holds for LEASE_S."""

    id: uuid.UUID
    user: uuid.UUID
    channel: str
    rhythm: str
    topic: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A part of what a delivery tells: a notice, and for new people one of the pools (with those above it)."""

    delivery: uuid.UUID
    kind: str
    notice: uuid.UUID
    actor: str | None
    pool: uuid.UUID | None
    pool_name: str | None
    ancestors: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who a message is for."""

    id: uuid.UUID
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class State:
    """How a delivery stands, as it is shown."""

    id: uuid.UUID
    user: uuid.UUID
    channel: str
    rhythm: str
    topic: str
    state: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    attempts: int
    reason: str | None
    said: str | None
    people: int | None


def unrouted(db: Session, limit: int) -> list[Unrouted]:
    """Notices that the other channels do not have yet, held until the caller's commit."""
    rows = db.execute(_UNROUTED, {"limit": limit}).all()
    if not rows:
        return []
    pools: dict[uuid.UUID, list[tuple[uuid.UUID, ...]]] = {}
    for row in db.execute(_POOLS, {"ids": [row.id for row in rows]}):
        pools.setdefault(row.notification_id, []).append(tuple(row.ancestors))
    return [
        Unrouted(row.id, row.user_id, row.kind, row.batch, row.routed_seq, row.rung, tuple(pools.get(row.id, ())))
        for row in rows
    ]


def lately(db: Session, users: Sequence[uuid.UUID], since: timedelta) -> list[Recent]:
    """The messages wanted at once that wait for these users, or were sent to them since."""
    return [Recent(*row) for row in db.execute(_LATELY, {"users": list(users), "since": since})]


def write(db: Session, planned: Sequence[Planned], routed: Sequence[uuid.UUID], longest: timedelta) -> None:
    """Put these notices into deliveries, those that wait or new ones; `routed` need no more looking at."""
    if planned:
        heads = {(each.user, each.channel, each.rhythm, each.topic): each.due_at for each in planned}
        # In one order, so that two that do this never wait for each other in a circle.
        ordered = sorted(heads.items(), key=lambda head: (str(head[0][0]), *head[0][1:]))
        rows = db.execute(
            _OPEN,
            {
                "ids": [uuid.uuid4() for _ in ordered],
                "users": [head[0] for head, _ in ordered],
                "channels": [head[1] for head, _ in ordered],
                "rhythms": [head[2] for head, _ in ordered],
                "topics": [head[3] for head, _ in ordered],
                "due": [due for _, due in ordered],
                "longest": longest,
            },
        )
        opened = {(row.user_id, row.channel, row.rhythm, row.topic): row.id for row in rows}
        db.execute(
            _CONTENTS,
            {
                "deliveries": [opened[each.user, each.channel, each.rhythm, each.topic] for each in planned],
                "notices": [each.notice for each in planned],
                "after": [each.after_seq for each in planned],
                "up_to": [each.up_to_seq for each in planned],
            },
        )
    db.execute(_ROUTED, {"ids": list(routed)})


def dated_by_hours(db: Session, user: uuid.UUID | None) -> list[Dated]:
    """What waits for this user, or (None) for whoever has no hours of their own; held until the caller's commit."""
    return [Dated(*row) for row in db.execute(_BY_HOURS, {"user": user})]


def redate(db: Session, due: Mapping[uuid.UUID, datetime]) -> None:
    """Have these deliveries wait until then. The caller holds them."""
    db.execute(_REDATED, {"ids": list(due), "due": list(due.values())})


@contextmanager
def turn(channel: str) -> Iterator[bool]:
    """Whether it is this process's turn to send on a channel; its own until the block ends or the process dies."""
    with statement() as run:
        lock = _TURNS[channel]
        mine = bool(run.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock}))
        try:
            yield mine
        finally:
            if mine:
                run.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})


def claim(channel: str, limit: int) -> list[Claimed]:
    """Deliveries that are due, their attempt counted and nobody else's for LEASE_S."""
    with statement() as run:
        rows = run.execute(_CLAIM, {"channel": channel, "limit": limit, "lease_s": LEASE_S}).all()
    return [Claimed(*row) for row in rows]


def is_due(channel: str) -> bool:
    """Whether something waits that could be sent now."""
    with statement() as run:
        return bool(run.scalar(_IS_DUE, {"channel": channel}))


def told(db: Session, ids: Sequence[uuid.UUID]) -> list[Told]:
    """What these deliveries tell their readers, as far as they may see it now and have not read it."""
    found = []
    for row in db.execute(_LINES, {"ids": list(ids)}):
        about = row.kind == "pool_broken"
        found.append(
            Told(
                row.delivery_id,
                row.kind,
                row.notification_id,
                row.actor,
                row.about_id if about else row.pool_id,
                row.about_name if about else row.pool_name,
                tuple(row.ancestors or ()),
            )
        )
    return found


def people(db: Session, kept: Sequence[tuple[uuid.UUID, uuid.UUID]]) -> dict[tuple[uuid.UUID, uuid.UUID | None], int]:
    """How many people deliveries tell of: by (delivery, pool) for the pools that are kept, and in all (None)."""
    if not kept:
        return {}
    rows = db.execute(_PEOPLE, {"ids": [each for each, _ in kept], "pools": [pool for _, pool in kept]})
    return {(row.delivery_id, row.pool_id): int(row.people) for row in rows}


def readers(db: Session, users: Sequence[uuid.UUID]) -> dict[uuid.UUID, Reader]:
    """Who messages are for."""
    return {row.id: Reader(row.id, row.name, row.email) for row in db.execute(_READERS, {"users": list(users)})}


def sent(delivery: uuid.UUID, people_told: int, reference: str | None) -> None:
    """The far end has it."""
    with statement() as run:
        run.execute(_SENT, {"id": delivery, "people": people_told, "reference": reference})


def later(delivery: uuid.UUID, reason: str, said: str, after_s: float = 0) -> None:
    """It could not be sent now: again after a pause that grows, and after MOST_ATTEMPTS never."""
    values = {"id": delivery, "reason": reason, "said": said[:500], "after_s": after_s, "most": MOST_ATTEMPTS}
    with statement() as run:
        run.execute(_LATER, {**values, "first_s": FIRST_PAUSE_S, "longest_s": LONGEST_PAUSE_S})


def postponed(ids: Sequence[uuid.UUID], due: datetime, reason: str) -> None:
    """Not tried after all: again from `due` on."""
    with statement() as run:
        run.execute(_POSTPONED, {"ids": list(ids), "due": due, "reason": reason})


def failed(delivery: uuid.UUID, reason: str, said: str) -> None:
    """The far end will never take it."""
    with statement() as run:
        run.execute(_ENDED, {"id": delivery, "state": "failed", "reason": reason, "said": said[:500]})


def withdrawn(delivery: uuid.UUID, reason: str) -> None:
    """There is nothing left to tell."""
    with statement() as run:
        run.execute(_ENDED, {"id": delivery, "state": "withdrawn", "reason": reason, "said": None})


def try_again(db: Session, ids: Sequence[uuid.UUID] | None = None) -> int:
    """Have these failed deliveries, or (None) all of them, sent again; returns how many."""
    return len(list(db.scalars(_AGAIN, {"ids": None if ids is None else list(ids)})))


def purge(db: Session, age: timedelta) -> int:
    """Remove what ended longer ago than `age`; returns how many."""
    return len(list(db.scalars(_FORGET, {"age": age})))


def paused(channel: str) -> datetime | None:
    """Until when nothing is tried on a channel; None: now it may be."""
    with statement() as run:
        row = run.execute(_PAUSED, {"channel": channel}).one_or_none()
    return row.until if row else None


def pause(channel: str, reason: str, after_s: float = 0) -> None:
    """The far end does not answer, or asked for patience: try nothing there for a while, longer each time."""
    values = {"channel": channel, "reason": reason, "after_s": after_s}
    with statement() as run:
        run.execute(_PAUSE, {**values, "first_s": FIRST_PAUSE_S, "longest_s": 900})


def goes_on(channel: str) -> None:
    """The far end answered."""
    with statement() as run:
        run.execute(_GOES_ON, {"channel": channel})


def unreachable(db: Session, user: uuid.UUID, channel: str, reason: str, said: str | None = None) -> None:
    """Send this user nothing on this channel until somebody does something about it."""
    db.execute(_UNREACHABLE, {"user": user, "channel": channel, "reason": reason, "said": said and said[:500]})


def reachable(db: Session, user: uuid.UUID, channel: str) -> None:
    """Somebody did."""
    db.execute(_REACHABLE, {"user": user, "channel": channel})


def out_of_reach(db: Session, users: Sequence[uuid.UUID], channel: str) -> set[uuid.UUID]:
    """Those of them to whom nothing is sent on this channel."""
    return set(db.scalars(_OUT_OF_REACH, {"users": list(users), "channel": channel}))


def is_for(db: Session, delivery: uuid.UUID, user: uuid.UUID) -> bool:
    """Whether there is such a message, and it was to this user."""
    return bool(db.scalar(_IS_FOR, {"id": delivery, "user": user}))


def refused(db: Session, user: uuid.UUID) -> dict[str, str]:
    """Why a user is sent nothing on these channels until somebody does something about it."""
    return {row.channel: row.reason for row in db.execute(_REFUSED, {"user": user})}


def who(db: Session, user: uuid.UUID, delivery: uuid.UUID, after: uuid.UUID, limit: int) -> list[tuple[uuid.UUID, str]]:
    """Exactly the people a message to this user spoke of, as far as they may see them now; by id."""
    parameters = {"id": delivery, "user": user, "after": after, "limit": limit}
    return [(row.candidate_id, row.candidate_name) for row in db.execute(_WHO, parameters)]


def of_user(db: Session, user: uuid.UUID, limit: int) -> list[State]:
    """What was sent to a user, failed, or is tried again; newest first."""
    return [State(*row) for row in db.execute(_OF_USER, {"user": user, "limit": limit})]


def dead(db: Session, limit: int) -> list[State]:
    """What failed for good, for anybody."""
    return [State(*row) for row in db.execute(_FAILED, {"limit": limit})]
