"""What is one user's own: the pools they track with what is new in them, what they muted, positions they opened."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.models import Mute
from records.rights import covers

_COVERED = f"""
    SELECT DISTINCT p.id, p.name, p.parent_id, p.ancestors, p.live_generation
    FROM pools p JOIN tracking t ON t.user_id = :user AND {covers("t", "p")} WHERE p.deleted_at IS NULL
"""

# New is who stands in a notice that was not seen yet, and is in the pool still.
_POOLS = text(
    f"""
    WITH covered AS MATERIALIZED ({_COVERED}), fresh AS MATERIALIZED (
        SELECT nm.pool_id, count(DISTINCT nm.candidate_id) AS people
        FROM notifications n
        JOIN notification_matches nm ON nm.notification_id = n.id
        JOIN covered p ON p.id = nm.pool_id
        JOIN matches m ON m.pool_id = p.id AND m.candidate_id = nm.candidate_id
            AND m.generation = p.live_generation AND m.left_at IS NULL
        JOIN candidates c ON c.id = nm.candidate_id AND c.deleted_at IS NULL
        WHERE n.user_id = :user AND n.seen_at IS NULL AND n.withdrawn_at IS NULL
        GROUP BY nm.pool_id
    )
    SELECT p.id, p.name, above.id AS parent,
           EXISTS (SELECT FROM tracking t WHERE t.user_id = :user AND t.pool_id = p.id) AS tracked,
           EXISTS (SELECT FROM mutes q WHERE q.user_id = :user AND q.pool_id = p.id) AS muted,
           EXISTS (SELECT FROM mutes q WHERE q.user_id = :user AND q.pool_id = ANY(p.ancestors)) AS quiet,
           (SELECT count(*) FROM matches m JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
            WHERE m.pool_id = p.id AND m.generation = p.live_generation AND m.left_at IS NULL) AS people,
           coalesce(fresh.people, 0) AS new
    FROM covered p LEFT JOIN fresh ON fresh.pool_id = p.id LEFT JOIN covered above ON above.id = p.parent_id
    ORDER BY p.name, p.id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))

_FORGET_MUTES = text(
    f"DELETE FROM mutes q WHERE q.user_id = :user AND q.pool_id NOT IN (SELECT id FROM ({_COVERED}) covered)"
).bindparams(bindparam("user", type_=Uuid))

_POSITIONS = text(
    """
    SELECT p.id, p.title, count(a.id) FILTER (WHERE a.rejected_at IS NULL) AS open
    FROM positions p LEFT JOIN applications a ON a.position_id = p.id
    WHERE p.created_by = :user AND p.status = 'open'
    GROUP BY p.id ORDER BY p.created_at DESC, p.id LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid))


@dataclass(frozen=True, slots=True)
class MyPool:
    """A pool the user tracks, or (not `tracked`) one below it. `quiet`: it, or one above it, is muted."""

    id: uuid.UUID
    name: str
    parent: uuid.UUID | None
    tracked: bool
    muted: bool
    quiet: bool
    people: int
    new: int


@dataclass(frozen=True, slots=True)
class MyPosition:
    """An open position that the user opened, and how many applications for it were not rejected."""

    id: uuid.UUID
    title: str
    open: int


def pools(db: Session, user: uuid.UUID, limit: int) -> list[MyPool]:
    """The pools a user tracks and those below them, by name."""
    return [MyPool(*row) for row in db.execute(_POOLS, {"user": user, "limit": limit})]


def positions(db: Session, user: uuid.UUID, limit: int) -> list[MyPosition]:
    """The open positions a user opened, newest first."""
    return [MyPosition(*row) for row in db.execute(_POSITIONS, {"user": user, "limit": limit})]


def mute(db: Session, user: uuid.UUID, pool: uuid.UUID) -> None:
    """Have the user's bell say nothing of this pool and those below it."""
    db.execute(insert(Mute).values(user_id=user, pool_id=pool).on_conflict_do_nothing())


def unmute(db: Session, user: uuid.UUID, pool: uuid.UUID) -> None:
    """Have it ring again from now on."""
    db.execute(delete(Mute).where(Mute.user_id == user, Mute.pool_id == pool))


def forget_mutes(db: Session, user: uuid.UUID) -> None:
    """Of pools the user does not track any more: tracked again, they ring."""
    db.execute(_FORGET_MUTES, {"user": user})
