"""What leaves the house for one person on one channel, and what they chose to hear on which."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId

_RHYTHM = "rhythm in ('off', 'instant', 'daily', 'weekly')"
_CHANNEL = "channel in ('email', 'push', 'slack')"


class NoticeChoice(Base):
    """How often a user hears of one kind of event on one channel; without a row the house decides."""

    __tablename__ = "notice_choices"
    __table_args__ = (CheckConstraint(_RHYTHM, name="rhythm"), CheckConstraint(_CHANNEL, name="channel"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    rhythm: Mapped[str]


class PoolChoice(Base):
    """The same of one pool and those below it, whatever is chosen for all of them."""

    __tablename__ = "pool_choices"
    __table_args__ = (CheckConstraint(_RHYTHM, name="rhythm"), CheckConstraint(_CHANNEL, name="channel"))

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    rhythm: Mapped[str]


class HouseChoice(Base):
    """What holds for whoever chose nothing, set by administrators; without a row notifications/events.py decides."""

    __tablename__ = "house_choices"
    __table_args__ = (CheckConstraint(_RHYTHM, name="rhythm"), CheckConstraint(_CHANNEL, name="channel"))

    event: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    rhythm: Mapped[str]


class ReadingHours(Base):
    """When a user wants to hear of anything; the row without a user is the house's, for whoever has none.

    Times are minutes after midnight in `zone`; nothing is sent from `quiet_from` to `quiet_until` (None: always
    welcome), nor on days that are not in `working_days` (0 is Monday).
    """

    __tablename__ = "reading_hours"
    __table_args__ = (
        UniqueConstraint("user_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("(quiet_from is null) = (quiet_until is null)", name="quiet_is_whole"),
        CheckConstraint("quiet_from is distinct from quiet_until or quiet_from is null", name="quiet_ends"),
        CheckConstraint("quiet_from between 0 and 1439 and quiet_until between 0 and 1439", name="quiet_is_a_time"),
        CheckConstraint("digest_at between 0 and 1439", name="digest_is_a_time"),
        CheckConstraint("digest_day between 0 and 6", name="digest_is_a_day"),
        CheckConstraint("working_days <@ '{0,1,2,3,4,5,6}' and cardinality(working_days) > 0", name="days_are_days"),
    )

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    zone: Mapped[str]
    language: Mapped[str]
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger)
    working_days: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    digest_at: Mapped[int] = mapped_column(SmallInteger)
    digest_day: Mapped[int] = mapped_column(SmallInteger)


class Delivery(Base):
    """One message to one person on one channel; its id is the same at every attempt.

    It grows while it waits for its first attempt (`attempts` is 0); what happens later makes another one. `topic` is
    what it is about: "pool:<id>", "event:<name>", "digest". What it says is found when it is sent, from the notices
    it names, as far as the reader may see them then; none of it is stored.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint(_CHANNEL, name="channel"),
        CheckConstraint("rhythm in ('instant', 'daily', 'weekly')", name="rhythm"),
        CheckConstraint("state in ('waiting', 'sent', 'failed', 'withdrawn')", name="state"),
        Index(
            "uq_deliveries_open",
            *("user_id", "channel", "rhythm", "topic"),
            unique=True,
            postgresql_where=text("state = 'waiting' and attempts = 0"),
        ),
        Index("ix_deliveries_due", "channel", "due_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_deliveries_of_user", "user_id", "channel", "created_at"),
    )

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    channel: Mapped[str]
    rhythm: Mapped[str]
    topic: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"), default="waiting")
    created_at: Mapped[Created]
    # From then on it may be sent; after a failed attempt, again.
    due_at: Mapped[datetime]
    # Somebody is at it until then; should they be killed, it is anybody's again.
    taken_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"), default=0)
    # Why it failed, waits longer or was withdrawn: a word of notifications/reasons.py, and what the far end said.
    reason: Mapped[str | None]
    said: Mapped[str | None]
    # How many people it told of when it was sent; and by what the far end knows it.
    people: Mapped[int | None]
    reference: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class DeliveryNotice(Base):
    """A notice that a delivery tells of: what was added to it after the reader's `after_seq`, up to `up_to_seq`."""

    __tablename__ = "delivery_notices"
    __table_args__ = (Index("ix_delivery_notices_notification_id", "notification_id"),)

    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True)
    notification_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), primary_key=True
    )
    after_seq: Mapped[int] = mapped_column(BigInteger)
    up_to_seq: Mapped[int] = mapped_column(BigInteger)


class ChannelPause(Base):
    """A far end that does not answer, or asked for patience: nothing is tried there before `until`."""

    __tablename__ = "channel_pauses"

    channel: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
    failures: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]
    since: Mapped[Created]


class Unreachable(Base):
    """A user who cannot be reached on a channel until somebody does something about it, and why."""

    __tablename__ = "unreachable"
    __table_args__ = (CheckConstraint(_CHANNEL, name="channel"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    said: Mapped[str | None]
    since: Mapped[Created]


class Device(Base):
    """A browser in which a user wants to hear of things: where its push service takes messages, and its keys."""

    __tablename__ = "devices"
    __table_args__ = (Index("ix_devices_user_id", "user_id"),)

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(unique=True)
    # As browsers write them: base64url without padding.
    p256dh: Mapped[str]
    auth: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[Created]
    reached_at: Mapped[datetime | None]


class SlackWorkspace(Base):
    """The workspace that messages go to; one at most."""

    __tablename__ = "slack_workspaces"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    bot_token: Mapped[str]
    signing_secret: Mapped[str]
    team_id: Mapped[str]
    team_name: Mapped[str]
    # Why nothing can be sent there any more: the token was revoked, say.
    problem: Mapped[str | None]
    connected_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    connected_at: Mapped[Created]


class SlackMember(Base):
    """Who a user is in the workspace, found by their e-mail address; no `slack_id` where nobody was found."""

    __tablename__ = "slack_members"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str]
    slack_id: Mapped[str | None]
    looked_at: Mapped[Created]


class HouseSecret(Base):
    """A key that this installation made for itself: for Web Push, for links that end a subscription."""

    __tablename__ = "house_secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    created_at: Mapped[Created]
