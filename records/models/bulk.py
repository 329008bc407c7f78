"""What was done to many people at once: to whom, to whom not and why, and whether it was taken back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class BulkAction(Base):
    """One action on selected people. It holds ids and keys, never what somebody wrote.

    `created_at` is the moment that stands in every row it wrote, by which it knows later what is still its own doing.
    """

    __tablename__ = "bulk_actions"
    __table_args__ = (
        CheckConstraint("kind in ('tag', 'untag', 'share', 'reject', 'apply')", name="kind"),
        CheckConstraint("(undone_at is null) = (undone is null)", name="undoing_is_whole"),
        Index("ix_bulk_actions_done_by", "done_by", "created_at"),
    )

    id: Mapped[RandomId]
    kind: Mapped[str]
    done_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[Created]
    # What was done: {"tags": [keys], "position": id, "reason": key, "user": id}, as far as it applies.
    about: Mapped[dict[str, Any]]
    # {"changed": [people], "left_out": {why: [people]}, "applications": [those that were rejected]}
    outcome: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    undone: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
