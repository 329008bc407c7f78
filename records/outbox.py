"""The outbox: written with every change, claimed with SKIP LOCKED, deleted when done.

Claiming is two steps on purpose. The first counts the attempt in a commit that need not reach the disk (losing it
to a crash costs nothing); the second takes the row locks for as long as the work lasts. A worker that is killed
therefore gives its rows back within a second, and a row whose worker dies every time is still counted, tried alone
so that it takes nobody with it, and in the end set aside.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Uuid

from records.database import session, statement

Kind = Literal["candidate", "pool"]
# "follow": as whatever else happened to the person at that time, else as "each". For what not every reader may know
# of, so that nobody can tell from a bell that it happened.
Notices = Literal["each", "follow", "summary", "silent"]

# Ten attempts that failed for reasons of the row itself: with the pauses below about a quarter of an hour.
MAX_ATTEMPTS = 10
MAX_PAUSE_S = 300
# A row tried this often without an end may be what ends its worker: from here on it is claimed alone, so that the
# rows around it are not counted out with it.
SUSPECT_AFTER = 3
# A part that is away is asked again after this long at most, give or take a quarter: long against what asking costs a
# part that is on its knees, short against what somebody waits. The first success brings all others forward (`hurry`).
MAX_OUTAGE_PAUSE_S = 15.0
# Rows brought forward at once; those beyond are due within the pause above in any case.
HURRIED = 10_000
# Between the two steps of a claim nothing is locked; for this long nobody else counts the rows as tried. Long
# against the milliseconds that lie between them, and as short as the sweep that finds the rows of a killed worker.
CLAIM_S = 1.0

_IDS = bindparam("ids", type_=ARRAY(BigInteger))

_ENQUEUE = text(
    "INSERT INTO outbox (kind, entity_id, actor_id, batch_id, notices)"
    " SELECT :kind, id, :actor, :batch, :notices FROM unnest(:entities) AS id"
).bindparams(bindparam("entities", type_=ARRAY(Uuid)), bindparam("actor", type_=Uuid), bindparam("batch", type_=Uuid))

# "each" and "follow" sort before "silent" and "summary": somebody waits for those, and no import holds them up.
_COUNT_ATTEMPT = text(
    "WITH unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))"
    " UPDATE outbox SET attempts = attempts + 1, due_at = clock_timestamp() + make_interval(secs => :claim)"
    " WHERE (SELECT count(*) FROM unhurried) = 1 AND id IN ("
    " SELECT id FROM outbox WHERE kind = :kind AND dead_at IS NULL AND due_at <= clock_timestamp()"
    " AND attempts >= :at_least AND attempts < :below"
    " ORDER BY notices, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING id"
)

_SET_ASIDE = text(
    "UPDATE outbox SET dead_at = clock_timestamp(),"
    " error = coalesce(error, 'The worker ended each time before it could say why.') WHERE id IN ("
    " SELECT id FROM outbox WHERE kind = :kind AND dead_at IS NULL AND due_at <= clock_timestamp()"
    " AND attempts >= :max_attempts FOR UPDATE SKIP LOCKED)"
)

# With all that waits for the same person or pool: it is worked off in one go, and whoever had a hand in it counts,
# however the rows were dealt out. What was set aside, too: once somebody got through, nothing is left to be set right,
# and those who were to be told are told.
TAKE = (
    "SELECT id, entity_id, actor_id, batch_id, notices, attempts FROM outbox"
    " WHERE (kind, entity_id) IN (SELECT kind, entity_id FROM outbox WHERE id = ANY(:ids))"
    " ORDER BY id FOR UPDATE SKIP LOCKED"
)
_TAKE = text(TAKE).bindparams(_IDS)

# Both steps of a claim in one, without counting the attempt: whoever wrote the rows tries them first, once.
TAKE_OF = (
    "SELECT id, entity_id, actor_id, batch_id, notices, attempts FROM outbox"
    " WHERE kind = :kind AND entity_id = ANY(:entities) ORDER BY id FOR UPDATE SKIP LOCKED"
)

_DONE = text("DELETE FROM outbox WHERE id = ANY(:ids)").bindparams(_IDS)

_FAILED = text(
    "UPDATE outbox SET error = :error,"
    " due_at = clock_timestamp() + make_interval(secs => least(:max_pause, power(2, attempts)::int)),"
    " dead_at = CASE WHEN attempts >= :max_attempts THEN clock_timestamp() END"
    " WHERE id = ANY(:ids) AND dead_at IS NULL"
).bindparams(_IDS)

# Rows that somebody else holds by now are left to them. The pause doubles each time, and differs from row to row, so
# that what was turned away together does not come back together.
_POSTPONED = text(
    "UPDATE outbox SET attempts = greatest(attempts - 1, 0), error = :error, postponed = least(postponed + 1, 30),"
    " due_at = clock_timestamp() + make_interval(secs => (0.75 + random() / 2)"
    " * least(greatest(:most, :pause), :pause * power(2, least(postponed, 20))))"
    " WHERE id IN (SELECT id FROM outbox WHERE id = ANY(:ids) AND dead_at IS NULL FOR UPDATE SKIP LOCKED)"
).bindparams(_IDS)

_HURRY = text(
    "UPDATE outbox SET due_at = clock_timestamp(), postponed = 0 WHERE id IN ("
    " SELECT id FROM outbox WHERE kind = :kind AND dead_at IS NULL AND postponed > 0"
    " ORDER BY notices, due_at, id LIMIT :limit FOR UPDATE SKIP LOCKED) RETURNING id"
)

_BACKLOG = text(
    "SELECT kind, count(*) FILTER (WHERE dead_at IS NULL) AS waiting,"
    " count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,"
    " coalesce(extract(epoch FROM clock_timestamp() - min(created_at) FILTER (WHERE dead_at IS NULL)), 0) AS oldest_s"
    " FROM outbox GROUP BY kind"
)

_IS_DUE = text(
    "SELECT EXISTS (SELECT FROM outbox WHERE kind = :kind AND dead_at IS NULL AND due_at <= clock_timestamp())"
)

_REVIVE = text(
    "UPDATE outbox SET dead_at = NULL, attempts = 0, postponed = 0, due_at = clock_timestamp()"
    " WHERE dead_at IS NOT NULL AND (CAST(:entities AS uuid[]) IS NULL OR entity_id = ANY(:entities))"
    " RETURNING entity_id"
).bindparams(bindparam("entities", type_=ARRAY(Uuid)))

_DEAD = text(
    "SELECT entity_id, kind, max(attempts) AS attempts, min(created_at) AS since, max(dead_at) AS set_aside_at,"
    " coalesce((array_agg(error ORDER BY dead_at DESC))[1], '') AS error"
    " FROM outbox WHERE dead_at IS NOT NULL AND entity_id > :after"
    " GROUP BY entity_id, kind ORDER BY entity_id LIMIT :limit"
).bindparams(bindparam("after", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Claimed:
    """One outbox row this worker holds."""

    id: int
    entity_id: uuid.UUID
    actor_id: uuid.UUID | None
    batch_id: uuid.UUID | None
    notices: Notices
    attempts: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much of one kind waits, how much was set aside, and the age of the oldest waiting row in seconds."""

    kind: Kind
    waiting: int
    dead: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A person or pool whose changes were set aside: since when they wait, and why they do."""

    id: uuid.UUID
    kind: Kind
    attempts: int
    since: datetime
    set_aside_at: datetime
    error: str


def enqueue(
    db: Session,
    kind: Kind,
    entities: Sequence[uuid.UUID],
    *,
    actor: uuid.UUID | None,
    batch: uuid.UUID | None = None,
    notices: Notices = "each",
) -> None:
    """Record, in the caller's own transaction, that these must reach the engine."""
    if entities:
        db.execute(
            _ENQUEUE,
            {"kind": kind, "entities": list(entities), "actor": actor, "batch": batch, "notices": notices},
        )


def count_attempt(kind: Kind, limit: int) -> list[int]:
    """First step of a claim: up to `limit` due rows, their attempt counted. Holds nothing afterwards.

    Where only suspects are due, one of them. One that has had all its attempts is set aside instead.
    """
    rows = {"kind": kind, "claim": CLAIM_S}
    bounds = {"at_least": SUSPECT_AFTER, "below": MAX_ATTEMPTS}
    with statement() as run:
        ordinary = {**rows, "limit": limit, "at_least": 0, "below": SUSPECT_AFTER}
        ids = list(run.execute(_COUNT_ATTEMPT, ordinary).scalars())
        if not ids:
            run.execute(_SET_ASIDE, {"kind": kind, "max_attempts": MAX_ATTEMPTS})
            ids = list(run.execute(_COUNT_ATTEMPT, {**rows, "limit": 1, **bounds}).scalars())
    return sorted(ids)


def take(db: Session, ids: Sequence[int]) -> list[Claimed]:
    """Second step: these rows and all others of the same people or pools, but for those that somebody else holds.

    Locked until this transaction ends.
    """
    return [Claimed(*row) for row in db.execute(_TAKE, {"ids": list(ids)})]


def done(db: Session, rows: Iterable[Claimed]) -> None:
    """Remove rows whose work is stored in this same transaction."""
    if ids := [row.id for row in rows]:
        db.execute(_DONE, {"ids": ids})


def failed(db: Session, rows: Iterable[Claimed], error: str) -> None:
    """The row itself is at fault: try later, each time after a longer pause, and in the end set it aside."""
    ids = [row.id for row in rows]
    parameters = {"ids": ids, "error": error[:2000], "max_pause": MAX_PAUSE_S, "max_attempts": MAX_ATTEMPTS}
    db.execute(_FAILED, parameters)


def postponed(ids: Sequence[int], error: str, pause_s: float) -> None:
    """A part is down: that is not the rows' fault, so the attempt is taken back.

    They rest for `pause_s`, each further time in a row twice as long as before, up to MAX_OUTAGE_PAUSE_S.
    """
    with session() as db:
        parameters = {"ids": list(ids), "error": error[:2000], "pause": pause_s, "most": MAX_OUTAGE_PAUSE_S}
        db.execute(_POSTPONED, parameters)
        db.commit()


def hurry(kind: Kind) -> int:
    """The part is back: what rests because of it is due now. Returns how many rows that were."""
    with session() as db:
        hurried = len(list(db.scalars(_HURRY, {"kind": kind, "limit": HURRIED})))
        db.commit()
    return hurried


def is_due(kind: Kind) -> bool:
    """Whether anything of this kind waits for its turn now."""
    with session() as db:
        return bool(db.scalar(_IS_DUE, {"kind": kind}))


def backlog(db: Session) -> list[Backlog]:
    """What waits and what was set aside, by kind; an absent kind has neither."""
    return [Backlog(row.kind, row.waiting, row.dead, float(row.oldest_s)) for row in db.execute(_BACKLOG)]


def dead_letters(db: Session, after: uuid.UUID, limit: int) -> list[DeadLetter]:
    """A page of what was set aside, by id."""
    return [DeadLetter(*row) for row in db.execute(_DEAD, {"after": after, "limit": limit})]


def revive(db: Session, entities: Sequence[uuid.UUID] | None = None) -> int:
    """Give what was set aside a fresh start, all of it or of these people and pools; returns how many they are."""
    chosen = None if entities is None else list(entities)
    return len(set(db.scalars(_REVIVE, {"entities": chosen})))
