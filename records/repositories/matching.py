"""Storing matches: read what is there under the lock, write the difference, swap generations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Uuid

from records import arrays
from records.locks import GATE
from records.outbox import Notices
from records.rights import covers

_UUIDS = ARRAY(Uuid)

# The gate is passed before the first row is locked (the scalar subquery is evaluated once, before the scan), and
# rows are locked in one order: two matchers and a registration can never wait for each other in a circle.
_LOCK_PROGRESS = text(
    f"""
    WITH gate AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared({GATE}))
    SELECT candidate_id, matched_version FROM candidate_progress
    WHERE (SELECT count(*) FROM gate) = 1 AND candidate_id = ANY(:ids)
    ORDER BY candidate_id FOR UPDATE
    """
).bindparams(bindparam("ids", type_=_UUIDS))

# A generation whose stored queries are broken, or were taken out, is no generation here (0): nobody enters it, and
# nobody leaves it but the deleted.
_STATE = text(
    f"""
    WITH found AS MATERIALIZED (
        SELECT id, ancestors, live_ancestors, created_at, generation_at,
               CASE WHEN broken_reason IS NULL THEN generation ELSE 0 END AS generation,
               CASE WHEN frozen THEN 0 ELSE live_generation END AS live_generation
        FROM pools
        WHERE (generation = ANY(CAST(:generations AS bigint[]))
               OR live_generation = ANY(CAST(:generations AS bigint[])))
          AND deleted_at IS NULL
    )
    SELECT 'epoch' AS what, NULL::uuid AS a, NULL::uuid AS b, pool_epoch AS x, 0::bigint AS y,
           NULL::timestamptz AS first_at, NULL::timestamptz AS at
    FROM registry
    UNION ALL
    SELECT 'pool', id, NULL, generation, live_generation, created_at, generation_at FROM found
    UNION ALL
    (SELECT 'webhook', NULL, NULL, 0, 0, NULL, NULL FROM webhooks WHERE active LIMIT 1)
    UNION ALL
    SELECT 'tracker', f.id, t.user_id, 0, 0, NULL, NULL FROM found f
    JOIN tracking t ON {covers("t", "f")}
    JOIN users u ON u.id = t.user_id AND u.active AND u.role <> 'analyst'
    WHERE NOT EXISTS (SELECT FROM mutes q WHERE q.user_id = t.user_id AND q.pool_id = ANY(f.ancestors))
    UNION ALL
    SELECT 'match', m.candidate_id, m.pool_id, m.generation, p.live_generation, NULL, NULL FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.deleted_at IS NULL
    JOIN candidates c ON c.id = m.candidate_id
    WHERE m.candidate_id = ANY(CAST(:candidates AS uuid[])) AND m.left_at IS NULL
      AND (NOT (p.frozen AND m.generation = p.live_generation) OR c.deleted_at IS NOT NULL)
    """
)

# With it, up to which version these candidates' matches are stored then; their progress is locked already.
_ENTER = text(
    """
    WITH progressed AS (
        UPDATE candidate_progress p SET matched_version = v.version
        FROM unnest(:progressed, :progress) AS v(id, version) WHERE p.candidate_id = v.id
    )
    INSERT INTO matches (candidate_id, pool_id, generation, candidate_version, arrived)
    SELECT * FROM unnest(CAST(:candidates AS uuid[]), CAST(:pools AS uuid[]), CAST(:generations AS bigint[]),
                         CAST(:versions AS bigint[]), CAST(:arrived AS boolean[]))
    ON CONFLICT (candidate_id, pool_id, generation) DO UPDATE
    SET left_at = NULL, matched_at = clock_timestamp(), candidate_version = excluded.candidate_version,
        arrived = excluded.arrived
    """
).bindparams(bindparam("progressed", type_=_UUIDS), bindparam("progress", type_=ARRAY(BigInteger)))

_LEAVE = text(
    """
    UPDATE matches m SET left_at = clock_timestamp(), candidate_version = gone.version
    FROM unnest(:candidates, :pools, :generations, :versions) AS gone(candidate, pool, generation, version)
    WHERE m.candidate_id = gone.candidate AND m.pool_id = gone.pool AND m.generation = gone.generation
    """
).bindparams(
    bindparam("candidates", type_=_UUIDS),
    bindparam("pools", type_=_UUIDS),
    bindparam("generations", type_=ARRAY(BigInteger)),
    bindparam("versions", type_=ARRAY(BigInteger)),
)

# People found by the back-fill's search, under their progress locks. Someone whose stored matches are already
# newer than what the search saw was, or will be, matched with the new generation by percolation itself.
# Who counts as arrived: percolators/diff.py says it in words.
_FILL = text(
    """
    INSERT INTO matches (candidate_id, pool_id, generation, candidate_version, arrived)
    SELECT c.id, p.id, p.generation, found.version,
           c.created_at > CASE WHEN g.matched_version = 0 THEN p.created_at ELSE p.generation_at END
    FROM unnest(:candidates, :versions, :pools, :generations) AS found(candidate, version, pool, generation)
    JOIN candidates c ON c.id = found.candidate AND c.deleted_at IS NULL
    JOIN candidate_progress g ON g.candidate_id = c.id AND g.matched_version <= found.version
    JOIN pools p ON p.id = found.pool AND p.generation = found.generation AND p.deleted_at IS NULL
    ON CONFLICT DO NOTHING
    """
).bindparams(
    bindparam("candidates", type_=_UUIDS),
    bindparam("versions", type_=ARRAY(BigInteger)),
    bindparam("pools", type_=_UUIDS),
    bindparam("generations", type_=ARRAY(BigInteger)),
)

# Pools that were never shown: nothing to carry over and nobody to leave, so many go live in one statement each.
_LOCK_FIRST = text(
    """
    SELECT p.id, p.generation FROM unnest(:pools, :generations) AS born(pool, generation)
    JOIN pools p ON p.id = born.pool AND p.generation = born.generation AND p.live_generation = 0
    WHERE p.deleted_at IS NULL AND p.broken_reason IS NULL ORDER BY p.id FOR NO KEY UPDATE OF p
    """
).bindparams(bindparam("pools", type_=_UUIDS), bindparam("generations", type_=ARRAY(BigInteger)))

_FIRST_ARRIVED = text(
    """
    SELECT n.pool_id, n.candidate_id, n.candidate_version, c.created_by, c.batch_id,
           coalesce(b.notices, 'each') AS notices
    FROM unnest(:pools, :generations) AS born(pool, generation)
    JOIN matches n ON n.pool_id = born.pool AND n.generation = born.generation AND n.left_at IS NULL AND n.arrived
    JOIN candidates c ON c.id = n.candidate_id AND c.deleted_at IS NULL
    LEFT JOIN import_batches b ON b.id = c.batch_id
    """
).bindparams(bindparam("pools", type_=_UUIDS), bindparam("generations", type_=ARRAY(BigInteger)))

# What the live generation asks is read here, under the lock and with the generation compared: an edit above draws a
# new generation of every pool below it in its own commit, so these are the criteria that were registered.
_CHAIN = (
    "(SELECT jsonb_agg(a.criteria ORDER BY array_position(p.ancestors, a.id))"
    " FROM pools a WHERE a.id = ANY(p.ancestors))"
)

_FIRST_LIVE = text(
    "UPDATE pools p SET live_generation = generation, live_ancestors = ancestors,"
    f" live_chain = {_CHAIN} WHERE id = ANY(:pools)"
).bindparams(bindparam("pools", type_=_UUIDS))

_LOCK_POOL = text(
    "SELECT live_generation FROM pools WHERE id = :pool AND generation = :generation AND deleted_at IS NULL"
    " AND broken_reason IS NULL FOR UPDATE"
).bindparams(bindparam("pool", type_=Uuid))

_ARRIVED = text(
    """
    SELECT n.candidate_id, n.candidate_version, c.created_by, c.batch_id, coalesce(b.notices, 'each') AS notices
    FROM matches n JOIN candidates c ON c.id = n.candidate_id AND c.deleted_at IS NULL
    LEFT JOIN import_batches b ON b.id = c.batch_id
    WHERE n.pool_id = :pool AND n.generation = :generation AND n.left_at IS NULL AND n.arrived
      AND NOT EXISTS (SELECT FROM matches o WHERE o.candidate_id = n.candidate_id AND o.pool_id = n.pool_id
                      AND o.generation = :live AND o.left_at IS NULL)
    """
).bindparams(bindparam("pool", type_=Uuid))

_KEEP_SINCE = text(
    """
    UPDATE matches n SET matched_at = o.matched_at FROM matches o
    WHERE n.pool_id = :pool AND n.generation = :generation AND n.left_at IS NULL
      AND o.candidate_id = n.candidate_id AND o.pool_id = n.pool_id AND o.generation = :live AND o.left_at IS NULL
    """
).bindparams(bindparam("pool", type_=Uuid))

_DROP_CARRIED = text(
    """
    DELETE FROM matches o USING matches n
    WHERE o.pool_id = :pool AND o.generation = :live AND o.left_at IS NULL
      AND n.candidate_id = o.candidate_id AND n.pool_id = o.pool_id AND n.generation = :generation
      AND n.left_at IS NULL
    """
).bindparams(bindparam("pool", type_=Uuid))

_LEAVE_OLD = text(
    "UPDATE matches SET left_at = clock_timestamp()"
    " WHERE pool_id = :pool AND generation = :live AND left_at IS NULL RETURNING candidate_id"
).bindparams(bindparam("pool", type_=Uuid))

# Generations that were overtaken before they went live: nobody ever saw those matches, so nobody left.
_DROP_UNSEEN = text(
    "DELETE FROM matches WHERE pool_id = :pool AND generation NOT IN (:generation, :live) AND left_at IS NULL"
).bindparams(bindparam("pool", type_=Uuid))

_GO_LIVE = text(
    "UPDATE pools p SET live_generation = generation, live_ancestors = ancestors, frozen = false,"
    f" live_chain = {_CHAIN} WHERE id = :pool"
).bindparams(bindparam("pool", type_=Uuid))

_EMPTY = text(
    "UPDATE matches SET left_at = clock_timestamp() WHERE pool_id = :pool AND left_at IS NULL RETURNING candidate_id"
).bindparams(bindparam("pool", type_=Uuid))

_FOLDER = text(
    """
    SELECT m.candidate_id, c.name, c.headline, m.matched_at FROM pools p
    JOIN matches m ON m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL
    JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
    WHERE p.id = :pool AND p.deleted_at IS NULL
      AND (m.matched_at, m.candidate_id) < (CAST(:before AS timestamptz), CAST(:before_id AS uuid))
    ORDER BY m.matched_at DESC, m.candidate_id DESC LIMIT :limit
    """
).bindparams(bindparam("pool", type_=Uuid))

_POOLS_OF = text(
    """
    SELECT p.id, p.name, m.matched_at FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    WHERE m.candidate_id = :candidate AND m.left_at IS NULL ORDER BY p.name, p.id
    """
).bindparams(bindparam("candidate", type_=Uuid))


# After whatever happens.
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PoolState:
    """A pool that may be matched now: the generations wanted and shown (0: that one cannot be matched), when it was
    first asked, and since when it is asked as now."""

    generation: int
    live_generation: int
    created_at: datetime
    generation_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """A match as stored: under which generation, and whether readers see that one."""

    candidate: uuid.UUID
    pool: uuid.UUID
    generation: int
    live: bool


@dataclass(frozen=True, slots=True)
class State:
    """What storing matches has to know, read after the locks were taken."""

    epoch: int
    pools: dict[uuid.UUID, PoolState]
    trackers: dict[uuid.UUID, list[uuid.UUID]]
    standing: list[Standing]
    # Whether another system wants to hear of who comes and goes.
    heard: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A person enters a pool under a generation."""

    candidate: uuid.UUID
    pool: uuid.UUID
    generation: int
    version: int
    arrived: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """A person whom the back-fill's search found for a generation of a pool, at this version."""

    candidate: uuid.UUID
    version: int
    pool: uuid.UUID
    generation: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person who came while their pool was being registered, told of when it goes live."""

    candidate: uuid.UUID
    version: int
    actor: uuid.UUID | None
    batch: uuid.UUID | None
    notices: Notices


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A person in a pool's folder, and since when."""

    candidate: uuid.UUID
    name: str
    headline: str
    matched_at: datetime


def lock_progress(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Pass the gate shared and hold these candidates' matches; returns the version each is matched up to."""
    return {row.candidate_id: row.matched_version for row in db.execute(_LOCK_PROGRESS, {"ids": list(ids)})}


def state(db: Session, candidates: Sequence[uuid.UUID], generations: Sequence[int]) -> State:
    """The epoch, the pools that want or show these generations with their trackers, and the standing matches."""
    epoch = 0
    known: dict[uuid.UUID, PoolState] = {}
    trackers: dict[uuid.UUID, list[uuid.UUID]] = {}
    standing: list[Standing] = []
    heard = False
    for what, a, b, x, y, first_at, at in db.execute(
        _STATE, {"candidates": arrays.uuids(candidates), "generations": arrays.numbers(generations)}
    ):
        if what == "match":
            standing.append(Standing(a, b, x, live=x == y))
        elif what == "pool":
            known[a] = PoolState(x, y, first_at, at)
        elif what == "tracker":
            trackers.setdefault(a, []).append(b)
        elif what == "webhook":
            heard = True
        else:
            epoch = x
    return State(epoch, known, trackers, standing, heard)


def enter(db: Session, entries: Sequence[Entry], versions: dict[uuid.UUID, int]) -> None:
    """Store entries, and that these candidates' matches are stored up to these versions.

    Someone who had left the same generation is in again from now.
    """
    db.execute(
        _ENTER,
        {
            "progressed": list(versions),
            "progress": list(versions.values()),
            "candidates": arrays.uuids(entry.candidate for entry in entries),
            "pools": arrays.uuids(entry.pool for entry in entries),
            "generations": arrays.numbers(entry.generation for entry in entries),
            "versions": arrays.numbers(entry.version for entry in entries),
            "arrived": arrays.truths(entry.arrived for entry in entries),
        },
    )


def leave(db: Session, gone: Sequence[Standing], versions: dict[uuid.UUID, int]) -> None:
    """End standing matches as of these candidate versions."""
    if gone:
        db.execute(
            _LEAVE,
            {
                "candidates": [match.candidate for match in gone],
                "pools": [match.pool for match in gone],
                "generations": [match.generation for match in gone],
                "versions": [versions[match.candidate] for match in gone],
            },
        )


def fill(db: Session, found: Sequence[Filled]) -> None:
    """Store people found by search as matches of generations that are not live yet."""
    lock_progress(db, sorted({row.candidate for row in found}))
    db.execute(
        _FILL,
        {
            "candidates": [row.candidate for row in found],
            "versions": [row.version for row in found],
            "pools": [row.pool for row in found],
            "generations": [row.generation for row in found],
        },
    )


def go_live_first(
    db: Session, born: Sequence[tuple[uuid.UUID, int]]
) -> tuple[set[uuid.UUID], list[tuple[uuid.UUID, Arrival]]]:
    """Show pools (id, generation) that were never shown before: which are shown, and who arrived in them meanwhile.

    The caller has passed the gate alone. A pool that was changed, broken or deleted since is left out.
    """
    asked = {"pools": [pool for pool, _ in born], "generations": [generation for _, generation in born]}
    held = db.execute(_LOCK_FIRST, asked).all()
    parameters = {"pools": [row.id for row in held], "generations": [row.generation for row in held]}
    arrivals = [(row[0], Arrival(*row[1:])) for row in db.execute(_FIRST_ARRIVED, parameters)]
    db.execute(_FIRST_LIVE, {"pools": parameters["pools"]})
    return set(parameters["pools"]), arrivals


def go_live(db: Session, pool: uuid.UUID, generation: int) -> tuple[list[Arrival], list[uuid.UUID]] | None:
    """Swap the pool to `generation`: who arrived meanwhile, and who is no longer in. None if it was changed again.

    None also for a generation that broke before it was seen: what was live stays. The caller has passed the gate
    alone. Those in under both generations keep their `matched_at`.
    """
    live = db.scalar(_LOCK_POOL, {"pool": pool, "generation": generation})
    if live is None:
        return None
    parameters = {"pool": pool, "generation": generation, "live": live}
    if live == generation:
        return [], []
    arrivals = [Arrival(*row) for row in db.execute(_ARRIVED, parameters)]
    gone: list[uuid.UUID] = []
    if live > 0:
        db.execute(_KEEP_SINCE, parameters)
        db.execute(_DROP_CARRIED, parameters)
        gone = list(db.scalars(_LEAVE_OLD, parameters))
    db.execute(_DROP_UNSEEN, parameters)
    db.execute(_GO_LIVE, {"pool": pool})
    return arrivals, gone


def empty(db: Session, pool: uuid.UUID) -> list[uuid.UUID]:
    """End every match of a deleted pool; returns who was in."""
    return list(db.scalars(_EMPTY, {"pool": pool}))


def folder(
    db: Session, pool: uuid.UUID, limit: int, before: tuple[datetime, uuid.UUID] | None = None
) -> list[FolderRow]:
    """A page of the people in a pool, newest entry first."""
    at, candidate = before or (NEVER, uuid.UUID(int=0))
    rows = db.execute(_FOLDER, {"pool": pool, "limit": limit, "before": at, "before_id": candidate})
    return [FolderRow(*row) for row in rows]


def pools_of(db: Session, candidate: uuid.UUID) -> list[tuple[uuid.UUID, str, datetime]]:
    """The pools a candidate is in, by name, and since when."""
    return [(row.id, row.name, row.matched_at) for row in db.execute(_POOLS_OF, {"candidate": candidate})]
