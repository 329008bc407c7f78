"""Places to restore into: a database and index names of their own, named by this process's settings for a while."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from core.settings import settings
from engine.indexes import drop_index
from engine.process import engine
from mappings.installed import our_indexes
from mappings.names import KINDS
from records.database import database, forget_connections


@contextmanager
def another_place(directory: Path) -> Iterator[dict[str, str]]:
    """An empty database, no indexes and no erasure list; what names them in the environment."""
    name = f"place_{uuid.uuid4().hex}"
    _alone(f"CREATE DATABASE {name}")
    base, _, query = settings().database_url.partition("?")
    variables = {
        "DATABASE_URL": f"{base.rpartition('/')[0]}/{name}{'?' + query if query else ''}",
        "INDEX_PREFIX": name.replace("_", "-")[:30],
        "ERASURE_LIST": str(directory / name / "erased.txt"),
    }
    try:
        yield variables
    finally:
        for kind in KINDS:
            for index in our_indexes(engine(), variables["INDEX_PREFIX"], kind):
                drop_index(engine(), index)
        _alone(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def being_in(variables: dict[str, str]) -> Iterator[None]:
    """This process is of that place while the block lasts."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    _look_around()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        _look_around()


def _look_around() -> None:
    forget_connections()
    settings.cache_clear()


def _alone(statement: str) -> None:
    with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
