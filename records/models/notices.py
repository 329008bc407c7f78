"""What one user should know: a bell row, and for matches exactly which people and pools it speaks of."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Counter, Created, RandomId


class Notification(Base):
    """One bell row. Unseen, read and done are different things.

    `seq` is the user's bell_seq at its last change, `rung` the one at which it last rang: a stream follows the first,
    the list is in the order of the second, so that reading a notice does not move it.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("user_id", "group_key"),
        Index("ix_notifications_bell", "user_id", "seq"),
        Index("ix_notifications_list", "user_id", "rung"),
        # What somebody asked for, and what somebody was asked for: a few among very many.
        Index("ix_notifications_asked_by", "actor_id", postgresql_where=text("kind in ('wanted', 'done')")),
        Index("ix_notifications_asked_of", "user_id", postgresql_where=text("kind = 'wanted'")),
        # What no other channel was given yet: a few among very many.
        Index("ix_notifications_unrouted", "id", postgresql_where=text("rung > routed_seq")),
        CheckConstraint(
            "kind in ('match', 'summary', 'wanted', 'done', 'shared', 'pool_broken', 'drift')", name="kind"
        ),
    )

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(BigInteger)
    rung: Mapped[int] = mapped_column(BigInteger)
    # Up to which `rung` the other channels have it (notifications/routing.py).
    routed_seq: Mapped[Counter]
    kind: Mapped[str]
    # What makes this notice one: "match:<candidate>:<version>", "batch:<import>", … The unique pair above is
    # what "exactly once" rests on.
    group_key: Mapped[str]
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"), index=True)
    pool_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    # Of what was shared with this user in one go (shares.batch_id); told as far as it stands.
    share_batch: Mapped[uuid.UUID | None]
    remark: Mapped[str | None]
    created_at: Mapped[Created]
    seen_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class NotificationMatch(Base):
    """One (candidate, pool) that a notification tells of; removed when the person leaves the pool (I7)."""

    __tablename__ = "notification_matches"
    __table_args__ = (Index("ix_notification_matches_match", "candidate_id", "pool_id"),)

    notification_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True
    )
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), primary_key=True)
    # The reader's bell_seq when it was added: a message tells of what came after the one before.
    seq: Mapped[Counter]
