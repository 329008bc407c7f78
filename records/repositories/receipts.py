"""Idempotency-Key: the first request with a key does the work, every repeat gets its receipt."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.digest import digest_of
from core.errors import Conflict, Invalid, Problem
from records.models import IdempotencyKey


def claim(db: Session, user: uuid.UUID, key: str, digest: bytes) -> dict[str, Any] | None:
    """The stored receipt if this key was used for the same request, None if the caller is the first.

    The insert waits for a request with the same key that is still under way, so two of them never both work.
    """
    inserted = db.scalar(
        insert(IdempotencyKey)
        .values(user_id=user, key_digest=digest_of(key), request_digest=digest)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.key_digest)
    )
    if inserted is not None:
        return None
    row = db.scalar(select(IdempotencyKey).where(_of(user, key)))
    if row is None:
        raise Conflict("A request with this Idempotency-Key has just ended without effect; repeat it.")
    if row.request_digest != digest:
        raise Invalid(
            "This Idempotency-Key was used for another request.",
            problems=(Problem("header.Idempotency-Key", "Use a new key for a new request."),),
        )
    if row.receipt is None:
        raise Conflict("A request with this Idempotency-Key is under way; repeat it in a moment.")
    return row.receipt


def store(db: Session, user: uuid.UUID, key: str, receipt: dict[str, Any]) -> None:
    """Keep the receipt, in the transaction of the work itself."""
    db.execute(update(IdempotencyKey).where(_of(user, key)).values(receipt=receipt))


def purge(db: Session, age: timedelta) -> int:
    """Remove receipts older than `age`; returns how many."""
    old = delete(IdempotencyKey).where(IdempotencyKey.created_at < func.clock_timestamp() - age)
    return len(list(db.scalars(old.returning(IdempotencyKey.key_digest))))


def _of(user: uuid.UUID, key: str) -> ColumnElement[bool]:
    return and_(IdempotencyKey.user_id == user, IdempotencyKey.key_digest == digest_of(key))
