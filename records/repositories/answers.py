"""The answers analysts were given, and the numbers of the rejections in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.locks import ANSWERS
from records.models import RejectionAnswer

_ONE_AT_A_TIME = text(f"SELECT pg_advisory_xact_lock({ANSWERS})")

_IDS = bindparam("ids", type_=ARRAY(Uuid))

_COUNT_NEW = text(
    "INSERT INTO counted_rejections (application_id, candidate_id)"
    " SELECT a.id, a.candidate_id FROM applications a WHERE a.id = ANY(:ids)"
    " AND NOT EXISTS (SELECT FROM counted_rejections c WHERE c.application_id = a.id)"
).bindparams(_IDS)

# A person's number is that of the first of their rejections.
_NUMBERS = text(
    """
    SELECT c.application_id::text, c.number, (
        SELECT min(o.number) FROM counted_rejections o WHERE o.candidate_id = c.candidate_id) AS person
    FROM counted_rejections c JOIN applications a ON a.id = c.application_id
    WHERE c.application_id = ANY(:ids)
    """
).bindparams(_IDS)

_AT_ONCE = 20


def one_at_a_time(db: Session) -> None:
    """Wait until no other answer is being made, and keep others waiting until this transaction ends."""
    db.execute(_ONE_AT_A_TIME)


def numbers(db: Session, applications: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The number of each rejection and of its person, by application; one that is gone meanwhile is absent."""
    ids = {"ids": [uuid.UUID(application) for application in applications]}
    db.execute(_COUNT_NEW, ids)
    return {application: (number, person) for application, number, person in db.execute(_NUMBERS, ids)}


def shown(db: Session) -> Iterator[bytes]:
    """What each answer showed, newest first."""
    newest = select(RejectionAnswer.shown).order_by(RejectionAnswer.asked_at.desc(), RejectionAnswer.id)
    yield from db.scalars(newest.execution_options(yield_per=_AT_ONCE))


def remember(db: Session, digest: bytes, packed: bytes, question: Mapping[str, Any], user: uuid.UUID) -> None:
    """Keep what an answer shows, for good."""
    row = insert(RejectionAnswer).values(
        id=uuid.uuid4(), digest=digest, shown=packed, question=dict(question), asked_by=user
    )
    db.execute(row.on_conflict_do_nothing(index_elements=["digest"]))
