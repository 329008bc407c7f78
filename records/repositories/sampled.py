"""How far the sample has been loaded, and whether there is anybody beside it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from records.locks import SAMPLE
from records.models import ImportBatch

_HOLD = text(f"SELECT pg_advisory_xact_lock({SAMPLE})")

# Where there are others the first of them answers.
_OTHERS = text(
    "SELECT EXISTS (SELECT FROM candidates WHERE deleted_at IS NULL AND (batch_id IS NULL"
    " OR batch_id NOT IN (SELECT id FROM import_batches WHERE name = :name)))"
).bindparams(bindparam("name", type_=Text))
_PEOPLE = text(
    "SELECT count(*) FROM candidates WHERE batch_id IN (SELECT id FROM import_batches WHERE name = :name)"
).bindparams(bindparam("name", type_=Text))


@dataclass(frozen=True, slots=True)
class Sampled:
    """Whether there are people who are not of the sample, and how many are."""

    others: bool
    people: int


def hold(db: Session) -> None:
    """One loads at a time, until the transaction ends."""
    db.execute(_HOLD)


def state(db: Session, name: str) -> Sampled:
    """How far the batch of this name has come."""
    if db.scalar(_OTHERS, {"name": name}):
        return Sampled(True, 0)
    return Sampled(False, int(db.scalar(_PEOPLE, {"name": name}) or 0))


def batch(db: Session, name: str) -> ImportBatch | None:
    """The batch of this name, the first one."""
    return db.scalar(select(ImportBatch).where(ImportBatch.name == name).order_by(ImportBatch.created_at).limit(1))
