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
    "outages_told",
    "ping",
    "reading",
    "session",
    "snapshot",
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
        # The connection used last is used first: it has our statements prepared.
        pool_use_lifo=True,
        # What people wrote does not belong into logs, and an error would bring its statement's values along.
        hide_parameters=True,
        # Documents are read from the database as JSON; orjson halves that.
        json_deserializer=orjson.loads,
        # Statements prepared from their first use and planned once: each of ours is run again and again, and planning
        # the larger ones takes longer than running them (5 ms against 0.3, measured). A plan for any values must not
        # read whole tables, so indexes are preferred, as suits disks without arms.
        connect_args={
            "connect_timeout": 5,
            "prepare_threshold": 1,
            "application_name": "micropools",
            "options": "-c timezone=UTC -c plan_cache_mode=force_generic_plan -c random_page_cost=1.1",
        },
    )


@lru_cache(maxsize=1)
def _sessions() -> sessionmaker[Session]:
    return sessionmaker(database(), expire_on_commit=False, autoflush=False)


@lru_cache(maxsize=1)
def _each_by_itself() -> Engine:
    return database().execution_options(isolation_level="AUTOCOMMIT")


@lru_cache(maxsize=1)
def _as_of_one_moment() -> Engine:
    return database().execution_options(isolation_level="REPEATABLE READ")


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
    """A unit of work: the caller commits what it wrote; an error takes back the rest. Outages raise `Unavailable`.

    One that only read ends in a commit too: after a rollback psycopg forgets every prepared statement, and each would
    be parsed and planned anew. Objects that were changed in memory only are not written by it.
    """
    with outages_told(), _sessions()() as opened:
        yield opened
        opened.expunge_all()
        opened.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading, each statement by itself: two round trips fewer, where every moment counts."""
    with outages_told(), _sessions()(bind=_each_by_itself()) as opened:
        yield opened


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session for reading, where what several statements find has to fit together: all see the same moment."""
    with outages_told(), _sessions()(bind=_as_of_one_moment()) as opened:
        yield opened
        opened.commit()


@contextmanager
def statement() -> Iterator[Connection]:
    """A single statement that commits by itself: one round trip instead of three. Outages as in `session`."""
    with outages_told(), _each_by_itself().connect() as connection:
        yield connection


@contextmanager
def outages_told() -> Iterator[None]:
    """Whatever means that the database does not answer now becomes `Unavailable`."""
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
    _each_by_itself.cache_clear()
    _as_of_one_moment.cache_clear()
    _sessions.cache_clear()


def ping() -> None:
    """Raise Unavailable unless the database answers."""
    with session() as db:
        db.execute(text("SELECT 1"))
