"""What analysts were shown of rejections, for good, so that no later answer gives away what that one did not."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class CountedRejection(Base):
    """A rejected application that an answer counted, under a small number of its own; never shown.

    No foreign keys: what was counted once stays counted when the person is erased. It holds ids and nothing else.
    """

    __tablename__ = "counted_rejections"

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    candidate_id: Mapped[uuid.UUID] = mapped_column(index=True)


class RejectionAnswer(Base):
    """One answer: `shown` says which rejections were in which group (reports.answered), `question` what was asked.

    Two answers that show the same are one row.
    """

    __tablename__ = "rejection_answers"

    id: Mapped[RandomId]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    shown: Mapped[bytes] = mapped_column(LargeBinary)
    question: Mapped[dict[str, Any]]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[Created]
