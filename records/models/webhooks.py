"""Other systems that hear of what happens here, and what was sent to them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class Webhook(Base):
    """An address that is told of events; of all pools (`pools` is NULL) or of these and those below them.

    `secret` signs what is sent there, and for a while the one before it does, too. One that does not answer is left
    alone until `paused_until`; one that was switched off because of that says why (`problem`).
    """

    __tablename__ = "webhooks"

    id: Mapped[RandomId]
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    pools: Mapped[list[uuid.UUID] | None] = mapped_column(ARRAY(Uuid))
    secret: Mapped[str]
    old_secret: Mapped[str | None]
    old_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    problem: Mapped[str | None]
    # Since when, and how often in a row, nothing was taken there.
    failing_since: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    paused_until: Mapped[datetime | None]
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]


class WebhookDelivery(Base):
    """What one commit has to tell one endpoint: `candidates` and `pools` are pairs. Its id is that of every attempt.

    No foreign keys to people or pools: what is said of them is found when it is sent.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state in ('waiting', 'sent', 'failed', 'withdrawn')", name="state"),
        CheckConstraint("cardinality(candidates) = cardinality(pools)", name="pairs"),
        Index("ix_webhook_deliveries_due", "webhook_id", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_webhook_deliveries_of_webhook", "webhook_id", "created_at", "id"),
    )

    id: Mapped[RandomId]
    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event: Mapped[str]
    candidates: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    pools: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    created_at: Mapped[Created]
    due_at: Mapped[Created]
    # Somebody is at it until then; should they be killed, it is anybody's again.
    taken_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    reason: Mapped[str | None]
    said: Mapped[str | None]
    ended_at: Mapped[datetime | None]
