"""Housekeeping: what was kept for a while and is not needed any more."""

from __future__ import annotations

from datetime import timedelta

from indexer.reindex.scratch import drop_when_left
from records.database import session
from records.repositories import checks, receipts

# A client that repeats a request does so within minutes; a day leaves room for a queue that was stuck overnight.
RECEIPTS_KEPT = timedelta(days=1)
# Long enough to see since when something goes wrong.
CHECKS_KEPT = timedelta(days=30)


def tidy() -> int:
    """Remove old receipts and checks, and what a rehearsal left behind; returns how many receipts."""
    with session() as db:
        removed = receipts.purge(db, RECEIPTS_KEPT)
        checks.purge(db, CHECKS_KEPT, CHECKS_KEPT)
        db.commit()
    drop_when_left()
    return removed
