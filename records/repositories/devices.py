"""Browsers in which users want to hear of things."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from core.errors import Conflict, NotFound
from records.database import statement
from records.models import Device

# More than anybody carries; each costs a request with every message.
MOST = 10

_HOLD = text("SELECT 1 FROM users WHERE id = :user FOR UPDATE")
_OTHERS = text("SELECT count(*) FROM devices WHERE user_id = :user AND endpoint <> :endpoint")
# A browser has one subscription for all who sign in with it: it tells whoever asked last.
_ADD = text(
    """
    INSERT INTO devices AS d (id, user_id, endpoint, p256dh, auth, name)
    VALUES (:id, :user, :endpoint, :p256dh, :auth, :name)
    ON CONFLICT (endpoint) DO UPDATE SET user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth,
        name = excluded.name, created_at = CASE WHEN d.user_id = excluded.user_id THEN d.created_at
                                                ELSE clock_timestamp() END,
        reached_at = CASE WHEN d.user_id = excluded.user_id THEN d.reached_at END
    RETURNING id
    """
)
_WITH = text("SELECT DISTINCT user_id FROM devices WHERE user_id = ANY(:users)").bindparams(
    bindparam("users", type_=ARRAY(Uuid))
)
_TO = text("SELECT id, endpoint, p256dh, auth FROM devices WHERE user_id = :user ORDER BY created_at, id")
_REACHED = text("UPDATE devices SET reached_at = clock_timestamp() WHERE id = :id")
# Not one that was set up anew, or by somebody else, since the message was encrypted for it.
_GONE = text("DELETE FROM devices WHERE id = :id AND p256dh = :p256dh")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message for a device goes, and the keys it is encrypted with."""

    id: uuid.UUID
    endpoint: str
    p256dh: str
    auth: str


def of_user(db: Session, user: uuid.UUID) -> list[Device]:
    """A user's devices, newest first."""
    query = select(Device).where(Device.user_id == user).order_by(Device.created_at.desc(), Device.id)
    return list(db.scalars(query))


def get(db: Session, user: uuid.UUID, device: uuid.UUID) -> Target:
    """One of a user's devices."""
    row = db.scalar(select(Device).where(Device.id == device, Device.user_id == user))
    if row is None:
        raise NotFound("device")
    return Target(row.id, row.endpoint, row.p256dh, row.auth)


def add(db: Session, user: uuid.UUID, target: Target, name: str) -> uuid.UUID:
    """Remember a device, or its new keys; returns the id it has."""
    db.execute(_HOLD, {"user": user})
    if int(db.scalar(_OTHERS, {"user": user, "endpoint": target.endpoint}) or 0) >= MOST:
        raise Conflict("You hear of things on as many devices as one person can; remove one of them first.")
    values = {"endpoint": target.endpoint, "p256dh": target.p256dh, "auth": target.auth}
    added = db.scalar(_ADD, {"id": target.id, "user": user, "name": name, **values})
    return uuid.UUID(str(added))


def remove(db: Session, user: uuid.UUID, device: uuid.UUID) -> None:
    """Forget one of a user's devices."""
    removed = db.execute(delete(Device).where(Device.id == device, Device.user_id == user).returning(Device.id))
    if removed.first() is None:
        raise NotFound("device")


def with_devices(db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these users who have a device."""
    return set(db.scalars(_WITH, {"users": list(users)}))


def targets(user: uuid.UUID) -> list[Target]:
    """Where messages to a user go."""
    with statement() as run:
        return [Target(*row) for row in run.execute(_TO, {"user": user})]


def reached(device: uuid.UUID) -> None:
    """Its push service took a message."""
    with statement() as run:
        run.execute(_REACHED, {"id": device})


def gone(target: Target) -> None:
    """Its push service does not know it any more."""
    with statement() as run:
        run.execute(_GONE, {"id": target.id, "p256dh": target.p256dh})
