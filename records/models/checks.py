"""Checks of the index against the database: how far each has come, what it found, and what was found before."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Created, RandomId

_NOWHERE = text("'00000000-0000-0000-0000-000000000000'::uuid")


class Check(Base):
    """One comparison of the database with every live index, of everything ("full") or of a "share".

    A share is whoever changed since the last one, and the next piece of the id space. The cursors say how far it has
    come, so that whoever goes on with it begins where it stopped; `next_from` is what the next share begins from.
    """

    __tablename__ = "checks"
    __table_args__ = (
        CheckConstraint("kind in ('full', 'share')", name="kind"),
        CheckConstraint("step in ('changed', 'people', 'pools', 'done')", name="step"),
        Index("ix_checks_created_at", "created_at"),
    )

    id: Mapped[RandomId]
    kind: Mapped[str]
    repair: Mapped[bool]
    # Above so many finds nothing more is set right: somebody should look first.
    repair_most: Mapped[int | None]
    requested_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
    step: Mapped[str] = mapped_column(server_default="changed", default="changed")
    # Of who changed: from then on, after this person.
    changed_from: Mapped[datetime | None]
    changed_from_id: Mapped[uuid.UUID] = mapped_column(server_default=_NOWHERE)
    next_from: Mapped[datetime]
    people_after: Mapped[uuid.UUID] = mapped_column(server_default=_NOWHERE)
    people_up_to: Mapped[uuid.UUID | None]
    pools_after: Mapped[uuid.UUID] = mapped_column(server_default=_NOWHERE)
    pools_up_to: Mapped[uuid.UUID | None]
    # When the walk through the id space began that this check goes on with.
    round_began_at: Mapped[datetime]
    # Whether it found anything that administrators were not told of before.
    news: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    report: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)


class DriftFind(Base):
    """Something that was not as it should be, so that it is told once and not by each check that meets it."""

    __tablename__ = "drift_finds"

    what: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(primary_key=True)
    first_found_at: Mapped[Created]
    last_found_at: Mapped[Created]
