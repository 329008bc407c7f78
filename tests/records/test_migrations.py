"""The migrations make what the models say, from nothing, again and back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import inspect, text

from core.settings import settings
from embedded.urls import ServiceUrls
from records import migrate
from records.base import Base
from records.database import database, forget_connections


@pytest.fixture
def empty_database(services: ServiceUrls, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database with nothing in it, which this process's settings name for the length of the test."""
    name = f"test_{uuid.uuid4().hex}"
    given = settings().database_url
    with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        base, _, query = given.partition("?")
        monkeypatch.setenv("DATABASE_URL", f"{base.rpartition('/')[0]}/{name}{'?' + query if query else ''}")
        settings.cache_clear()
        forget_connections()
        yield
    finally:
        forget_connections()
        monkeypatch.undo()
        settings.cache_clear()
        with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def tables() -> set[str]:
    with database().connect() as connection:
        return set(inspect(connection).get_table_names())


@pytest.mark.usefixtures("empty_database")
def test_the_migrations_make_what_the_models_say_and_again_change_nothing() -> None:
    migrate.upgrade()
    assert tables() == {*Base.metadata.tables, "alembic_version"}
    assert migrate.differences() == []
    migrate.upgrade()
    assert migrate.differences() == []
    with database().connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM registry")) == 1


@pytest.mark.usefixtures("empty_database")
def test_every_step_can_be_taken_back_and_taken_again() -> None:
    config = migrate._config()
    with database().connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
        command.downgrade(config, "base")
        connection.commit()
    assert tables() == {"alembic_version"}
    migrate.upgrade()
    assert migrate.differences() == []


@pytest.mark.usefixtures("empty_database")
def test_several_processes_may_migrate_at_once() -> None:
    with ThreadPoolExecutor(4) as starting:
        for started in [starting.submit(migrate.upgrade) for _ in range(4)]:
            started.result()
    assert migrate.differences() == []


@pytest.mark.usefixtures("empty_database")
def test_a_migration_that_fails_says_why_and_holds_up_nobody_after_it() -> None:
    with database().begin() as connection:
        connection.execute(text("CREATE TABLE users (id int)"))
    with pytest.raises(Exception, match="already exists"):
        migrate.upgrade()
    with database().begin() as connection:
        connection.execute(text("DROP TABLE users"))
    migrate.upgrade()
    assert migrate.differences() == []
