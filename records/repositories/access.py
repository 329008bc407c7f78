"""What one user may see of one candidate, resolved when asked and never stored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text, Uuid

from records.rights import covers, gives

_OWNED = text(
    f"""
    SELECT DISTINCT a.id FROM applications a JOIN shares s ON s.user_id = :user AND {gives("s", "a")}
    WHERE a.candidate_id = :candidate
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("candidate", type_=Uuid))

_THROUGH = text(
    f"""
    SELECT p.id, p.name FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
    WHERE m.candidate_id = :candidate AND m.left_at IS NULL
      AND EXISTS (SELECT FROM tracking t WHERE t.user_id = :user AND {covers("t", "p")})
    ORDER BY p.name, p.id
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("candidate", type_=Uuid))

# Of each pool what it asks of the people it shows now (`criteria` may be newer), from the highest tracked pool
# downwards: what those above that one ask, a tracker is not told.
_ASKED_TAGS = text(
    f"""
    SELECT DISTINCT key FROM pools p
    CROSS JOIN LATERAL (
        SELECT min(array_position(p.live_ancestors, t.pool_id)) AS depth FROM tracking t
        WHERE t.user_id = :user AND {covers("t", "p")}) tracked
    CROSS JOIN LATERAL jsonb_array_elements(p.live_chain) WITH ORDINALITY AS asked(criteria, depth)
    CROSS JOIN LATERAL jsonb_array_elements_text(
        coalesce(asked.criteria -> 'tags' -> 'any', '[]') || coalesce(asked.criteria -> 'tags' -> 'all', '[]')) AS key
    WHERE p.id = ANY(:pools) AND asked.depth >= tracked.depth
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("pools", type_=ARRAY(Uuid)))

_POSITION_SHARED = text(
    "SELECT EXISTS (SELECT FROM shares WHERE user_id = :user AND position_id = :position AND revoked_at IS NULL)"
).bindparams(bindparam("user", type_=Uuid), bindparam("position", type_=Uuid))

_REASONS = text(
    f"""
    SELECT DISTINCT r.key FROM shares s
    JOIN applications a ON {gives("s", "a")} JOIN rejection_reasons r ON r.id = a.rejection_reason_id
    JOIN candidates c ON c.id = a.candidate_id AND c.deleted_at IS NULL
    WHERE s.user_id = :user
    """
).bindparams(bindparam("user", type_=Uuid))

# All that makes a hiring manager see somebody, in one statement because every search of theirs begins with it.
# `top`: nothing tracked lies above it in which all of its people are, too. Of a pool whose people are those of other
# criteria than are asked now (`settled`), or are kept as last known, nobody can say that.
_RIGHTS = text(
    f"""
    WITH covered AS MATERIALIZED (
        SELECT DISTINCT p.id, p.live_ancestors, p.live_generation, p.frozen,
               p.live_generation = p.generation AND NOT p.frozen AS settled
        FROM tracking t
        JOIN pools p ON {covers("t", "p")}
        WHERE t.user_id = :user AND p.deleted_at IS NULL
    )
    SELECT 'pool' AS what, c.id::text, c.live_generation, c.frozen,
           NOT (c.settled AND EXISTS (
               SELECT FROM covered o WHERE o.id <> c.id AND o.id = ANY(c.live_ancestors) AND o.settled)) AS top
    FROM covered c
    UNION ALL
    SELECT CASE WHEN application_id IS NULL THEN 'position' ELSE 'application' END,
           coalesce(application_id, position_id)::text, 0, false, false
    FROM shares WHERE user_id = :user AND revoked_at IS NULL
    ORDER BY id
    """
).bindparams(bindparam("user", type_=Uuid))

_FOLDERS = text(
    "SELECT id, live_generation, frozen, false AS top FROM pools"
    " WHERE id = ANY(:pools) AND deleted_at IS NULL ORDER BY id"
).bindparams(bindparam("pools", type_=ARRAY(Uuid)))

_CHAINS = text(
    "SELECT id, live_generation, live_chain FROM pools WHERE id = ANY(:pools) AND deleted_at IS NULL"
).bindparams(bindparam("pools", type_=ARRAY(Uuid)))

_LAST_KNOWN = text(
    "SELECT candidate_id::text FROM matches WHERE pool_id = :pool AND generation = :generation AND left_at IS NULL"
    " ORDER BY candidate_id"
).bindparams(bindparam("pool", type_=Uuid))

# The two ways to see the person `c`, each said once: an application or its position was shared, or a tracked pool shows
# them. With LIMIT 1, because an EXISTS may be planned as a look at everybody the user sees: 9 ms for a page of 20
# instead of 2 (measured, 16,000 people in 20 pools).
IS_SHARED = f"""coalesce((
    SELECT true FROM applications a JOIN shares s ON s.user_id = :user AND {gives("s", "a")}
    WHERE a.candidate_id = c.id LIMIT 1), false)"""
IS_IN_A_TRACKED_POOL = f"""coalesce((
    SELECT true FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    JOIN tracking w ON w.user_id = :user AND {covers("w", "p")}
    WHERE m.candidate_id = c.id AND m.left_at IS NULL LIMIT 1), false)"""

# Tags among these that somebody carries, themselves or through a place in them, whom the user sees. Where more than a
# few carry one, most often one of those few is seen; else it is those the user sees who are looked through.
_FEW = 200
_CARRIED = text(
    f"""
    SELECT t.key FROM tags t
    CROSS JOIN LATERAL (
        SELECT array_agg(below.id) AS ids FROM tags below
        WHERE below.id = t.id OR (t.kind = 'location' AND below.lineage @> ARRAY[t.key])) named
    WHERE t.key = ANY(:keys) AND CASE
        WHEN EXISTS (
            SELECT FROM (
                SELECT candidate_id AS id FROM candidate_tags WHERE tag_id = ANY(named.ids) LIMIT {_FEW}) few
            JOIN candidates c ON c.id = few.id AND c.deleted_at IS NULL
            WHERE {IS_SHARED} OR {IS_IN_A_TRACKED_POOL}) THEN true
        WHEN (SELECT count(*) FROM (
            SELECT FROM candidate_tags WHERE tag_id = ANY(named.ids) LIMIT {_FEW} + 1) carriers) <= {_FEW} THEN false
        ELSE EXISTS (
            SELECT FROM (
                SELECT m.candidate_id FROM tracking w
                JOIN pools p ON {covers("w", "p")} AND p.deleted_at IS NULL
                JOIN matches m ON m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL
                WHERE w.user_id = :user
                UNION ALL
                SELECT a.candidate_id FROM shares s JOIN applications a ON {gives("s", "a")} WHERE s.user_id = :user
            ) seen
            JOIN candidates c ON c.id = seen.candidate_id AND c.deleted_at IS NULL
            JOIN candidate_tags ct ON ct.candidate_id = c.id AND ct.tag_id = ANY(named.ids))
        END
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("keys", type_=ARRAY(Text)))

# What a page of people shows, of those the reader still sees, in one statement: a search may have found somebody a
# moment before the right to see them, or they themselves, went. OFFSET 0 keeps the rule from being looked up twice.
_STILL_SEEN = text(
    f"""
    SELECT c.id, c.name, c.headline, c.years_experience, c.version, c.created_at, c.updated_at, c.profile_at,
           carried.skills, carried.locations, seen.owned
    FROM candidates c
    CROSS JOIN LATERAL (SELECT :everything OR {IS_SHARED} AS owned OFFSET 0) seen
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(t.name ORDER BY t.name, t.key) FILTER (WHERE t.kind = 'skill'), '{{}}') AS skills,
               coalesce(array_agg(t.name ORDER BY t.name, t.key) FILTER (WHERE t.kind <> 'skill'), '{{}}') AS locations
        FROM candidate_tags ct JOIN tags t ON t.id = ct.tag_id
        WHERE ct.candidate_id = c.id AND t.kind IN ('skill', 'location')) carried
    WHERE c.id = ANY(:ids) AND c.deleted_at IS NULL AND (seen.owned OR {IS_IN_A_TRACKED_POOL})
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class FolderState:
    """A pool as a folder: the generation shown.

    `frozen`: that generation cannot be asked, and whoever is in it stays as last known.
    """

    id: uuid.UUID
    live_generation: int
    frozen: bool
    top: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """What the people a pool shows were asked: its criteria from the root down, and of which generation they are."""

    live_generation: int
    criteria: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rights:
    """What makes a user see people: applications and positions shared with them, and pools, all in order of their ids.

    Ids of shares are texts, as the engine's filters take them.
    `folders` are the pools they track and those below them, as far as they show anybody yet.
    """

    applications: list[str]
    positions: list[str]
    folders: list[FolderState]


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """A person as a list shows them, with the names of their skills and places."""

    id: uuid.UUID
    name: str
    headline: str
    years_experience: int | None
    version: int
    created_at: datetime
    updated_at: datetime
    profile_at: datetime
    skills: list[str]
    locations: list[str]
    owned: bool


@dataclass(frozen=True, slots=True)
class Through:
    """A tracked pool that a candidate is in."""

    id: uuid.UUID
    name: str


def owned_applications(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> set[uuid.UUID]:
    """The candidate's applications that were shared with the user, themselves or through their position."""
    return set(db.scalars(_OWNED, {"user": user, "candidate": candidate}))


def tracked_pools_of(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> list[Through]:
    """The pools through which the user may look at the candidate."""
    return [Through(*row) for row in db.execute(_THROUGH, {"user": user, "candidate": candidate})]


def asked_tags(db: Session, user: uuid.UUID, through: Sequence[Through]) -> set[str]:
    """The keys of the tags that these pools ask people to have, or those above them up to one the user tracks."""
    return set(db.scalars(_ASKED_TAGS, {"user": user, "pools": [pool.id for pool in through]}))


def rights_of(db: Session, user: uuid.UUID) -> Rights:
    """Everything that is shared with the user or shown to them by a pool now."""
    rights = Rights([], [], [])
    for what, id_, *state in db.execute(_RIGHTS, {"user": user}).all():
        if what == "pool":
            rights.folders.append(FolderState(uuid.UUID(id_), *state))
        else:
            (rights.applications if what == "application" else rights.positions).append(id_)
    return rights


def folders(db: Session, pools: Sequence[uuid.UUID]) -> list[FolderState]:
    """Those of these pools that there are, whoever asks."""
    return [FolderState(*row) for row in db.execute(_FOLDERS, {"pools": list(pools)})] if pools else []


def chains(db: Session, pools: Sequence[uuid.UUID]) -> dict[uuid.UUID, Chain]:
    """What each of these pools asks, as far as they are still there."""
    rows = db.execute(_CHAINS, {"pools": list(pools)}).all() if pools else []
    return {id_: Chain(generation, criteria) for id_, generation, criteria in rows}


def last_known(db: Session, pool: uuid.UUID, generation: int) -> tuple[str, ...]:
    """The ids of the people in a pool under this generation."""
    return tuple(db.scalars(_LAST_KNOWN, {"pool": pool, "generation": generation}))


def carried_by_seen(db: Session, user: uuid.UUID, keys: Sequence[str]) -> set[str]:
    """Those of these tags that somebody carries whom the user sees."""
    return set(db.scalars(_CARRIED, {"user": user, "keys": list(keys)})) if keys else set()


def reasons_seen(db: Session, user: uuid.UUID) -> set[str]:
    """The keys of the reasons that applications ended for which were shared with the user."""
    return set(db.scalars(_REASONS, {"user": user}))


def still_seen(
    db: Session, user: uuid.UUID, ids: Sequence[uuid.UUID], *, everything: bool
) -> dict[uuid.UUID, SeenPerson]:
    """Those among `ids` that are still here and that the user still sees, by id."""
    if not ids:
        return {}
    rows = db.execute(_STILL_SEEN, {"user": user, "ids": list(ids), "everything": everything}).all()
    return {person.id: person for person in (SeenPerson(*row) for row in rows)}


def position_is_shared(db: Session, user: uuid.UUID, position: uuid.UUID) -> bool:
    """Whether the whole position was shared with the user."""
    return bool(db.scalar(_POSITION_SHARED, {"user": user, "position": position}))
