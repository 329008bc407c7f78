"""Positions, applications, notes, rejections and shares."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, cast, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from core.text import fold, key_of
from records.locks import REASONS
from records.models import Application, ApplicationNote, Position, RejectionReason

_ONE_NAMES = text(f"SELECT pg_advisory_xact_lock({REASONS})")


def add(db: Session, title: str, actor: uuid.UUID | None) -> Position:
    """A new open position."""
    position = Position(id=uuid.uuid4(), title=title, status="open", created_by=actor)
    db.add(position)
    db.flush()
    return position


def get(db: Session, position: uuid.UUID) -> Position:
    """The position, or NotFound."""
    found = db.get(Position, position)
    if found is None:
        raise NotFound("position")
    return found


def page(
    db: Session,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None = None,
    *,
    status: str | None = None,
    part: str = "",
) -> list[Position]:
    """Positions, newest first; `before` is when and which the last one of the page before was opened."""
    query = select(Position)
    if before is not None:
        query = query.where(tuple_(Position.created_at, Position.id) < before)
    if status is not None:
        query = query.where(Position.status == status)
    if part:
        query = query.where(Position.title.icontains(part, autoescape=True))
    return list(db.scalars(query.order_by(Position.created_at.desc(), Position.id.desc()).limit(limit)))


def waiting(db: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many applications for each of these positions are not rejected."""
    query = (
        select(Application.position_id, func.count())
        .where(Application.position_id.in_(ids), Application.rejected_at.is_(None))
        .group_by(Application.position_id)
    )
    return {row[0]: row[1] for row in db.execute(query)}


def named(db: Session, names: set[str] | None) -> list[Position]:
    """The positions with one of these ids or titles (in any case); all of them for None."""
    query = select(Position).order_by(Position.id)
    if names is None:
        return list(db.scalars(query))
    lowered = [name.lower() for name in names]
    return list(db.scalars(query.where(cast(Position.id, Text).in_(lowered) | func.lower(Position.title).in_(lowered))))


def reasons(db: Session) -> list[RejectionReason]:
    """Every reason, retired ones too, by who says it and name."""
    return list(db.scalars(select(RejectionReason).order_by(RejectionReason.said_by, RejectionReason.name)))


def reason(db: Session, key: str) -> RejectionReason:
    """The reason with this key, or NotFound."""
    found = db.scalar(select(RejectionReason).where(RejectionReason.key == key))
    if found is None:
        raise NotFound("rejection reason")
    return found


def refuse_reasons_called(db: Session, name: str, but: uuid.UUID | None = None) -> None:
    """Conflict where a reason answers to this name, however it is spelt: whoever asks by it could mean any of them.

    Until the transaction ends nobody else names one: two at once would each find the name free.
    """
    db.execute(_ONE_NAMES)
    others = (row for row in reasons(db) if row.id != but)
    if any(fold(name) in (fold(row.key), fold(row.name)) for row in others):
        raise Conflict("There is already a rejection reason with this name.")


def add_reason(db: Session, name: str, said_by: str, key: str | None = None) -> RejectionReason:
    """A new reason; a name or key already in use is a Conflict."""
    refuse_reasons_called(db, name)
    statement = (
        insert(RejectionReason)
        .values(id=uuid.uuid4(), key=key or key_of(name), name=name, said_by=said_by)
        .on_conflict_do_nothing()
        .returning(RejectionReason)
    )
    row = db.scalars(statement).one_or_none()
    if row is None:
        raise Conflict("There is already a rejection reason with this name.")
    return row


def apply(
    db: Session,
    candidate: uuid.UUID,
    position: uuid.UUID,
    *,
    stage: str,
    source: str | None,
) -> Application:
    """A candidate's response to a position."""
    application = Application(id=uuid.uuid4(), candidate_id=candidate, position_id=position, stage=stage, source=source)
    db.add(application)
    db.flush()
    return application


def application(db: Session, application: uuid.UUID) -> Application:
    """The application, or NotFound."""
    found = db.get(Application, application)
    if found is None:
        raise NotFound("application")
    return found


def applications_of(db: Session, candidate: uuid.UUID) -> list[Application]:
    """The candidate's applications, oldest first."""
    query = select(Application).where(Application.candidate_id == candidate)
    return list(db.scalars(query.order_by(Application.applied_at, Application.id)))


def applications_for(
    db: Session,
    position: uuid.UUID,
    limit: int,
    before: tuple[datetime, uuid.UUID] | None = None,
    *,
    rejected: bool | None = None,
) -> list[Application]:
    """Responses to the position, newest first; `before` is when and which the last one of the page before was.

    `rejected` tells apart those that ended and those that wait; None takes both.
    """
    query = select(Application).where(Application.position_id == position)
    if rejected is not None:
        query = query.where(Application.rejected_at.is_not(None) if rejected else Application.rejected_at.is_(None))
    if before is not None:
        query = query.where(tuple_(Application.applied_at, Application.id) < before)
    return list(db.scalars(query.order_by(Application.applied_at.desc(), Application.id.desc()).limit(limit)))


def of_applications(db: Session, applications: list[uuid.UUID]) -> list[uuid.UUID]:
    """The positions of these applications, each once."""
    return list(db.scalars(select(Application.position_id).where(Application.id.in_(applications)).distinct()))


def containing(db: Session, part: str) -> list[uuid.UUID]:
    """The positions with this text in their titles, in any case."""
    return list(db.scalars(select(Position.id).where(Position.title.icontains(part, autoescape=True))))


def starting(db: Session, start: str, only: Sequence[uuid.UUID] | None, limit: int) -> list[tuple[uuid.UUID, str]]:
    """Positions whose titles, or a word of them, begin like this, by title; of `only` these where given."""
    begins = Position.title.istartswith(start, autoescape=True) | Position.title.icontains(f" {start}", autoescape=True)
    query = select(Position.id, Position.title).where(begins).order_by(Position.title, Position.id).limit(limit)
    rows = db.execute(query if only is None else query.where(Position.id.in_(only)))
    return [(row.id, row.title) for row in rows]


def add_note(db: Session, application: uuid.UUID, text: str, author: uuid.UUID) -> ApplicationNote:
    """A note beside an application."""
    note = ApplicationNote(id=uuid.uuid4(), application_id=application, author_id=author, text=text)
    db.add(note)
    db.flush()
    return note


def notes_of(db: Session, applications: list[uuid.UUID]) -> list[ApplicationNote]:
    """The notes of these applications, oldest first."""
    query = select(ApplicationNote).where(ApplicationNote.application_id.in_(applications))
    return list(db.scalars(query.order_by(ApplicationNote.created_at, ApplicationNote.id)))


def reject(db: Session, application: Application, why: RejectionReason, note: str | None, actor: uuid.UUID) -> None:
    """End an application with a reason; the one it may already have is replaced."""
    # Held against being merged or retired at this moment.
    db.refresh(why, with_for_update={"read": True, "key_share": True})
    if why.retired_at is not None:
        raise Conflict("This rejection reason was retired just now; choose another.")
    application.rejected_at = db.scalar(select(func.clock_timestamp()))
    application.rejection_reason_id = why.id
    application.rejection_note = note
    application.rejected_by = actor
    db.flush()


def unreject(db: Session, application: Application) -> bool:
    """Undo a rejection; false if there was none."""
    if application.rejected_at is None:
        return False
    application.rejected_at = None
    application.rejection_reason_id = None
    application.rejection_note = None
    application.rejected_by = None
    db.flush()
    return True


def reasons_by_id(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, RejectionReason]:
    """Reasons by id."""
    return {row.id: row for row in db.scalars(select(RejectionReason).where(RejectionReason.id.in_(ids)))}
