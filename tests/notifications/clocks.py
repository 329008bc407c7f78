"""What time it is, for this process and for the database alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine
from sqlalchemy import text

from records.database import Session, forget_connections, session


class Clock:
    """It stands still until it is set."""

    def __init__(self, travel: time_machine.Traveller) -> None:
        self._travel = travel

    def set_to(self, now: datetime) -> None:
        """It is then."""
        self._travel.move_to(now)
        with session() as db:
            db.execute(text("UPDATE moved.clock SET now = :now"), {"now": now})
            db.commit()


@contextmanager
def moved_clock(start: datetime) -> Iterator[Clock]:
    """The database asks `clock_timestamp` of a schema of ours, before its own; so do defaults of deliveries."""
    with session() as db:
        db.execute(text("CREATE SCHEMA moved"))
        db.execute(text("CREATE TABLE moved.clock (now timestamptz)"))
        db.execute(text("INSERT INTO moved.clock VALUES (:now)"), {"now": start})
        db.execute(
            text(
                "CREATE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE"
                " AS 'SELECT now FROM moved.clock'"
            )
        )
        db.execute(text("ALTER TABLE deliveries ALTER created_at SET DEFAULT moved.clock_timestamp()"))
        _here(db, "SET search_path = moved, public, pg_catalog")
        db.commit()
    forget_connections()
    try:
        with time_machine.travel(start, tick=False) as travel:
            yield Clock(travel)
    finally:
        with session() as db:
            _here(db, "RESET search_path")
            db.execute(text("ALTER TABLE deliveries ALTER created_at SET DEFAULT pg_catalog.clock_timestamp()"))
            db.execute(text("DROP SCHEMA moved CASCADE"))
            db.commit()
        forget_connections()


def _here(db: Session, setting: str) -> None:
    """Of whoever connects to this database from now on."""
    name = db.scalar(text("SELECT quote_ident(current_database())"))
    db.execute(text(f"ALTER DATABASE {name} {setting}"))
