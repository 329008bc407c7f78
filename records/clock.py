"""A right that one process of many has at a time, wherever they run."""

from __future__ import annotations

import contextlib

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from records.database import database
from records.gate import GATE

# Next to the numbers of the gate.
CLOCK = GATE + 2

_TAKE = text("SELECT pg_try_advisory_lock(:right)")
_STILL_THERE = text("SELECT 1")
# The machine of a holder may vanish without a word; the server then finds out within half a minute, not two hours.
_NOTICE_SOON = (
    text("SET tcp_keepalives_idle = 10"),
    text("SET tcp_keepalives_interval = 5"),
    text("SET tcp_keepalives_count = 3"),
)


class Lease:
    """Held through a connection of its own to PostgreSQL: whoever ends, however, gives it back.

    It needs a connection that stays the same, so no pooler in between that hands out another for each transaction.
    """

    def __init__(self, right: int) -> None:
        self._right = right
        self._connection: Connection | None = None

    def held(self) -> bool:
        """Whether this process has the right now; takes it where nobody has. Asks the server each time."""
        try:
            if self._connection is not None:
                self._connection.execute(_STILL_THERE)
                return True
            return self._take()
        except DBAPIError:
            self.give_back()
            return False

    def give_back(self) -> None:
        """End the connection, and the right with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(DBAPIError):
                connection.invalidate()
            connection.close()

    def _take(self) -> bool:
        connection = database().connect().execution_options(isolation_level="AUTOCOMMIT")
        taken = False
        try:
            for statement in _NOTICE_SOON:
                connection.execute(statement)
            taken = bool(connection.scalar(_TAKE, {"right": self._right}))
        finally:
            if taken:
                self._connection = connection
            else:
                connection.close()
        return taken
