"""Owner access: who was given which application or whole position, by whom, since when, and until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Boolean, Uuid

from core.errors import NotFound
from records.models import Application, Position, Role, Share
from records.rights import gives

_OF_APPLICATION = (
    "s.application_id = :target OR s.position_id = (SELECT position_id FROM applications WHERE id = :target)"
)
_OF_POSITION = "s.position_id = :target"

# Only active hiring managers have rights by shares: everybody else sees everything or nobody.
_IN_EFFECT = f"s.revoked_at IS NULL AND u.active AND u.role = '{Role.HIRING_MANAGER.value}'"

_HOLDERS = """
    SELECT u.id AS user, u.name AS user_name, s.application_id IS NOT NULL AS directly, {in_effect} AS in_effect,
           s.granted_by AS by, g.name AS by_name, s.created_at AS since,
           s.revoked_by, r.name AS revoked_by_name, s.revoked_at AS until
    FROM shares s JOIN users u ON u.id = s.user_id
    LEFT JOIN users g ON g.id = s.granted_by LEFT JOIN users r ON r.id = s.revoked_by
    WHERE ({of}) AND (:past OR s.revoked_at IS NULL)
    ORDER BY s.created_at, s.id
"""

_BOUND = (bindparam("target", type_=Uuid), bindparam("past", type_=Boolean))
_HOLDERS_OF_APPLICATION = text(_HOLDERS.format(of=_OF_APPLICATION, in_effect=_IN_EFFECT)).bindparams(*_BOUND)
_HOLDERS_OF_POSITION = text(_HOLDERS.format(of=_OF_POSITION, in_effect=_IN_EFFECT)).bindparams(*_BOUND)

_HELD = text(
    """
    SELECT s.id, p.id AS position, p.title AS position_title, a.id AS application, c.id AS candidate,
           c.name AS candidate_name, s.created_at AS since, g.name AS by_name
    FROM shares s
    LEFT JOIN applications a ON a.id = s.application_id
    LEFT JOIN candidates c ON c.id = a.candidate_id
    JOIN positions p ON p.id = coalesce(s.position_id, a.position_id)
    LEFT JOIN users g ON g.id = s.granted_by
    WHERE s.user_id = :user AND s.revoked_at IS NULL AND c.deleted_at IS NULL
      AND (s.created_at, s.id) < (coalesce(:since, 'infinity'::timestamptz), :id)
    ORDER BY s.created_at DESC, s.id DESC LIMIT :limit
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("id", type_=Uuid))

_IS_SHARED = text(
    f"""
    SELECT EXISTS (SELECT FROM applications a JOIN shares s ON s.user_id = :user AND {gives("s", "a")}
    WHERE a.id = :application)
    """
).bindparams(bindparam("user", type_=Uuid), bindparam("application", type_=Uuid))

_LAST = uuid.UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Holder:
    """A user with a share: itself or (not `directly`) through the position. `until` is None while it lasts."""

    user: uuid.UUID
    user_name: str
    directly: bool
    in_effect: bool
    by: uuid.UUID | None
    by_name: str | None
    since: datetime
    revoked_by: uuid.UUID | None
    revoked_by_name: str | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """A share as its holder sees it: an application with its person, or a whole position (both None)."""

    id: uuid.UUID
    position: uuid.UUID
    position_title: str
    application: uuid.UUID | None
    candidate: uuid.UUID | None
    candidate_name: str | None
    since: datetime
    by_name: str | None


def hold_application(db: Session, application: uuid.UUID) -> None:
    """Keep the application from being deleted until this transaction ends. NotFound if it is gone."""
    _hold(db, select(Application.id).where(Application.id == application), "application")


def hold_position(db: Session, position: uuid.UUID) -> None:
    """Keep the position from being deleted until this transaction ends. NotFound if there is none."""
    _hold(db, select(Position.id).where(Position.id == position), "position")


def give_application(db: Session, user: uuid.UUID, application: uuid.UUID, actor: uuid.UUID) -> uuid.UUID | None:
    """Give owner access through one application; the batch it was given as, None for what is given already."""
    return _give(db, user, "application_id", application, actor)


def give_position(db: Session, user: uuid.UUID, position: uuid.UUID, actor: uuid.UUID) -> uuid.UUID | None:
    """Give owner access to everybody who applied or will apply for the position; as `give_application`."""
    return _give(db, user, "position_id", position, actor)


def revoke_application(db: Session, user: uuid.UUID, application: uuid.UUID, actor: uuid.UUID) -> None:
    """Take back what was given through this application itself; what the position gives stays."""
    _revoke(db, user, Share.application_id == application, actor)


def revoke_position(db: Session, user: uuid.UUID, position: uuid.UUID, actor: uuid.UUID) -> None:
    """Take back the whole position; applications that were given by themselves stay given."""
    _revoke(db, user, Share.position_id == position, actor)


def holders_of_application(db: Session, application: uuid.UUID, *, past: bool = False) -> list[Holder]:
    """Who has the application, itself or through its position, oldest first; with `past` those who had it too."""
    return [
        Holder(**row) for row in db.execute(_HOLDERS_OF_APPLICATION, {"target": application, "past": past}).mappings()
    ]


def holders_of_position(db: Session, position: uuid.UUID, *, past: bool = False) -> list[Holder]:
    """Who has the whole position, oldest first; with `past` those who had it too."""
    return [Holder(**row) for row in db.execute(_HOLDERS_OF_POSITION, {"target": position, "past": past}).mappings()]


def held_by(db: Session, user: uuid.UUID, limit: int, before: tuple[datetime, uuid.UUID] | None = None) -> list[Held]:
    """What was shared with the user and still is, newest first; `before` is the last one of the page before."""
    since, share = before or (None, _LAST)
    rows = db.execute(_HELD, {"user": user, "since": since, "id": share, "limit": limit})
    return [Held(**row) for row in rows.mappings()]


def application_is_shared(db: Session, user: uuid.UUID, application: uuid.UUID) -> bool:
    """Whether the application was shared with the user, itself or through its position."""
    return bool(db.scalar(_IS_SHARED, {"user": user, "application": application}))


def _hold(db: Session, query: Select[Any], what: str) -> None:
    if db.scalar(query.with_for_update(key_share=True, read=True)) is None:
        raise NotFound(what)


def _give(
    db: Session, user: uuid.UUID, what: Literal["application_id", "position_id"], target: uuid.UUID, actor: uuid.UUID
) -> uuid.UUID | None:
    given = {"id": uuid.uuid4(), "user_id": user, what: target, "granted_by": actor, "batch_id": uuid.uuid4()}
    standing = text(f"revoked_at is null and {what} is not null")
    row = insert(Share).values(given).on_conflict_do_nothing(index_elements=["user_id", what], index_where=standing)
    return db.scalar(row.returning(Share.batch_id))


def _revoke(db: Session, user: uuid.UUID, target: ColumnElement[bool], actor: uuid.UUID) -> None:
    db.execute(
        update(Share)
        .where(Share.user_id == user, target, Share.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp(), revoked_by=actor)
    )
