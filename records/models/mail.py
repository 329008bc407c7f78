"""Mail that was promised and is not sent yet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class OutgoingMail(Base):
    """A letter, written in the commit of what it tells of and deleted when the mail server took it.

    Its id makes the Message-ID, so that a letter sent twice is recognised as one. After `expires_at` it is of no use
    and is not sent. One that no server wants (`dead_at`) has lost its text, which may hold a secret link.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_due_at", "due_at", postgresql_where=text("dead_at is null")),)

    id: Mapped[RandomId]
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    due_at: Mapped[Created]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    error: Mapped[str | None]
    dead_at: Mapped[datetime | None]
