"""One engine and one session factory per process. A session is one unit of work: the edge commits, nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import orjson
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree
from sqlalchemy.orm import Session, sessionmaker

from core.errors import Unavailable
from core.settings import settings

# What the rest of the product may know of SQLAlchemy: a session to hand on, and the error the edge renders.
__all__ = [
    "DBAPIError",
    "Session",
    "database",
    "forget_connections",
    "is_conflict",
    "is_outage",
    "ping",
    "session",
    "statement",
]

# A lost connection, or a server that is starting, stopping or recovering, is "try again", never "bad request".
_TRY_AGAIN = ("57P01", "57P02", "57P03", "53300", "08")


@lru_cache(maxsize=1)
def database() -> Engine:
    """The connection pool of this process."""
    return create_engine(
        settings().sqlalchemy_url,
        pool_size=settings().database_pool,
        max_overflow=20,
        pool_timeout=10,
        # Documents are read from the database as JSON; orjson halves that.
        json_deserializer=orjson.loads,
        # Statements prepared from their first use: every one of ours is run again and again.
        connect_args={
            "connect_timeout": 5,
            "prepare_threshold": 1,
            "application_name": "micropools",
            "options": "-c timezone=UTC",
        },
    )


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(database(), expire_on_commit=False, autoflush=False)


def is_outage(error: DBAPIError) -> bool:
    """Whether the database went away, rather than refused the statement."""
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(_TRY_AGAIN) or (isinstance(error, OperationalError) and not state)


def is_conflict(error: DBAPIError) -> bool:
    """Whether two transactions met (deadlock, serialization) and this one was given up: repeating it may succeed."""
    return (getattr(error.orig, "sqlstate", None) or "").startswith("40")


@contextmanager
def session() -> Iterator[Session]:
    """A unit of work; leaves without commit unless the caller committed. An outage is raised as `Unavailable`."""
    with _outages_told(), _sessions()() as opened:
        yield opened


@contextmanager
def statement() -> Iterator[Connection]:
    """A single statement that commits by itself: one round trip instead of three. Outages as in `session`."""
    with _outages_told(), database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection


@contextmanager
def _outages_told() -> Iterator[None]:
    try:
        yield
    except NoneFree as error:
        raise Unavailable("Every connection to the database is in use; try again in a moment.") from error
    except DBAPIError as error:
        if is_outage(error):
            raise Unavailable("The database does not answer; try again in a moment.") from error
        raise


def forget_connections(*, after_fork: bool = False) -> None:
    """Let go of the pool. After a fork the connections are the parent's and are left open, not closed."""
    if database.cache_info().currsize:
        database().dispose(close=not after_fork)
    database.cache_clear()
    _sessions.cache_clear()


def ping() -> None:
    """Raise Unavailable unless the database answers."""
    with session() as db:
        db.execute(text("SELECT 1"))
