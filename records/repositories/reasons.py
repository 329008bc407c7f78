"""What becomes of rejection reasons: renamed, retired, brought back, merged; and what is written down of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from core.errors import Conflict, NotFound
from records.models import Application, ReasonChange, RejectionReason, User
from records.repositories.positions import refuse_reasons_called

_USES = text(
    "SELECT r.key, count(a.id) AS applications FROM rejection_reasons r"
    " LEFT JOIN applications a ON a.rejection_reason_id = r.id GROUP BY r.key"
)

# In id order, as everybody else holds several people.
_HOLD_PEOPLE = text(
    "SELECT id FROM candidates c WHERE deleted_at IS NULL AND EXISTS ("
    " SELECT FROM applications a WHERE a.candidate_id = c.id AND a.rejection_reason_id = :reason)"
    " ORDER BY id FOR UPDATE"
).bindparams(bindparam("reason", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a reason, and who did it."""

    row: ReasonChange
    by: str | None


def lock(db: Session, keys: Collection[str]) -> dict[str, RejectionReason]:
    """The reasons with these keys, held: nobody is rejected for one of them until this transaction ends."""
    statement = select(RejectionReason).where(RejectionReason.key.in_(keys)).order_by(RejectionReason.key)
    held = db.scalars(statement.with_for_update().execution_options(populate_existing=True)).all()
    found = {row.key: row for row in held}
    if set(keys) - set(found):
        raise NotFound("rejection reason")
    return found


def rename(db: Session, reason: RejectionReason, name: str, actor: uuid.UUID) -> None:
    """Give it another name; its key stays."""
    before = reason.name
    refuse_reasons_called(db, name, but=reason.id)
    try:
        with db.begin_nested():
            reason.name = name
            db.flush()
    except IntegrityError as error:
        raise Conflict("There is already a rejection reason with this name.") from error
    _note(db, reason, "renamed", before, name, actor)


def retire(db: Session, reason: RejectionReason, actor: uuid.UUID) -> None:
    """Nobody is rejected for it any more; who was, still is."""
    if reason.retired_at is None:
        reason.retired_at = db.scalar(select(func.clock_timestamp()))
        _note(db, reason, "retired", reason.name, reason.name, actor)


def bring_back(db: Session, reason: RejectionReason, actor: uuid.UUID) -> None:
    """People can be rejected for it again."""
    if reason.merged_into is not None:
        raise Conflict("This reason was merged into another one; use that, or add a new one.")
    if reason.retired_at is not None:
        reason.retired_at = None
        _note(db, reason, "brought_back", reason.name, reason.name, actor)


def people_of(db: Session, reason: RejectionReason) -> list[uuid.UUID]:
    """Whoever has an application that was rejected for it, held."""
    return list(db.scalars(_HOLD_PEOPLE, {"reason": reason.id}))


def merge(db: Session, reason: RejectionReason, into: RejectionReason, actor: uuid.UUID) -> int:
    """Whoever was rejected for the one was rejected for the other; returns how many applications were.

    Their people are held. The merged one stays, retired, so that its name and what happened to it are known.
    """
    moved = update(Application).where(Application.rejection_reason_id == reason.id)
    applications = list(db.scalars(moved.values(rejection_reason_id=into.id).returning(Application.id)))
    db.execute(update(RejectionReason).where(RejectionReason.merged_into == reason.id).values(merged_into=into.id))
    reason.merged_into = into.id
    reason.retired_at = reason.retired_at or db.scalar(select(func.clock_timestamp()))
    _note(db, reason, "merged", reason.name, into.name, actor, len(applications))
    return len(applications)


def uses(db: Session) -> dict[str, int]:
    """How many applications were rejected for each reason, by key."""
    return {row.key: int(row.applications) for row in db.execute(_USES)}


def changes(db: Session, reason: RejectionReason, limit: int) -> list[Change]:
    """What happened to a reason, the latest first."""
    query = (
        select(ReasonChange, User.name)
        .join(User, User.id == ReasonChange.changed_by, isouter=True)
        .where(ReasonChange.reason_id == reason.id)
        .order_by(ReasonChange.changed_at.desc(), ReasonChange.id)
        .limit(limit)
    )
    return [Change(row.ReasonChange, row.name) for row in db.execute(query)]


def _note(
    db: Session,
    reason: RejectionReason,
    what: str,
    before: str,
    after: str,
    actor: uuid.UUID,
    applications: int = 0,
) -> None:
    db.add(
        ReasonChange(
            id=uuid.uuid4(),
            reason_id=reason.id,
            what=what,
            before=before,
            after=after,
            applications=applications,
            changed_by=actor,
        )
    )
    db.flush()
