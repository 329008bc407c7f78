"""Where the hashes of passwords are: the only place that reads or writes them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from records.models import User


@dataclass(frozen=True, slots=True)
class Stored:
    """The password of a user as it is stored."""

    user: uuid.UUID
    active: bool
    password_hash: str | None


def of_email(db: Session, email: str) -> Stored | None:
    """What is stored for the user with this address, in any case."""
    row = db.execute(select(User.id, User.active, User.password_hash).where(User.email == email.lower())).one_or_none()
    return Stored(*row) if row else None


def of_user(db: Session, user: uuid.UUID) -> Stored | None:
    """What is stored for a user."""
    row = db.execute(select(User.id, User.active, User.password_hash).where(User.id == user)).one_or_none()
    return Stored(*row) if row else None


def store(db: Session, user: uuid.UUID, password_hash: str) -> None:
    """Set a user's password."""
    db.execute(update(User).where(User.id == user).values(password_hash=password_hash))


def exchange(db: Session, user: uuid.UUID, old: str, new: str) -> bool:
    """Replace the hash unless somebody else has replaced it meanwhile; whether it was replaced."""
    changed = update(User).where(User.id == user, User.active, User.password_hash == old).values(password_hash=new)
    return db.scalar(changed.returning(User.id)) is not None
