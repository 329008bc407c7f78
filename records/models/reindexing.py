"""Reindexing: one row for each job, from which any process can go on where another one ended."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from records.base import Base, Counter, Created, RandomId
from records.ids import FIRST


class ReindexJob(Base):
    """New indexes made beside the old ones, filled, verified, swapped in; the old kept until somebody is sure.

    `state` is what an operator wants to know, `step` where whoever runs it goes on. At most one is open
    (`ended_at` is null). `last_candidate` and `last_pool` are how far the new indexes are filled, and after that
    verified, in id order.
    """

    __tablename__ = "reindex_jobs"
    __table_args__ = (
        CheckConstraint(
            "state in ('running', 'failed', 'swapped', 'finished', 'rolled_back', 'abandoned')", name="state"
        ),
        CheckConstraint(
            "step in ('making', 'filling', 'registering', 'settling', 'verifying', 'swapping', 'matching', 'kept',"
            " 'finishing', 'rolling_back', 'dropping_new', 'abandoning', 'ended')",
            name="step",
        ),
        CheckConstraint("one = 1", name="one"),
        Index("uq_reindex_jobs_open", "one", unique=True, postgresql_where=text("ended_at is null")),
        Index("ix_reindex_jobs_started_at", "started_at"),
    )

    id: Mapped[RandomId]
    # The same in every row: what makes a second open one impossible.
    one: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"), default=1)
    state: Mapped[str] = mapped_column(server_default="running", default="running")
    step: Mapped[str] = mapped_column(server_default="making", default="making")
    # NULL: whoever sat at the machine; `started_from` says which.
    started_by: Mapped[uuid.UUID | None]
    started_from: Mapped[str]
    started_at: Mapped[Created]
    updated_at: Mapped[Created]
    ended_at: Mapped[datetime | None]
    # The mapping of the code that began it: other code would fill its indexes wrongly.
    version: Mapped[str]
    accept_differences: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    old_candidates: Mapped[str | None]
    old_pools: Mapped[str | None]
    new_candidates: Mapped[str | None]
    new_pools: Mapped[str | None]
    # Whether the new indexes read texts or answer questions differently: then pools are matched anew after the swap.
    reads_differently: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    last_candidate: Mapped[uuid.UUID] = mapped_column(
        server_default=text("'00000000-0000-0000-0000-000000000000'::uuid"), default=FIRST
    )
    last_pool: Mapped[uuid.UUID] = mapped_column(
        server_default=text("'00000000-0000-0000-0000-000000000000'::uuid"), default=FIRST
    )
    people_done: Mapped[Counter]
    people_total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    pools_done: Mapped[Counter]
    pools_total: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    # People (or pools) a second, lately.
    rate: Mapped[float | None]
    # What a search took before it began, in milliseconds, and how long it pauses for each second of work.
    idle_ms: Mapped[float | None]
    pause: Mapped[float] = mapped_column(server_default=text("0"), default=0.0)
    # When each step began.
    steps: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
    # Why it stopped, and what was found on the way (indexer/reindex/finds.py).
    error: Mapped[str | None]
    findings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"), default=dict)
