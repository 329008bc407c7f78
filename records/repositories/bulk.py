"""Changes of many people at once: a few statements however many they are, and a record of what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import DateTime, Uuid

from core.errors import NotFound
from records.models import BulkAction, RejectionReason

_UUIDS = ARRAY(Uuid)
_PEOPLE = bindparam("people", type_=_UUIDS)
# For as long as anybody may want to look at it again, or take it back.
KEPT_DAYS = 90

# Everybody who writes anything of a person holds this row first; in order of the ids, so that two of these never wait
# for each other. A statement of its own: what was written until then is seen by those after it.
_HOLD = text(
    "SELECT id FROM candidates WHERE id = ANY(:people) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE"
).bindparams(_PEOPLE)

_PUT_TAGS = text(
    "INSERT INTO candidate_tags (candidate_id, tag_id, origin, added_by)"
    " SELECT person, tag, 'person', CAST(:actor AS uuid) FROM unnest(:people) AS person CROSS JOIN unnest(:tags) AS tag"
    " ON CONFLICT DO NOTHING RETURNING candidate_id, tag_id"
).bindparams(_PEOPLE, bindparam("tags", type_=_UUIDS), bindparam("actor", type_=Uuid))

_TAKE_TAGS = text(
    "DELETE FROM candidate_tags WHERE candidate_id = ANY(:people) AND tag_id = ANY(:tags)"
    " RETURNING candidate_id, tag_id"
).bindparams(_PEOPLE, bindparam("tags", type_=_UUIDS))

_TAGS_THEN = text(
    "SELECT person FROM ("
    " SELECT candidate_id AS person, tag_id AS tag FROM candidate_tags WHERE candidate_id = ANY(:people)"
    " UNION SELECT person, tag FROM unnest(:people) AS person CROSS JOIN unnest(:tags) AS tag"
    ") carried GROUP BY person HAVING count(*) > :most"
).bindparams(_PEOPLE, bindparam("tags", type_=_UUIDS))

_APPLICATIONS = text(
    "SELECT id, candidate_id, position_id, rejected_at IS NULL AS open FROM applications"
    " WHERE candidate_id = ANY(:people) AND (CAST(:position AS uuid) IS NULL OR position_id = :position)"
    " ORDER BY applied_at, id"
).bindparams(_PEOPLE, bindparam("position", type_=Uuid))

_APPLY = text(
    "INSERT INTO applications (id, candidate_id, position_id, stage, source)"
    " SELECT gen_random_uuid(), person, :position, :stage, :source FROM unnest(:people) AS person"
).bindparams(_PEOPLE, bindparam("position", type_=Uuid))

_REJECT = text(
    "UPDATE applications SET rejected_at = :at, rejection_reason_id = :reason, rejection_note = :note,"
    " rejected_by = :actor WHERE id = ANY(:applications)"
).bindparams(
    bindparam("applications", type_=_UUIDS),
    bindparam("reason", type_=Uuid),
    bindparam("actor", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
)

# Only what was said at that moment by them: whoever was rejected again since stays so.
_UNREJECT = text(
    "UPDATE applications SET rejected_at = NULL, rejection_reason_id = NULL, rejection_note = NULL, rejected_by = NULL"
    " WHERE id = ANY(:applications) AND rejected_at = :at AND rejected_by = :actor RETURNING candidate_id"
).bindparams(
    bindparam("applications", type_=_UUIDS),
    bindparam("actor", type_=Uuid),
    bindparam("at", type_=DateTime(timezone=True)),
)

_GIVE = text(
    "INSERT INTO shares (id, user_id, application_id, granted_by, batch_id)"
    " SELECT gen_random_uuid(), :user, application, :actor, :batch FROM unnest(:applications) AS application"
    " ON CONFLICT (user_id, application_id) WHERE revoked_at is null and application_id is not null DO NOTHING"
    " RETURNING application_id"
).bindparams(
    bindparam("applications", type_=_UUIDS),
    bindparam("user", type_=Uuid),
    bindparam("actor", type_=Uuid),
    bindparam("batch", type_=Uuid),
)

_CARRIED = text(
    "SELECT t.key, t.name, t.kind, count(*) AS people FROM candidate_tags ct JOIN tags t ON t.id = ct.tag_id"
    " WHERE ct.candidate_id = ANY(:people) GROUP BY t.id ORDER BY count(*) DESC, t.name, t.key LIMIT :limit"
).bindparams(_PEOPLE)

_APPLIED_FOR = text(
    "SELECT p.id, p.title, count(DISTINCT a.candidate_id) FILTER (WHERE a.rejected_at IS NULL) AS open,"
    " count(DISTINCT a.candidate_id) AS people FROM applications a JOIN positions p ON p.id = a.position_id"
    " WHERE a.candidate_id = ANY(:people) GROUP BY p.id"
    " ORDER BY count(DISTINCT a.candidate_id) DESC, p.title, p.id LIMIT :limit"
).bindparams(_PEOPLE)

_WITH_ONE = text(
    "SELECT count(*) FILTER (WHERE open = 1) AS open, count(*) FILTER (WHERE any_at_all = 1) AS any_at_all FROM ("
    " SELECT count(*) FILTER (WHERE rejected_at IS NULL) AS open, count(*) AS any_at_all FROM applications"
    " WHERE candidate_id = ANY(:people) GROUP BY candidate_id) of_each"
).bindparams(_PEOPLE)


@dataclass(frozen=True, slots=True)
class Response:
    """An application: whose, for which position, and whether it is open."""

    id: uuid.UUID
    candidate: uuid.UUID
    position: uuid.UUID
    open: bool


@dataclass(frozen=True, slots=True)
class Carried:
    """A tag, and how many of some people carry it."""

    key: str
    name: str
    kind: str
    people: int


@dataclass(frozen=True, slots=True)
class AppliedFor:
    """A position, how many of some people applied for it, and how many of them have an open application there."""

    id: uuid.UUID
    title: str
    open: int
    people: int


def hold(db: Session, people: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of them who are here, held against other writers until this transaction ends."""
    return set(db.scalars(_HOLD, {"people": list(people)}))


def now(db: Session) -> datetime:
    """The moment to write into every row of one action."""
    moment: datetime = db.scalars(select(func.clock_timestamp())).one()
    return moment


def put_tags(
    db: Session, people: Collection[uuid.UUID], tags: Sequence[uuid.UUID], *, actor: uuid.UUID
) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Put tags on held people; by person, those that were new."""
    return _by_person(db.execute(_PUT_TAGS, {"people": list(people), "tags": list(tags), "actor": actor}))


def take_tags(db: Session, people: Collection[uuid.UUID], tags: Sequence[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Take tags off held people; by person, those that were there."""
    return _by_person(db.execute(_TAKE_TAGS, {"people": list(people), "tags": list(tags)}))


def with_too_many(db: Session, people: Collection[uuid.UUID], tags: Sequence[uuid.UUID], most: int) -> set[uuid.UUID]:
    """Those who would carry more than `most` tags with these."""
    return set(db.scalars(_TAGS_THEN, {"people": list(people), "tags": list(tags), "most": most}))


def applications(
    db: Session, people: Collection[uuid.UUID], position: uuid.UUID | None
) -> dict[uuid.UUID, list[Response]]:
    """The applications of these people, for this position or any, oldest first; by person, who has any."""
    found: dict[uuid.UUID, list[Response]] = {}
    for row in db.execute(_APPLICATIONS, {"people": list(people), "position": position}):
        found.setdefault(row[1], []).append(Response(*row))
    return found


def apply(db: Session, people: Collection[uuid.UUID], position: uuid.UUID, *, stage: str, source: str | None) -> None:
    """Record that each of these held people responded to the position."""
    db.execute(_APPLY, {"people": list(people), "position": position, "stage": stage, "source": source})


def reject(
    db: Session,
    ids: Sequence[uuid.UUID],
    why: RejectionReason,
    note: str | None,
    *,
    actor: uuid.UUID,
    at: datetime,
) -> None:
    """End these applications of held people."""
    db.execute(_REJECT, {"applications": list(ids), "reason": why.id, "note": note, "actor": actor, "at": at})


def unreject(db: Session, ids: Sequence[uuid.UUID], *, actor: uuid.UUID, at: datetime) -> set[uuid.UUID]:
    """Open those of these applications again that this actor ended at this moment; whose they are."""
    return set(db.scalars(_UNREJECT, {"applications": list(ids), "actor": actor, "at": at}))


def give(
    db: Session, user: uuid.UUID, ids: Sequence[uuid.UUID], *, actor: uuid.UUID, batch: uuid.UUID
) -> set[uuid.UUID]:
    """Give owner access through each of these applications, as one batch; those that were not given yet."""
    return set(db.scalars(_GIVE, {"user": user, "applications": list(ids), "actor": actor, "batch": batch}))


def carried(db: Session, people: Sequence[uuid.UUID], limit: int) -> list[Carried]:
    """The tags these people carry, the commonest first."""
    return [Carried(*row) for row in db.execute(_CARRIED, {"people": list(people), "limit": limit})]


def applied_for(db: Session, people: Sequence[uuid.UUID], limit: int) -> list[AppliedFor]:
    """The positions these people applied for, those of most people first."""
    return [AppliedFor(*row) for row in db.execute(_APPLIED_FOR, {"people": list(people), "limit": limit})]


def with_one(db: Session, people: Sequence[uuid.UUID]) -> tuple[int, int]:
    """How many of these people have exactly one open application, and how many exactly one at all."""
    row = db.execute(_WITH_ONE, {"people": list(people)}).one()
    return row.open, row.any_at_all


def note(db: Session, row: BulkAction) -> None:
    """Keep what was done, and forget what the same user did long ago."""
    old = func.clock_timestamp() - func.make_interval(0, 0, 0, KEPT_DAYS)
    db.execute(delete(BulkAction).where(BulkAction.done_by == row.done_by, BulkAction.created_at < old))
    db.add(row)
    db.flush()


def get(db: Session, action: uuid.UUID) -> BulkAction:
    """What was done, or NotFound."""
    return _found(db.get(BulkAction, action))


def lock(db: Session, action: uuid.UUID) -> BulkAction:
    """The same, held against another undoing."""
    query = select(BulkAction).where(BulkAction.id == action).with_for_update()
    return _found(db.scalar(query.execution_options(populate_existing=True)))


def undo(db: Session, row: BulkAction, outcome: Mapping[str, Any], *, actor: uuid.UUID) -> None:
    """Note that it was taken back, and how far."""
    row.undone_at, row.undone_by, row.undone = now(db), actor, dict(outcome)
    db.flush()


def _found(row: BulkAction | None) -> BulkAction:
    if row is None:
        raise NotFound("action")
    return row


def _by_person(pairs: Any) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for person, tag in pairs:
        found.setdefault(person, set()).add(tag)
    return found
