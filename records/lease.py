"""A lease: at most one process does a thing at a time, and whoever dies gives it back with their connection.

A session-level advisory lock, taken for a piece of work (`lease`) or for as long as a process lives (`StandingLease`).
It needs a connection that stays the same, so no pooler in between that hands out another for each transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from records.database import database, outages_told

_TRY = text("SELECT pg_try_advisory_lock(:key)")
_STILL_THERE = text("SELECT 1")
# The machine of a holder may vanish without a word; the server then finds out within half a minute, not two hours.
_NOTICE_SOON = (
    text("SET tcp_keepalives_idle = 10"),
    text("SET tcp_keepalives_interval = 5"),
    text("SET tcp_keepalives_count = 3"),
)
_GIVE_BACK = text("SELECT pg_advisory_unlock(:key)")
# A bigint key is shown in two halves.
_HELD = text(
    "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND classid = CAST(:high AS oid) AND objid = CAST(:low AS oid))"
)


@contextmanager
def lease(key: int) -> Iterator[Session | None]:
    """A session that holds the lease until the block ends, through all its commits; None while somebody else does.

    What the holder writes through it is written by the connection that holds the lock, so whoever lost it (the
    database restarted, the network broke) can write nothing more under it.
    """
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


class StandingLease:
    """Kept until it is given back or the process ends, however it ends; asked for again and again by who stands by."""

    def __init__(self, key: int) -> None:
        self._key = key
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether this process has the lease now; takes it where nobody has. Asks the server each time."""
        try:
            if self._connection is not None:
                self._connection.execute(_STILL_THERE)
                return True
            return self._take()
        except DBAPIError:
            self.give_back()
            return False

    def give_back(self) -> None:
        """End the connection, and the lease with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()
            connection.close()

    def _take(self) -> bool:
        connection = database().connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = False
        try:
            for statement in _NOTICE_SOON:
                connection.execute(statement)
            taken = bool(connection.scalar(_TRY, {"key": self._key}))
        finally:
            if taken:
                self._connection = connection
            else:
                connection.close()
        return taken
