"""Who may ask: users with one role each, and who they are elsewhere."""

from __future__ import annotations

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Counter, Created, RandomId


class Role(StrEnum):
    """What a user is; docs/architecture.md says what each sees."""

    ADMINISTRATOR = "administrator"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"
    ANALYST = "analyst"


class User(Base):
    """A colleague. `bell_seq` numbers the changes of their bell, so that a stream can be replayed from any of them.

    `password_hash` is argon2id in its own notation; None for who signs in elsewhere or asks by token alone.
    """

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role in ('administrator', 'recruiter', 'hiring_manager', 'analyst')", name="role"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
    )

    id: Mapped[RandomId]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    password_hash: Mapped[str | None]
    bell_seq: Mapped[Counter]
    created_at: Mapped[Created]


class Identity(Base):
    """Who a user is at an OpenID provider; at each they are one person only, whatever becomes of their address."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("user_id", "issuer"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[Created]
