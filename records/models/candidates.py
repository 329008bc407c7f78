"""Candidates, their tags, how far each has been matched, and the batches they came in."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId


class ImportBatch(Base):
    """People who arrived together: their notices are one summary per reader, or none."""

    __tablename__ = "import_batches"
    __table_args__ = (CheckConstraint("notices in ('each', 'summary', 'silent')", name="notices"),)

    id: Mapped[RandomId]
    name: Mapped[str]
    notices: Mapped[str]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]


class Candidate(Base):
    """A person. `version` rises in the same commit as any change to what the engine's document shows of them (I3).

    A deleted candidate keeps its id and version only: the tombstone that lets no late write bring them back.
    """

    __tablename__ = "candidates"
    __table_args__ = (
        CheckConstraint("years_experience between 0 and 80", name="years_experience"),
        # The checker walks candidates by id and asks only for those still here.
        Index("ix_candidates_live", "id", postgresql_where=text("deleted_at is null")),
        # It looks first at whoever changed since it last did.
        Index("ix_candidates_updated_at", "updated_at", "id"),
    )

    id: Mapped[RandomId]
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("1"), default=1)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    headline: Mapped[str] = mapped_column(server_default="", default="")
    cv_text: Mapped[str] = mapped_column(server_default="", default="")
    source: Mapped[str | None]
    years_experience: Mapped[int | None] = mapped_column(SmallInteger)
    # [{"code": "de", "level": "b2" | null}]: read and written whole, never queried in SQL.
    languages: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    batch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("import_batches.id"))
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    # When the profile last changed. `updated_at` moves with notes and stages too, of which not every reader may know.
    profile_at: Mapped[Created]
    deleted_at: Mapped[datetime | None]


class CandidateProgress(Base):
    """The version up to which this candidate's matches are stored. Its row is the lock under which they are written.

    Apart from `candidates` so that matching never rewrites the wide row, nor waits for a colleague editing it.
    """

    __tablename__ = "candidate_progress"

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidates.id", ondelete="CASCADE"), primary_key=True)
    matched_version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class CandidateTag(Base):
    """A tag on a candidate, and who or what put it there.

    Neither candidates nor users are ever removed, so only the tag is checked: an import writes twenty rows a person.
    """

    __tablename__ = "candidate_tags"
    __table_args__ = (
        CheckConstraint("origin in ('person', 'import', 'form', 'rule', 'api')", name="origin"),
        Index("ix_candidate_tags_tag_id", "tag_id"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tag_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tags.id"), primary_key=True)
    origin: Mapped[str]
    added_by: Mapped[uuid.UUID | None]
    added_at: Mapped[Created]
