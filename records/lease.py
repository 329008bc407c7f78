"""A lease: at most one process does a thing at a time, and whoever dies gives it back with their connection.

A session-level advisory lock. What the holder writes is written through the connection that holds the lock, so
whoever lost it (the database restarted, the network broke) can write nothing more under it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from records.database import database, outages_told

# "reind" in ASCII: any number that nothing else in this database uses.
REINDEX = 0x7265696E64

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_GIVE_BACK = text("SELECT pg_advisory_unlock(:key)")
# A bigint key is shown in two halves.
_HELD = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = CAST(:high AS oid) AND objid = CAST(:low AS oid))"
)


@contextmanager
def lease(key: int) -> Iterator[Session | None]:
    """A session that holds the lease until the block ends, through all its commits; None while somebody else does."""
    with outages_told(), database().connect() as connection:
        held = bool(connection.scalar(_TRY, {"key": key}))
        connection.commit()
        if not held:
            yield None
            return
        db = Session(connection, expire_on_commit=False)
        try:
            yield db
        finally:
            try:
                db.close()
                connection.rollback()
                connection.execute(_GIVE_BACK, {"key": key})
                connection.commit()
            except DBAPIError:
                # The connection is gone, and the lock with it. If it is not, it must not go back with the lock on it.
                connection.invalidate()


def is_held(db: Session, key: int) -> bool:
    """Whether somebody holds the lease now."""
    return bool(db.scalar(_HELD, {"high": key >> 32, "low": key & 0xFFFFFFFF}))
