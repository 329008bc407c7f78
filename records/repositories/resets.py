"""Links with which people set a password without the old one."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete, func, text
from sqlalchemy.orm import Session

from core.digest import digest_of
from records.models import PasswordReset

LIFE = timedelta(hours=1)
# Whoever asks more often has a letter that is late, or plays a trick on somebody.
MOST_AT_ONCE = 3

# One statement for an address that is known and for one that is not.
_ADD = text(
    "INSERT INTO password_resets (id, user_id, digest, expires_at)"
    " SELECT :id, u.id, :digest, clock_timestamp() + :life FROM users u WHERE u.email = :email AND u.active AND"
    " (SELECT count(*) FROM password_resets r WHERE r.user_id = u.id AND r.expires_at > clock_timestamp()) < :most"
    " RETURNING user_id"
)
_TAKE = text(
    "DELETE FROM password_resets r USING users u"
    " WHERE r.digest = :digest AND r.expires_at > clock_timestamp() AND u.id = r.user_id AND u.active"
    " RETURNING r.user_id"
)


def add(db: Session, email: str, secret: str, most: int = MOST_AT_ONCE) -> uuid.UUID | None:
    """Make a secret good for the active user with this address; None when there is none, or has too many already."""
    values = {"id": uuid.uuid4(), "digest": digest_of(secret), "life": LIFE, "email": email.lower(), "most": most}
    added: uuid.UUID | None = db.scalar(_ADD, values)
    return added


def take(db: Session, secret: str) -> uuid.UUID | None:
    """The active user whose password may be set; the secret is used up with the caller's commit."""
    taken: uuid.UUID | None = db.scalar(_TAKE, {"digest": digest_of(secret)})
    return taken


def drop(db: Session, user: uuid.UUID) -> None:
    """Make every link of a user worthless."""
    db.execute(delete(PasswordReset).where(PasswordReset.user_id == user))


def purge(db: Session) -> int:
    """Remove links that have expired; returns how many."""
    old = delete(PasswordReset).where(PasswordReset.expires_at <= func.clock_timestamp())
    return len(list(db.scalars(old.returning(PasswordReset.id))))
