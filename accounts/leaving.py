"""What ends when a user is deactivated."""

from __future__ import annotations

import uuid

from records.database import Session
from records.repositories import resets, sessions, users


def deactivate(db: Session, user: uuid.UUID) -> None:
    """Refuse a user from the next request after the caller's commit on; then ring their streams.

    Sessions are gone for good. Tokens sleep, so that an integration goes on where a mistake is taken back; while their
    user is deactivated they open nothing. So do the invitations an administrator wrote, until another one sends them
    again (records/repositories/invitations.py).
    """
    users.lock(db, user).active = False
    db.flush()
    sessions.end_all(db, user)
    resets.drop(db, user)
