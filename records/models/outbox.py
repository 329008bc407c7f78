"""The outbox (what still has to reach the engine) and the answers remembered for repeated requests."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created


class OutboxRow(Base):
    """The intent to index a candidate or register a pool, committed together with the change itself (I1).

    Rows are deleted when done. A row that keeps failing is counted and in the end set aside (`dead_at`), visibly.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("kind in ('candidate', 'pool')", name="kind"),
        CheckConstraint("notices in ('each', 'follow', 'summary', 'silent')", name="notices"),
        Index("ix_outbox_due", "kind", "notices", "due_at", "id", postgresql_where=text("dead_at is null")),
        Index("ix_outbox_entity_id", "entity_id"),
        Index("ix_outbox_dead", "entity_id", postgresql_where=text("dead_at is not null")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    entity_id: Mapped[uuid.UUID]
    actor_id: Mapped[uuid.UUID | None]
    batch_id: Mapped[uuid.UUID | None]
    notices: Mapped[str] = mapped_column(server_default="each", default="each")
    created_at: Mapped[Created]
    due_at: Mapped[Created]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    # How often in a row it was turned away because a part was down; counts no attempt.
    postponed: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    error: Mapped[str | None]
    dead_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The receipt of a creating POST, kept so that a repeat gets the same answer. Holds ids only, never a person.

    Nor is the key kept, which its sender may have made of an address: `key_digest` is its SHA-256.
    """

    __tablename__ = "idempotency_keys"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    receipt: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[Created]
