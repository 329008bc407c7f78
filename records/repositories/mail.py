"""Letters that wait to be sent: written in the commit of what they tell of, deleted when the mail server took them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from records.database import statement
from records.locks import MAIL
from records.pauses import growing_pause_s

# The pause after the first failure, doubled with every further one up to the longest.
FIRST_PAUSE_S = 5
LONGEST_PAUSE_S = 900
# What one letter may take. Should the worker be killed, it is tried again after this.
LEASE_S = 120

_PROMISE = text(
    "INSERT INTO outgoing_mail (id, recipient, subject, body, expires_at)"
    " VALUES (:id, :recipient, :subject, :body, clock_timestamp() + :life)"
)
_PROMISE_TO = text(
    "INSERT INTO outgoing_mail (id, recipient, subject, body, expires_at)"
    " SELECT :id, email, :subject, :body, clock_timestamp() + :life FROM users WHERE id = :user"
)
_CLAIM = text(
    "UPDATE outgoing_mail SET attempts = attempts + 1,"
    " due_at = clock_timestamp() + make_interval(secs => :lease_s) WHERE id = ("
    " SELECT id FROM outgoing_mail WHERE dead_at IS NULL AND due_at <= clock_timestamp()"
    " AND expires_at > clock_timestamp() ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    " RETURNING id, recipient, subject, body, created_at"
)
_SENT = text("DELETE FROM outgoing_mail WHERE id = :id")
_LATER = text(
    "UPDATE outgoing_mail SET error = :error, due_at = clock_timestamp()"
    f" + make_interval(secs => {growing_pause_s('attempts - 1')}) WHERE id = :id"
)
_REFUSED = text(
    "UPDATE outgoing_mail SET error = :error, dead_at = clock_timestamp(), subject = '', body = '' WHERE id = :id"
)
_EXPIRED = text(
    "UPDATE outgoing_mail SET dead_at = clock_timestamp(), subject = '', body = '',"
    " error = coalesce(error, 'It could not be sent while it was of use.')"
    " WHERE dead_at IS NULL AND expires_at <= clock_timestamp() RETURNING id"
)
_FORGET = text("DELETE FROM outgoing_mail WHERE dead_at < clock_timestamp() - :age RETURNING id")
_BACKLOG = text(
    "SELECT count(*) FILTER (WHERE dead_at IS NULL) AS waiting, count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead"
    " FROM outgoing_mail"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written, and how long it is of use."""

    subject: str
    body: str
    life: timedelta


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter to be sent now. The id stays the same over all attempts."""

    id: uuid.UUID
    recipient: str
    subject: str
    body: str
    created_at: datetime


def promise(db: Session, recipient: str, letter: Letter) -> None:
    """Have a letter sent, once the caller has committed."""
    db.execute(_PROMISE, {"id": uuid.uuid4(), "recipient": recipient, **_columns(letter)})


def promise_to(db: Session, user: uuid.UUID, letter: Letter) -> None:
    """The same to a user; where there is no such user nothing is sent, for the same work."""
    db.execute(_PROMISE_TO, {"id": uuid.uuid4(), "user": user, **_columns(letter)})


@contextmanager
def turn() -> Iterator[bool]:
    """Whether it is this process's turn to send; it is its own until the block ends or the process dies.

    One of all workers sends at a time, so that a mail server that hangs holds up no more than one.
    """
    with statement() as run:
        mine = bool(run.scalar(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": MAIL}))
        try:
            yield mine
        finally:
            if mine:
                run.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MAIL})


def claim() -> Waiting | None:
    """A letter that is due, its attempt counted and nobody else's for LEASE_S; None when there is none."""
    with statement() as run:
        row = run.execute(_CLAIM, {"lease_s": LEASE_S}).one_or_none()
    return Waiting(row.id, row.recipient, row.subject, row.body, row.created_at) if row else None


def sent(letter: uuid.UUID) -> None:
    """The mail server has it."""
    with statement() as run:
        run.execute(_SENT, {"id": letter})


def later(letter: uuid.UUID, error: str) -> None:
    """It could not be sent now: again after a pause."""
    values = {"id": letter, "error": error[:500], "first_s": FIRST_PAUSE_S, "longest_s": LONGEST_PAUSE_S}
    with statement() as run:
        run.execute(_LATER, values)


def refused(letter: uuid.UUID, error: str) -> None:
    """The mail server will never take it."""
    with statement() as run:
        run.execute(_REFUSED, {"id": letter, "error": error[:500]})


def set_aside_expired(db: Session) -> int:
    """Give up letters that are of no use any more; returns how many."""
    return len(list(db.scalars(_EXPIRED)))


def purge(db: Session, age: timedelta) -> int:
    """Remove letters that were given up longer ago than `age`; returns how many."""
    return len(list(db.scalars(_FORGET, {"age": age})))


def backlog(db: Session) -> tuple[int, int]:
    """How many letters wait, and how many were given up."""
    row = db.execute(_BACKLOG).one()
    return int(row.waiting), int(row.dead)


def _columns(letter: Letter) -> dict[str, object]:
    return {"subject": letter.subject, "body": letter.body, "life": letter.life}
