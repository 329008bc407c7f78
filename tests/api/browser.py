"""Browsers that are signed in, and users with a password everybody here knows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import lru_cache

from fastapi.testclient import TestClient
from sqlalchemy import text, update

from accounts.passwords import passwords
from api import csrf
from core.digest import new_secret
from records.database import session
from records.models import Role, User
from records.repositories import invitations, resets, sessions, users
from records.repositories.invitations import Invited
from records.repositories.sessions import Opening
from tests.installation import Installation

PASSWORD = "correct horse battery staple"
# Where a browser and the API are on one machine, a cookie needs no encryption.
ADDRESS = "http://localhost"
COOKIE = "micropools_session"


@lru_cache(maxsize=1)
def _hash() -> str:
    return passwords().hash(PASSWORD)


def give_password(*ids: uuid.UUID) -> None:
    """Have these users, or all there are, sign in with PASSWORD; and forget who was wrong how often."""
    with session() as db:
        db.execute(update(User).where(User.id.in_(ids) if ids else text("true")).values(password_hash=_hash()))
        db.execute(text("DELETE FROM login_attempts"))
        db.commit()


def browser(world: Installation, secret: str | None = None, address: str = "testclient") -> TestClient:
    """A browser, signed in with a session or not; it sends the proof that our pages send."""
    client = world.in_one_loop(TestClient(world.app, ADDRESS, raise_server_exceptions=False, client=(address, 1)))
    if secret is not None:
        client.cookies.set(COOKIE, secret, domain="localhost.local")
        client.headers[csrf.HEADER] = csrf.proof_for(secret)
    return client


def opened(user: uuid.UUID) -> str:
    """The secret of a new session of a user, without the time that comparing a password takes."""
    with session() as db:
        secret = sessions.open_for(db, user, Opening("password", "Test browser", "192.0.2.1"), 3_600)
        db.commit()
    assert secret is not None
    return secret


def session_of(user: uuid.UUID) -> uuid.UUID:
    """The id of a new session of a user."""
    opened(user)
    with session() as db:
        return sessions.of_user(db, user, 3_600)[0].id


def signed_in(world: Installation, user: uuid.UUID) -> TestClient:
    """A browser in which a user has just signed in."""
    return browser(world, opened(user))


def invited(email: str | None = None, role: Role = Role.RECRUITER) -> str:
    """The secret of a new invitation."""
    with session() as db:
        email = email or f"{uuid.uuid4().hex}@example.com"
        secret = invitations.add(db, Invited(email, "New Colleague", role), None)[1]
        db.commit()
    return secret


def reset_for(email: str) -> str:
    """The secret of a new link for a user who forgot their password."""
    secret = new_secret()
    with session() as db:
        assert resets.add(db, email, secret, most=100)
        db.commit()
    return secret


def forgetful() -> str:
    """The same for a new user."""
    email = f"{uuid.uuid4().hex}@example.com"
    with session() as db:
        users.add(db, email, "Forgetful Colleague", Role.ANALYST)
        db.commit()
    return reset_for(email)


def later(table: str, by: timedelta) -> None:
    """Let time pass for the rows of a table: every moment in them lies this much further back."""
    moments = {
        "sessions": ("created_at", "last_used_at", "expires_at"),
        "api_tokens": ("created_at", "last_used_at", "expires_at"),
        "invitations": ("created_at", "expires_at"),
        "password_resets": ("created_at", "expires_at"),
        "login_attempts": ("counted_at", "free_at"),
        "outgoing_mail": ("created_at", "due_at", "expires_at"),
    }[table]
    with session() as db:
        db.execute(text(f"UPDATE {table} SET " + ", ".join(f"{m} = {m} - :by" for m in moments)), {"by": by})
        db.commit()
