"""Endpoints of other systems, and what is sent to them: written with the matches, taken by one sender, ended once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Text, Uuid

from core.errors import NotFound
from records.database import statement
from records.pauses import growing_pause_s
from records.repositories.deliveries import FIRST_PAUSE_S, LEASE_S, LONGEST_PAUSE_S, MOST_ATTEMPTS

ENTERED, LEFT, TEST = "pool.entered", "pool.left", "webhook.test"
# Pairs of one delivery: some 30 kB at most.
MOST_PAIRS = 200
# An endpoint that took nothing for so long is switched off.
FAILS_FOR = timedelta(days=3)
# So long a secret that was replaced still signs beside the new one.
OLD_SECRET_FOR = timedelta(days=1)

_UUIDS, _TEXTS = ARRAY(Uuid), ARRAY(Text)

_ENDPOINTS = text(
    """
    SELECT w.id, w.url, w.events, w.pools, w.active, w.problem, w.failing_since, w.created_at, u.name AS created_by,
           count(d.id) FILTER (WHERE d.state = 'waiting') AS waiting,
           count(d.id) FILTER (WHERE d.state = 'failed') AS failed
    FROM webhooks w LEFT JOIN users u ON u.id = w.created_by LEFT JOIN webhook_deliveries d ON d.webhook_id = w.id
    WHERE CAST(:id AS uuid) IS NULL OR w.id = :id
    GROUP BY w.id, u.name ORDER BY w.created_at, w.id
    """
).bindparams(bindparam("id", type_=Uuid))
_ADD = text(
    "INSERT INTO webhooks (id, url, events, pools, secret, created_by)"
    " VALUES (:id, :url, :events, :pools, :secret, :by)"
).bindparams(
    bindparam("id", type_=Uuid),
    bindparam("events", type_=_TEXTS),
    bindparam("pools", type_=_UUIDS),
    bindparam("by", type_=Uuid),
)
_CHANGE = text("UPDATE webhooks SET url = :url, events = :events, pools = :pools WHERE id = :id").bindparams(
    bindparam("id", type_=Uuid), bindparam("events", type_=_TEXTS), bindparam("pools", type_=_UUIDS)
)
_ON = text(
    "UPDATE webhooks SET active = true, problem = NULL, failing_since = NULL, failures = 0, paused_until = NULL"
    " WHERE id = :id AND NOT active"
).bindparams(bindparam("id", type_=Uuid))
# What waited can be replayed once it is on again.
_OFF = text(
    """
    WITH off AS (
        UPDATE webhooks SET active = false, problem = :problem
        WHERE id = :id AND active AND (:at_once OR failing_since < clock_timestamp() - :fails_for) RETURNING id
    )
    UPDATE webhook_deliveries d SET state = 'failed', reason = 'switched_off', ended_at = clock_timestamp(),
        taken_until = NULL
    FROM off WHERE d.webhook_id = off.id AND d.state = 'waiting'
    """
).bindparams(bindparam("id", type_=Uuid))
_REMOVE = text("DELETE FROM webhooks WHERE id = :id").bindparams(bindparam("id", type_=Uuid))
_ROTATE = text(
    "UPDATE webhooks SET old_secret = secret, old_until = clock_timestamp() + :old_for, secret = :secret WHERE id = :id"
).bindparams(bindparam("id", type_=Uuid))

_RECORD = text(
    """
    INSERT INTO webhook_deliveries (id, webhook_id, event, candidates, pools)
    SELECT gen_random_uuid(), w.id, g.event, array_agg(g.candidate ORDER BY g.n), array_agg(g.pool ORDER BY g.n)
    FROM unnest(:events, :candidates, :pools) WITH ORDINALITY AS g(event, candidate, pool, n)
    JOIN pools p ON p.id = g.pool
    JOIN webhooks w ON w.active AND g.event = ANY(w.events) AND (w.pools IS NULL OR w.pools && p.live_ancestors)
    GROUP BY w.id, g.event, (g.n - 1) / :most
    """
).bindparams(bindparam("events", type_=_TEXTS), bindparam("candidates", type_=_UUIDS), bindparam("pools", type_=_UUIDS))

_DUE = """
    FROM webhooks w JOIN LATERAL (
        SELECT d.id FROM webhook_deliveries d
        WHERE d.webhook_id = w.id AND d.state = 'waiting' AND d.due_at <= clock_timestamp()
          AND coalesce(d.taken_until, '-infinity') <= clock_timestamp()
        ORDER BY d.due_at, d.created_at, d.id LIMIT 1) first ON true
    WHERE w.active AND coalesce(w.paused_until, '-infinity') <= clock_timestamp()
"""
# The fields of Taken, in their order.
_TAKEN = """d.id, d.webhook_id, w.url, w.secret,
    CASE WHEN w.old_until > clock_timestamp() THEN w.old_secret END AS old_secret,
    d.event, d.candidates, d.pools, d.created_at"""
# One of each endpoint: what takes long at one does not stand before the others, and each gets them one by one.
_CLAIM = text(
    f"""
    UPDATE webhook_deliveries d SET attempts = d.attempts + 1,
        taken_until = clock_timestamp() + make_interval(secs => :lease_s)
    FROM webhooks w
    WHERE w.id = d.webhook_id AND d.id IN (SELECT first.id {_DUE} LIMIT :limit) AND d.state = 'waiting'
    RETURNING {_TAKEN}
    """
)
_IS_DUE = text(f"SELECT EXISTS (SELECT {_DUE})")

# Who is in the pool still, or for those who left, who is not there again.
_PAIRS = text(
    """
    SELECT g.candidate, p.id AS pool, p.name FROM unnest(:candidates, :pools) WITH ORDINALITY AS g(candidate, pool, n)
    JOIN pools p ON p.id = g.pool
    WHERE :inside = EXISTS (
        SELECT FROM matches m JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
        WHERE m.pool_id = p.id AND m.candidate_id = g.candidate AND m.generation = p.live_generation
          AND m.left_at IS NULL AND p.deleted_at IS NULL)
    ORDER BY g.n
    """
).bindparams(bindparam("candidates", type_=_UUIDS), bindparam("pools", type_=_UUIDS))

_ENDED = text(
    "UPDATE webhook_deliveries SET state = :state, ended_at = clock_timestamp(), taken_until = NULL, reason = :reason,"
    " said = :said WHERE id = :id RETURNING webhook_id"
).bindparams(bindparam("id", type_=Uuid))
_ANSWERS = text(
    "UPDATE webhooks SET failing_since = NULL, failures = 0, paused_until = NULL WHERE id = :id AND failures > 0"
).bindparams(bindparam("id", type_=Uuid))
# The delivery has a pause of its own, and all others of this endpoint have that of the endpoint.
_LATER = text(
    f"""
    WITH tried AS (
        UPDATE webhook_deliveries SET taken_until = NULL, reason = :reason, said = :said,
            state = CASE WHEN attempts >= :most THEN 'failed' ELSE 'waiting' END,
            ended_at = CASE WHEN attempts >= :most THEN clock_timestamp() END,
            due_at = clock_timestamp() + make_interval(secs => greatest(:after_s, {growing_pause_s("attempts - 1")}))
        WHERE id = :id AND state = 'waiting' RETURNING webhook_id
    )
    UPDATE webhooks w SET failures = least(w.failures + 1, 30),
        failing_since = coalesce(w.failing_since, clock_timestamp()),
        paused_until = clock_timestamp() + make_interval(secs => greatest(:after_s, {growing_pause_s("w.failures")}))
    FROM tried WHERE w.id = tried.webhook_id
    """
).bindparams(bindparam("id", type_=Uuid))

# Asked for by somebody who waits for it: whatever pause the endpoint has ends.
_REPLAY = text(
    """
    WITH again AS (
        UPDATE webhook_deliveries SET state = 'waiting', attempts = 0, due_at = now(), ended_at = NULL,
            reason = NULL, said = NULL
        WHERE webhook_id = :webhook AND coalesce(taken_until, '-infinity') <= clock_timestamp()
          AND CASE WHEN CAST(:id AS uuid) IS NULL THEN created_at >= :since AND event <> :test ELSE id = :id END
        RETURNING id
    ), unpaused AS (UPDATE webhooks SET paused_until = NULL WHERE id = :webhook)
    SELECT count(*) FROM again
    """
).bindparams(
    bindparam("webhook", type_=Uuid), bindparam("id", type_=Uuid), bindparam("since", type_=DateTime(timezone=True))
)
_TEST = text(
    """
    INSERT INTO webhook_deliveries (id, webhook_id, event, candidates, pools, attempts, taken_until)
    VALUES (:id, :webhook, :test, '{}', '{}', 1, clock_timestamp() + make_interval(secs => :lease_s))
    """
).bindparams(bindparam("id", type_=Uuid), bindparam("webhook", type_=Uuid))
_ONE = text(
    f"""
    SELECT {_TAKEN}
    FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id WHERE d.id = :id
    """
).bindparams(bindparam("id", type_=Uuid))
_EXISTS = text("SELECT EXISTS (SELECT FROM webhook_deliveries WHERE webhook_id = :webhook AND id = :id)").bindparams(
    bindparam("webhook", type_=Uuid), bindparam("id", type_=Uuid)
)
_LIST = text(
    """
    SELECT id, event, cardinality(candidates) AS people, state, created_at, due_at, ended_at, attempts, reason, said
    FROM webhook_deliveries
    WHERE webhook_id = :webhook AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:before AS timestamptz) IS NULL OR (created_at, id) < (:before, :before_id))
    ORDER BY created_at DESC, id DESC LIMIT :limit
    """
).bindparams(
    bindparam("webhook", type_=Uuid),
    bindparam("before", type_=DateTime(timezone=True)),
    bindparam("before_id", type_=Uuid),
)
_FORGET = text(
    "DELETE FROM webhook_deliveries WHERE ended_at < clock_timestamp() - CAST(:age AS interval) RETURNING id"
)

Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as it is shown: without its secret; how many deliveries wait, and how many failed."""

    id: uuid.UUID
    url: str
    events: list[str]
    pools: list[uuid.UUID] | None
    active: bool
    problem: str | None
    failing_since: datetime | None
    created_at: datetime
    created_by: str | None
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """A delivery that this process holds for LEASE_S, and what it is signed with."""

    id: uuid.UUID
    webhook: uuid.UUID
    url: str
    secret: str
    old_secret: str | None
    event: str
    candidates: list[uuid.UUID]
    pools: list[uuid.UUID]
    created_at: datetime

    @property
    def secrets(self) -> list[str]:
        """The newest first."""
        return [self.secret, *([self.old_secret] if self.old_secret else [])]


@dataclass(frozen=True, slots=True)
class Pairing:
    """A person, and a pool that they came into or left."""

    candidate: uuid.UUID
    pool: uuid.UUID
    pool_name: str


@dataclass(frozen=True, slots=True)
class Told:
    """How a delivery stands, as it is shown; `people`: how many pairs of a person and a pool it has."""

    id: uuid.UUID
    event: str
    people: int
    state: str
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    attempts: int
    reason: str | None
    said: str | None


def endpoints(db: Session) -> list[Endpoint]:
    """All of them, the oldest first."""
    return [Endpoint(*row) for row in db.execute(_ENDPOINTS, {"id": None})]


def get(db: Session, webhook: uuid.UUID) -> Endpoint:
    """One of them, or NotFound."""
    row = db.execute(_ENDPOINTS, {"id": webhook}).one_or_none()
    if row is None:
        raise NotFound("webhook")
    return Endpoint(*row)


def add(
    db: Session, url: str, events: Sequence[str], pools: Sequence[uuid.UUID] | None, secret: str, by: uuid.UUID
) -> uuid.UUID:
    """Tell this endpoint from now on."""
    made = uuid.uuid4()
    values = {"id": made, "url": url, "events": list(events), "pools": None if pools is None else list(pools)}
    db.execute(_ADD, {**values, "secret": secret, "by": by})
    return made


def change(db: Session, webhook: uuid.UUID, url: str, events: Sequence[str], pools: Sequence[uuid.UUID] | None) -> None:
    """Tell it elsewhere, or of something else."""
    values = {"id": webhook, "url": url, "events": list(events), "pools": None if pools is None else list(pools)}
    db.execute(_CHANGE, values)


def switch_on(db: Session, webhook: uuid.UUID) -> None:
    """Tell it again from now on."""
    db.execute(_ON, {"id": webhook})


def switch_off(db: Session, webhook: uuid.UUID) -> None:
    """Tell it nothing more; what waits fails, and can be replayed."""
    db.execute(_OFF, {"id": webhook, "problem": None, "at_once": True, "fails_for": FAILS_FOR})


def remove(db: Session, webhook: uuid.UUID) -> None:
    """Forget it, its secret and what was sent there."""
    db.execute(_REMOVE, {"id": webhook})


def rotate(db: Session, webhook: uuid.UUID, secret: str) -> None:
    """Sign with this secret from now on, and with the one before beside it for OLD_SECRET_FOR."""
    db.execute(_ROTATE, {"id": webhook, "secret": secret, "old_for": OLD_SECRET_FOR})


def record(db: Session, entered: Sequence[Pair], left: Sequence[Pair]) -> None:
    """Write what endpoints are told of people who came into pools and left them; (candidate, pool) each.

    In the caller's transaction, so that it stands exactly if the matches do.
    """
    if entered or left:
        pairs = [*entered, *left]
        db.execute(
            _RECORD,
            {
                "events": [ENTERED] * len(entered) + [LEFT] * len(left),
                "candidates": [candidate for candidate, _ in pairs],
                "pools": [pool for _, pool in pairs],
                "most": MOST_PAIRS,
            },
        )


def claim(limit: int) -> list[Taken]:
    """What is due, one of each endpoint, its attempt counted and nobody else's for LEASE_S."""
    with statement() as run:
        return [Taken(*row) for row in run.execute(_CLAIM, {"limit": limit, "lease_s": LEASE_S})]


def is_due() -> bool:
    """Whether something waits that could be sent now."""
    with statement() as run:
        return bool(run.scalar(_IS_DUE))


def pairings(taken: Taken) -> list[Pairing]:
    """Of what a delivery tells, what holds now."""
    values = {"candidates": taken.candidates, "pools": taken.pools, "inside": taken.event == ENTERED}
    with statement() as run:
        return [Pairing(*row) for row in run.execute(_PAIRS, values)]


def sent(taken: Taken, said: str) -> None:
    """The endpoint has it."""
    with statement() as run:
        run.execute(_ENDED, {"id": taken.id, "state": "sent", "reason": None, "said": said})
        run.execute(_ANSWERS, {"id": taken.webhook})


def withdrawn(taken: Taken) -> None:
    """Nothing of it holds any more."""
    with statement() as run:
        run.execute(_ENDED, {"id": taken.id, "state": "withdrawn", "reason": "nothing_left", "said": None})


def failed(taken: Taken, reason: str, said: str) -> None:
    """It is not tried again."""
    with statement() as run:
        run.execute(_ENDED, {"id": taken.id, "state": "failed", "reason": reason, "said": said})


def later(taken: Taken, reason: str, said: str, after_s: float, *, gone: bool = False) -> None:
    """It was not taken: again after a pause that grows, and after MOST_ATTEMPTS never.

    An endpoint that took nothing for FAILS_FOR, or says that it is `gone` for good, is switched off.
    """
    values = {"id": taken.id, "reason": reason, "said": said, "after_s": after_s, "most": MOST_ATTEMPTS}
    with statement() as run:
        run.execute(_LATER, {**values, "first_s": FIRST_PAUSE_S, "longest_s": LONGEST_PAUSE_S})
        run.execute(_OFF, {"id": taken.webhook, "problem": reason, "at_once": gone, "fails_for": FAILS_FOR})


def replay(db: Session, webhook: uuid.UUID, delivery: uuid.UUID) -> int:
    """Send it (again), at once and under the same id; returns 0 while it is being sent. NotFound where it is none."""
    if not db.scalar(_EXISTS, {"webhook": webhook, "id": delivery}):
        raise NotFound("delivery")
    return int(db.scalar(_REPLAY, {"webhook": webhook, "id": delivery, "since": None, "test": TEST}) or 0)


def replay_since(db: Session, webhook: uuid.UUID, since: datetime) -> int:
    """The same of everything since then; returns how many."""
    return int(db.scalar(_REPLAY, {"webhook": webhook, "id": None, "since": since, "test": TEST}) or 0)


def begin_test(db: Session, webhook: uuid.UUID) -> uuid.UUID:
    """Write a delivery that tells nothing, held by this process."""
    made = uuid.uuid4()
    db.execute(_TEST, {"id": made, "webhook": webhook, "test": TEST, "lease_s": LEASE_S})
    return made


def taken(db: Session, delivery: uuid.UUID) -> Taken:
    """A delivery that this process holds already."""
    return Taken(*db.execute(_ONE, {"id": delivery}).one())


def told(
    db: Session,
    webhook: uuid.UUID,
    limit: int,
    state: str | None = None,
    before: tuple[datetime, uuid.UUID] | None = None,
) -> list[Told]:
    """What an endpoint was, is or will be told, the newest first."""
    at, last = before or (None, None)
    values = {"webhook": webhook, "limit": limit, "state": state, "before": at, "before_id": last}
    return [Told(*row) for row in db.execute(_LIST, values)]


def purge(db: Session, age: timedelta) -> int:
    """Remove what ended longer ago than `age`; returns how many."""
    return len(list(db.scalars(_FORGET, {"age": age})))
