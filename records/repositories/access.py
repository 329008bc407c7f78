"""What one user may see of one candidate, resolved when asked and never stored."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

_OWNED = text(
    """
    SELECT DISTINCT a.id FROM applications a JOIN shares s
      ON s.revoked_at IS NULL AND s.user_id = :user AND (s.application_id = a.id OR s.position_id = a.position_id)
    WHERE a.candidate_id = :candidate
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("candidate", type_=Uuid))

_THROUGH = text(
    """
    SELECT p.id, p.name, p.live_ancestors FROM matches m
    JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation AND p.deleted_at IS NULL
    JOIN candidates c ON c.id = m.candidate_id AND c.deleted_at IS NULL
    WHERE m.candidate_id = :candidate AND m.left_at IS NULL
      AND EXISTS (SELECT FROM tracking t WHERE t.user_id = :user
                  AND t.pool_id = ANY(p.ancestors) AND t.pool_id = ANY(p.live_ancestors))
    ORDER BY p.name, p.id
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("candidate", type_=Uuid))

_ASKED_TAGS = text(
    """
    SELECT DISTINCT key FROM pools p, jsonb_array_elements_text(
        coalesce(p.criteria -> 'tags' -> 'any', '[]') || coalesce(p.criteria -> 'tags' -> 'all', '[]')) AS key
    WHERE p.id = ANY(:pools)
    """
).bindparams(bindparam("pools", type_=ARRAY(Uuid)))

_POSITION_SHARED = text(
    "SELECT EXISTS (SELECT FROM shares WHERE user_id = :user AND position_id = :position AND revoked_at IS NULL)"
).bindparams(bindparam("user", type_=Uuid), bindparam("position", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Through:
    """A tracked pool that a candidate is in, and the pools whose criteria hold in it, itself included."""

    id: uuid.UUID
    name: str
    branch: list[uuid.UUID]


def owned_applications(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> set[uuid.UUID]:
    """The candidate's applications that were shared with the user, themselves or through their position."""
    return set(db.scalars(_OWNED, {"user": user, "candidate": candidate}))


def tracked_pools_of(db: Session, user: uuid.UUID, candidate: uuid.UUID) -> list[Through]:
    """The pools through which the user may look at the candidate."""
    return [Through(*row) for row in db.execute(_THROUGH, {"user": user, "candidate": candidate})]


def asked_tags(db: Session, through: Sequence[Through]) -> set[str]:
    """The keys of the tags that these pools, or those above them, ask people to have."""
    return set(db.scalars(_ASKED_TAGS, {"pools": list({pool for each in through for pool in each.branch})}))


def position_is_shared(db: Session, user: uuid.UUID, position: uuid.UUID) -> bool:
    """Whether the whole position was shared with the user."""
    return bool(db.scalar(_POSITION_SHARED, {"user": user, "position": position}))
