"""Who was erased."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created


class Erasure(Base):
    """A person who was erased, by id. No foreign keys: after a restore neither they nor who did it may be there.

    `listed_at` says since when it stands in the erasure list, the file outside of the database; `cleared_at`, since
    when neither index nor tables hold traces of what was removed.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        Index("ix_erasures_unlisted", "candidate_id", postgresql_where=text("listed_at is null")),
        Index("ix_erasures_uncleared", "candidate_id", postgresql_where=text("cleared_at is null")),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    erased_by: Mapped[uuid.UUID | None]
    erased_at: Mapped[Created]
    listed_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
