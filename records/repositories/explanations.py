"""Why one user sees one candidate: the very facts that records.repositories.access decides by, with their origin."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.rights import covers, gives

_BOUND = (bindparam("user", type_=Uuid), bindparam("candidate", type_=Uuid))

_SHARED = text(
    f"""
    SELECT a.id AS application, p.id AS position, p.title AS position_title, s.application_id IS NOT NULL AS directly,
           s.created_at AS since, s.granted_by AS by, g.name AS by_name
    FROM applications a
    JOIN shares s ON s.user_id = :user AND {gives("s", "a")}
    JOIN positions p ON p.id = a.position_id
    LEFT JOIN users g ON g.id = s.granted_by
    WHERE a.candidate_id = :candidate
    ORDER BY s.created_at, s.id, a.id
    """
).bindparams(*_BOUND)

_TRACKED = text(
    f"""
    SELECT p.id AS pool, p.name AS pool_name, m.matched_at AS since,
           above.id AS tracked, above.name AS tracked_name,
           t.created_at AS tracked_since, t.created_by AS by, g.name AS by_name
    FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    JOIN tracking t ON t.user_id = :user AND {covers("t", "p")}
    JOIN pools above ON above.id = t.pool_id
    LEFT JOIN users g ON g.id = t.created_by
    WHERE m.candidate_id = :candidate AND m.left_at IS NULL
    ORDER BY above.name, above.id, p.name, p.id
    """
).bindparams(*_BOUND)


@dataclass(frozen=True, slots=True)
class SharedApplication:
    """An application of the candidate that the user was given, itself (`directly`) or with its whole position."""

    application: uuid.UUID
    position: uuid.UUID
    position_title: str
    directly: bool
    since: datetime
    by: uuid.UUID | None
    by_name: str | None


@dataclass(frozen=True, slots=True)
class TrackedPool:
    """A pool the candidate is in since `since`, and the pool above it, or itself, that the user tracks."""

    pool: uuid.UUID
    pool_name: str
    since: datetime
    tracked: uuid.UUID
    tracked_name: str
    tracked_since: datetime
    by: uuid.UUID | None
    by_name: str | None


def shared_applications(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> list[SharedApplication]:
    """What gives the user owner access to the candidate."""
    rows = db.execute(_SHARED, {"user": user, "candidate": candidate})
    return [SharedApplication(**row) for row in rows.mappings()]


def tracked_pools(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> list[TrackedPool]:
    """What gives the user view access to the candidate."""
    rows = db.execute(_TRACKED, {"user": user, "candidate": candidate})
    return [TrackedPool(**row) for row in rows.mappings()]
