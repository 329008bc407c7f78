"""What people show to be let in: tokens, sessions, links that are used once; and how often somebody was wrong.

Of every secret only the SHA-256 is kept. All of them are 256 random bits, so no salt is needed.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class Scope(StrEnum):
    """What a token is good for, within what its user may; api/scopes.py says which request needs which."""

    READ = "read"
    WRITE = "write"
    STREAM = "stream"
    ADMIN = "admin"


class ApiToken(Base):
    """A bearer token. `last_used_at` is right to a minute."""

    __tablename__ = "api_tokens"
    __table_args__ = (CheckConstraint("scopes <@ '{read,write,stream,admin}' AND scopes <> '{}'", name="scopes"),)

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class LoginSession(Base):
    """A browser that is signed in. A session that ended has no row. `last_used_at` is right to a minute.

    `client` and `network` are shown to the user, so that they recognise their own.
    """

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("signed_in_by in ('password', 'oidc')", name="signed_in_by"),)

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    signed_in_by: Mapped[str]
    client: Mapped[str]
    network: Mapped[str]
    created_at: Mapped[Created]
    last_used_at: Mapped[Created]
    expires_at: Mapped[datetime]


class Invitation(Base):
    """Somebody asked to join. The user is made when they accept; revoked and accepted ones have no row."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role in ('administrator', 'recruiter', 'hiring_manager', 'analyst')", name="role"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
    )

    id: Mapped[RandomId]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]


class PasswordReset(Base):
    """A link with which a user sets their password without the old one. A used one has no row."""

    __tablename__ = "password_resets"

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]


class Attempts(Base):
    """How often passwords were tried by somebody: a bucket that leaks. The key is a digest, so it names nobody."""

    __tablename__ = "login_attempts"
    __table_args__ = (Index("ix_login_attempts_counted_at", "counted_at"),)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    level: Mapped[float] = mapped_column(Double, server_default=text("0"))
    counted_at: Mapped[Created]
    free_at: Mapped[Created]
