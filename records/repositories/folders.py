"""Pools as whoever looks after them sees them: in the order of their folders, with what says how each of them does."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Integer, Text, Uuid

from records.rights import covers

# A folder that shows nearly everybody sorts nobody out. Of a handful of people that says nothing yet.
NEARLY_ALL = 0.9
FEWEST_PEOPLE = 20

# By the names from the root down, so that each folder is followed by what lies in it. Whoever asks for pools of one
# state has all of them measured, everybody else just those of the page.
_OVERVIEW = text(
    f"""
    WITH everybody AS MATERIALIZED (
        SELECT count(*) AS people FROM candidates WHERE deleted_at IS NULL
    ),
    found AS MATERIALIZED (
        SELECT p.id, p.parent_id, p.ancestors, p.live_ancestors, p.generation, p.live_generation, p.broken_reason,
               way.names, way.path
        FROM pools p
        CROSS JOIN LATERAL (
            SELECT array_agg(a.name ORDER BY array_position(p.ancestors, a.id)) AS names,
                   array_agg(lower(a.name) || chr(31) || a.id ORDER BY array_position(p.ancestors, a.id)) AS path
            FROM pools a WHERE a.id = ANY(p.ancestors)
        ) way
        WHERE p.deleted_at IS NULL AND strpos(lower(p.name), lower(:part)) > 0
          AND (CAST(:within AS uuid) IS NULL OR p.ancestors @> ARRAY[CAST(:within AS uuid)])
          AND (CAST(:after AS text[]) IS NULL OR way.path > CAST(:after AS text[]))
        ORDER BY way.path LIMIT CASE WHEN CAST(:health AS text) IS NULL THEN CAST(:limit AS int) END
    ),
    measured AS (
        SELECT f.*, inside.people, inside.lately, watching.trackers,
               CASE WHEN f.broken_reason IS NOT NULL THEN 'broken'
                    WHEN f.live_generation <> f.generation THEN 'filling'
                    WHEN NOT inside.ever THEN 'nobody'
                    WHEN everybody.people >= {FEWEST_PEOPLE} AND inside.people >= everybody.people * {NEARLY_ALL}
                        THEN 'everybody'
                    ELSE 'well' END AS health
        FROM found f CROSS JOIN everybody
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE m.left_at IS NULL AND c.deleted_at IS NULL) AS people,
                   count(*) FILTER (WHERE m.left_at IS NULL AND c.deleted_at IS NULL AND c.created_at >= :since)
                       AS lately,
                   count(m.pool_id) > 0 AS ever
            FROM matches m JOIN candidates c ON c.id = m.candidate_id
            WHERE m.pool_id = f.id AND m.generation = f.live_generation
        ) inside
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT t.user_id) AS trackers FROM tracking t
            JOIN users u ON u.id = t.user_id AND u.active
            WHERE {covers("t", "f")}
        ) watching
    )
    SELECT id, ancestors, names, path, people, lately, trackers, broken_reason, health FROM measured
    WHERE CAST(:health AS text) IS NULL OR health = :health
    ORDER BY path LIMIT :limit
    """
).bindparams(
    bindparam("part", type_=Text),
    bindparam("after", type_=ARRAY(Text)),
    bindparam("within", type_=Uuid),
    bindparam("health", type_=Text),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("limit", type_=Integer),
)

_TRACKERS = text(
    f"""
    SELECT u.id, u.name, u.role, t.created_at, a.id AS pool, a.name AS pool_name
    FROM pools p
    JOIN tracking t ON {covers("t", "p")}
    JOIN pools a ON a.id = t.pool_id
    JOIN users u ON u.id = t.user_id AND u.active
    WHERE p.id = :pool
    ORDER BY lower(u.name), u.id, cardinality(a.ancestors) DESC
    """
).bindparams(bindparam("pool", type_=Uuid))

# Those whom more people would be shown to: who tracks one of those it is to lie in sees these people already.
_BRANCH_READERS = text(
    """
    SELECT p.id AS pool, t.user_id AS reader
    FROM pools p
    JOIN tracking t ON t.pool_id = p.id
    JOIN users u ON u.id = t.user_id AND u.active AND u.role = 'hiring_manager'
    WHERE p.ancestors @> ARRAY[CAST(:pool AS uuid)] AND p.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM tracking o WHERE o.user_id = t.user_id AND o.pool_id = ANY(:above))
    """
).bindparams(bindparam("pool", type_=Uuid), bindparam("above", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True)
class Folder:
    """A pool and how it does. `above` are those it lies in, from the root; `lately` who came in since then."""

    id: uuid.UUID
    name: str
    above: list[tuple[uuid.UUID, str]]
    path: list[str]
    people: int
    lately: int
    trackers: int
    problem: str | None
    health: str


@dataclass(frozen=True, slots=True)
class Which:
    """Pools with `part` in their name, of this health, and in this pool (itself the first), where one is given."""

    part: str = ""
    within: uuid.UUID | None = None
    health: str | None = None


@dataclass(frozen=True, slots=True)
class Tracker:
    """Who hears of a pool: since when, and which one they track, this or one above it."""

    user: uuid.UUID
    name: str
    role: str
    since: datetime
    pool: uuid.UUID
    pool_name: str


def overview(db: Session, which: Which, since: datetime, after: Sequence[str] | None, limit: int) -> list[Folder]:
    """These pools, each followed by those in it; those behind the path `after`, where a page begins there."""
    asked = {
        "part": which.part,
        "within": which.within,
        "health": which.health,
        "since": since,
        "after": list(after) if after is not None else None,
        "limit": limit,
    }
    return [
        Folder(
            id=row.id,
            name=row.names[-1],
            above=list(zip(row.ancestors[:-1], row.names[:-1], strict=True)),
            path=row.path,
            people=row.people,
            lately=row.lately,
            trackers=row.trackers,
            problem=row.broken_reason,
            health=row.health,
        )
        for row in db.execute(_OVERVIEW, asked)
    ]


def trackers(db: Session, pool: uuid.UUID) -> list[Tracker]:
    """The active users who track this pool or one above it, by name; who tracks several of them comes several times."""
    return [Tracker(*row) for row in db.execute(_TRACKERS, {"pool": pool})]


def branch_readers(db: Session, pool: uuid.UUID, above: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Of this pool and those below it, who sees people because they track that very one: readers by pool.

    Without those who track one of the pools `above`, which ask less.
    """
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for row in db.execute(_BRANCH_READERS, {"pool": pool, "above": list(above)}):
        found.setdefault(row.pool, set()).add(row.reader)
    return found
