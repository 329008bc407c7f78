"""Bring the database to the newest migration. Safe when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import records.models  # noqa: F401 - registers the tables
from records.base import Base
from records.database import database
from records.locks import MIGRATION


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade() -> None:
    """Run the migrations this database has not seen; one process does, the others wait for it."""
    with database().connect() as connection:
        connection.execute(text(f"SELECT pg_advisory_lock({MIGRATION})"))
        connection.commit()
        try:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        finally:
            # Where a migration failed, its transaction has to end before anything else can be said.
            connection.rollback()
            connection.execute(text(f"SELECT pg_advisory_unlock({MIGRATION})"))
            connection.commit()


def current() -> str:
    """The migration this database is at; empty for none."""
    with database().connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Whether this code has that migration, so that it can bring a database from there to the newest one."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def differences() -> list[object]:
    """What the models say and the migrated database does not; empty when they agree."""
    with database().connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def write_revision(message: str) -> None:
    """Write a new migration from the difference between the models and the database (for developers)."""
    with database().connect() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True)


if __name__ == "__main__":
    upgrade()
