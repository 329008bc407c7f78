"""Sessions: what is committed, what is not, and what an error may say."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

from records.database import DBAPIError, database, session
from records.models import Role, User
from records.repositories import users
from tests.installation import Installation

_PREPARED = text("SELECT count(*) FROM pg_prepared_statements")


def test_a_session_that_only_read_leaves_the_connection_its_prepared_statements(world: Installation) -> None:
    database().dispose()
    for _ in range(3):
        with session() as db:
            users.by_email(db, "nobody@example.com")
    with session() as db:
        assert int(db.scalar(_PREPARED) or 0) > 0


def test_what_is_changed_in_memory_only_is_not_written(world: Installation) -> None:
    user = world.id_of(Role.RECRUITER)
    with session() as db:
        users.get(db, user).name = "Only shown"
        db.add(User(id=uuid.uuid4(), email="never@example.com", name="Never", role=Role.ANALYST.value))
    with session() as db:
        assert users.get(db, user).name == "Test recruiter"
        assert users.by_email(db, "never@example.com") is None


def test_an_error_takes_back_what_was_written(world: Installation) -> None:
    user = world.id_of(Role.RECRUITER)

    def fail() -> None:
        with session() as db:
            users.get(db, user).name = "Half done"
            db.flush()
            raise ValueError("on the way")

    with pytest.raises(ValueError, match="on the way"):
        fail()
    with session() as db:
        assert users.get(db, user).name == "Test recruiter"


def test_the_error_of_a_statement_does_not_tell_the_values_it_was_given(world: Installation) -> None:
    def fail() -> None:
        with session() as db:
            db.execute(text("SELECT CAST(:name AS text), 1 / 0"), {"name": "Ada Example"})

    with pytest.raises(DBAPIError) as failed:
        fail()
    assert "Ada Example" not in str(failed.value)
