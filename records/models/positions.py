"""Positions, applications with their notes and rejections, the customer's reasons, and who was given what."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class Position(Base):
    """A job that candidates apply for."""

    __tablename__ = "positions"
    __table_args__ = (CheckConstraint("status in ('open', 'closed')", name="status"),)

    id: Mapped[RandomId]
    title: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="open", default="open")
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]


class RejectionReason(Base):
    """Why an application ended, said by us or by the candidate. `key` never changes; the name may."""

    __tablename__ = "rejection_reasons"
    __table_args__ = (CheckConstraint("said_by in ('us', 'candidate')", name="said_by"),)

    id: Mapped[RandomId]
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(unique=True)
    said_by: Mapped[str]
    # One that was merged into another is retired, too, and stays as history.
    merged_into: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rejection_reasons.id"))
    retired_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class ReasonChange(Base):
    """Who renamed, retired, brought back or merged a reason, and how many applications carry another one since."""

    __tablename__ = "reason_changes"
    __table_args__ = (
        CheckConstraint("what in ('renamed', 'retired', 'brought_back', 'merged')", name="what"),
        Index("ix_reason_changes_reason_id_changed_at", "reason_id", "changed_at"),
    )

    id: Mapped[RandomId]
    reason_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rejection_reasons.id"))
    what: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    applications: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[Created]


class Application(Base):
    """One candidate's response to one position."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_candidate_id", "candidate_id"),
        Index("ix_applications_position_id", "position_id"),
        CheckConstraint("(rejected_at is null) = (rejection_reason_id is null)", name="rejection_is_whole"),
    )

    id: Mapped[RandomId]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"))
    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("positions.id"))
    stage: Mapped[str] = mapped_column(server_default="new", default="new")
    source: Mapped[str | None]
    applied_at: Mapped[Created]
    rejected_at: Mapped[datetime | None]
    rejection_reason_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rejection_reasons.id"))
    rejection_note: Mapped[str | None]
    rejected_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))


class ApplicationNote(Base):
    """What a colleague wrote beside an application."""

    __tablename__ = "application_notes"

    id: Mapped[RandomId]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    created_at: Mapped[Created]


class Share(Base):
    """Owner access given to one user: to one application, or to a whole position. Ended ones stay, as history."""

    __tablename__ = "shares"
    __table_args__ = (
        CheckConstraint("num_nonnulls(application_id, position_id) = 1", name="one_target"),
        Index(
            "uq_shares_user_application",
            "user_id",
            "application_id",
            unique=True,
            postgresql_where=text("revoked_at is null and application_id is not null"),
        ),
        Index(
            "uq_shares_user_position",
            "user_id",
            "position_id",
            unique=True,
            postgresql_where=text("revoked_at is null and position_id is not null"),
        ),
        # Who has it; and what the deletion of a person looks for, once for each of their applications.
        Index("ix_shares_application_id", "application_id", postgresql_where=text("application_id is not null")),
        Index("ix_shares_position_id", "position_id", postgresql_where=text("position_id is not null")),
        Index("ix_shares_batch_id", "batch_id"),
    )

    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    position_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("positions.id", ondelete="CASCADE"))
    granted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    # The same for all that was given in one go: one notice tells of it.
    batch_id: Mapped[uuid.UUID | None]
    created_at: Mapped[Created]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
