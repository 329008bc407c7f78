"""Alembic's entry: the models' metadata against the database of this process's settings."""

from __future__ import annotations

from alembic import context

import records.models  # noqa: F401 - registers the tables
from records.base import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=False)
with context.begin_transaction():
    context.run_migrations()
