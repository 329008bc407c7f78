"""Users and their bearer tokens."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import Conflict, NotFound
from records.models import ApiToken, Role, User

_WHO = text(
    "SELECT u.id, u.name, u.role FROM api_tokens t JOIN users u ON u.id = t.user_id"
    " WHERE t.digest = :digest AND t.revoked_at IS NULL AND u.active"
)

TOKEN_PREFIX = "mp_"  # noqa: S105 - a mark by which leaked tokens can be recognised, not a secret


@dataclass(frozen=True, slots=True)
class Caller:
    """The user a request acts for, as of this request."""

    id: uuid.UUID
    name: str
    role: Role


def digest_of(token: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def who(db: Session, token: str) -> Caller | None:
    """The active user behind a token that was not revoked, or None."""
    row = db.execute(_WHO, {"digest": digest_of(token)}).one_or_none()
    return Caller(row.id, row.name, Role(row.role)) if row else None


def add(db: Session, email: str, name: str, role: Role) -> User:
    """A new user; an address already taken is a Conflict."""
    statement = (
        insert(User)
        .values(id=uuid.uuid4(), email=email.lower(), name=name, role=role.value)
        .on_conflict_do_nothing(index_elements=["email"])
        .returning(User)
    )
    user = db.scalars(statement).one_or_none()
    if user is None:
        raise Conflict("There is already a user with this e-mail address.")
    return user


def issue_token(db: Session, user: uuid.UUID, name: str) -> tuple[ApiToken, str]:
    """A new token for the user; the second value is shown once and stored nowhere."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(id=uuid.uuid4(), user_id=user, name=name, digest=digest_of(token))
    db.add(row)
    db.flush()
    return row, token


def revoke_token(db: Session, user: uuid.UUID, token: uuid.UUID) -> None:
    """End a token; it is refused from the next request on."""
    statement = (
        update(ApiToken)
        .where(ApiToken.id == token, ApiToken.user_id == user, ApiToken.revoked_at.is_(None))
        .values(revoked_at=func.clock_timestamp())
        .returning(ApiToken.id)
    )
    if db.scalar(statement) is None:
        raise NotFound("token")


def get(db: Session, user: uuid.UUID) -> User:
    """The user, or NotFound."""
    found = db.get(User, user)
    if found is None:
        raise NotFound("user")
    return found


def lock(db: Session, user: uuid.UUID) -> User:
    """The user, held against other writers, or NotFound."""
    found = db.scalar(select(User).where(User.id == user).with_for_update())
    if found is None:
        raise NotFound("user")
    return found


def page(db: Session, after: uuid.UUID, limit: int) -> list[User]:
    """Users in id order."""
    return list(db.scalars(select(User).where(User.id > after).order_by(User.id).limit(limit)))


def by_email(db: Session, email: str) -> User | None:
    """The user with this address, in any case."""
    return db.scalar(select(User).where(User.email == email.lower()))


def active_of_roles(db: Session, roles: list[Role]) -> list[uuid.UUID]:
    """The active users of these roles."""
    query = select(User.id).where(User.active, User.role.in_([role.value for role in roles])).order_by(User.id)
    return list(db.scalars(query))


def active_among(db: Session, ids: list[uuid.UUID], roles: list[Role]) -> list[uuid.UUID]:
    """Those of `ids` that are active and of one of these roles."""
    query = select(User.id).where(User.id.in_(ids), User.active, User.role.in_([role.value for role in roles]))
    return list(db.scalars(query.order_by(User.id)))


def names(db: Session, ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Names by id."""
    return {row.id: row.name for row in db.execute(select(User.id, User.name).where(User.id.in_(ids)))}
