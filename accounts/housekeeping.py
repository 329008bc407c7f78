"""What was kept of accounts only for a while."""

from __future__ import annotations

from datetime import timedelta

from core.settings import settings
from records.database import session
from records.repositories import attempts, deliveries, mail, resets, sessions, webhooks

# Longer than the fullest bucket takes to empty.
ATTEMPTS_KEPT = timedelta(days=1)
# So long an operator can ask why a letter did not arrive.
GIVEN_UP_KEPT = timedelta(days=30)
# So long a link in a message opens whom it spoke of.
MESSAGES_KEPT = timedelta(days=90)


def tidy() -> int:
    """Remove what has ended by itself, and give up letters that are of no use any more; returns how many rows."""
    with session() as db:
        rows = sessions.purge(db, settings().session_idle_s) + resets.purge(db) + attempts.purge(db, ATTEMPTS_KEPT)
        rows += mail.set_aside_expired(db) + mail.purge(db, GIVEN_UP_KEPT)
        rows += deliveries.purge(db, MESSAGES_KEPT) + webhooks.purge(db, MESSAGES_KEPT)
        db.commit()
    return rows
