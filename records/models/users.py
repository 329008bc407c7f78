"""Who may ask: users with one role each, and the bearer tokens they ask with."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Counter, Created, RandomId


class Role(StrEnum):
    """What a user is; docs/architecture.md says what each sees."""

    ADMINISTRATOR = "administrator"
    RECRUITER = "recruiter"
    HIRING_MANAGER = "hiring_manager"
    ANALYST = "analyst"


class User(Base):
    """A colleague. `bell_seq` numbers the changes of their bell, so that a stream can be replayed from any of them."""

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
    bell_seq: Mapped[Counter]
    created_at: Mapped[Created]


class ApiToken(Base):
    """A bearer token; only its SHA-256 is kept (the token itself is 256 random bits, so no salt is needed)."""

    __tablename__ = "api_tokens"

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Created]
    revoked_at: Mapped[datetime | None]
