"""Sessions of browsers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, bindparam, delete, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from core.digest import digest_of, new_secret
from core.errors import NotFound
from records.models import LoginSession

# The user's row is held, so that whoever changes the password or deactivates them comes before or after this: after
# it they end the session, before it nothing is opened.
_OPEN = text(
    "INSERT INTO sessions (id, user_id, digest, signed_in_by, client, network, expires_at)"
    " SELECT :id, u.id, :digest, :signed_in_by, :client, :network, clock_timestamp() + make_interval(secs => :life_s)"
    " FROM (SELECT id FROM users WHERE id = :user AND active"
    " AND (:password_hash IS NULL OR password_hash = :password_hash) FOR SHARE) u RETURNING id"
).bindparams(bindparam("password_hash", type_=Text))


@dataclass(frozen=True, slots=True)
class Opening:
    """How somebody signed in. With a password only as long as it still is theirs: its hash as it was compared."""

    by: Literal["password", "oidc"]
    client: str
    network: str
    password_hash: str | None = None


def open_for(db: Session, user: uuid.UUID, how: Opening, life_s: int) -> str | None:
    """A new session's secret, stored nowhere; None when the user was deactivated or changed the password meanwhile."""
    secret = new_secret()
    opened = db.scalar(
        _OPEN,
        {
            "id": uuid.uuid4(),
            "user": user,
            "digest": digest_of(secret),
            "signed_in_by": how.by,
            "client": how.client,
            "network": how.network,
            "password_hash": how.password_hash,
            "life_s": life_s,
        },
    )
    return secret if opened else None


def of_user(db: Session, user: uuid.UUID, idle_s: int) -> list[LoginSession]:
    """The sessions of a user that have not ended, last used first."""
    query = select(LoginSession).where(LoginSession.user_id == user, ~_ended(idle_s))
    return list(db.scalars(query.order_by(LoginSession.last_used_at.desc(), LoginSession.id)))


def end(db: Session, user: uuid.UUID, session: uuid.UUID) -> None:
    """End one session of a user, or NotFound."""
    ended = delete(LoginSession).where(LoginSession.id == session, LoginSession.user_id == user)
    if db.scalar(ended.returning(LoginSession.id)) is None:
        raise NotFound("session")


def end_all(db: Session, user: uuid.UUID, *, but: uuid.UUID | None = None) -> None:
    """End every session of a user, but one perhaps."""
    db.execute(delete(LoginSession).where(LoginSession.user_id == user, LoginSession.id.is_distinct_from(but)))


def end_with(db: Session, secret: str) -> uuid.UUID | None:
    """End the session of this secret, if there is one; returns whose it was."""
    ended = delete(LoginSession).where(LoginSession.digest == digest_of(secret))
    return db.scalar(ended.returning(LoginSession.user_id))


def purge(db: Session, idle_s: int) -> int:
    """Remove the rows of sessions that ended by themselves; returns how many."""
    return len(list(db.scalars(delete(LoginSession).where(_ended(idle_s)).returning(LoginSession.id))))


def _ended(idle_s: int) -> ColumnElement[bool]:
    now = func.clock_timestamp()
    idle = LoginSession.last_used_at <= now - func.make_interval(0, 0, 0, 0, 0, 0, idle_s)
    return (LoginSession.expires_at <= now) | idle
