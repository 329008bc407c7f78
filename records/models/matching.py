"""Pools, who tracks them, who is in them, and the registry that orders registrations against matching."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Sequence, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Uuid

from records.base import Base, Counter, Created, RandomId

# Internal numbers, never shown; in the engine they are exact up to 2^53.
GENERATIONS = Sequence("pool_generations", metadata=Base.metadata)


class Pool(Base):
    """A named question. `generation` is the one wanted, `live_generation` the one shown (0: none yet).

    A generation's number is drawn anew for every criteria of every pool, so the number alone names both: it is all
    that percolation has to bring back. The two differ while the newest criteria are registered and back-filled; the
    swap is one update of this row, so no mixture of old and new criteria is ever visible (I4).

    `broken_reason` says why the wanted generation cannot match. `frozen` says that the stored queries of the live one
    were taken out: whoever is in the folder stays as last known, until another generation goes live.
    """

    __tablename__ = "pools"
    __table_args__ = (
        CheckConstraint("live_generation <= generation", name="live_is_not_ahead"),
        Index("ix_pools_ancestors", "ancestors", postgresql_using="gin"),
        Index("uq_pools_generation", "generation", unique=True),
        Index("ix_pools_live_generation", "live_generation"),
    )

    id: Mapped[RandomId]
    name: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pools.id"), index=True)
    # From the root to this pool, itself included: tracking any of them covers it.
    ancestors: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    # The same for the generation that is shown: who tracks a pool above sees people only once its criteria hold here.
    live_ancestors: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid))
    criteria: Mapped[dict[str, Any]] = mapped_column(JSONB)
    generation: Mapped[int] = mapped_column(BigInteger, GENERATIONS, server_default=GENERATIONS.next_value())
    generation_at: Mapped[Created]
    live_generation: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    # The criteria of the live generation, from the root down: who is shown in the folder, as a question. `criteria`
    # may be newer by then.
    live_chain: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'::jsonb"), default=list)
    broken_reason: Mapped[str | None]
    frozen: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    deleted_at: Mapped[datetime | None]


class Tracking(Base):
    """A user follows a pool and everything below it: view access, and notices."""

    __tablename__ = "tracking"
    # Matching asks who tracks the pools entered, thousands at a time.
    __table_args__ = (Index("ix_tracking_pool_id", "pool_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), primary_key=True)
    created_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[Created]


class Mute(Base):
    """A pool, and everything below it, of which this user's bell says nothing, though they track it."""

    __tablename__ = "mutes"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    pool_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[Created]


class PoolChange(Base):
    """Who gave a pool other criteria or another parent, and so decided anew whom its trackers see."""

    __tablename__ = "pool_changes"
    __table_args__ = (Index("ix_pool_changes_pool_id_changed_at", "pool_id", "changed_at"),)

    id: Mapped[RandomId]
    pool_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pools.id"))
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[Created]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]


class Match(Base):
    """(pool, candidate) under one generation of the pool: since when, and until when.

    `candidate_version` is the version at which the person entered or left. `arrived` tells a person who came
    after the pool was asked (to be told of) from one who was there before (filled in silently).

    No foreign keys: neither candidates nor pools are ever removed (both leave a row that says deleted), and two
    checks with two row locks for each of thirty matches cost a third of what an import costs here (measured).
    """

    __tablename__ = "matches"
    __table_args__ = (
        # A folder's page: newest entries first, the id breaking ties.
        Index("ix_matches_folder", "pool_id", "generation", "matched_at", "candidate_id"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pool_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    candidate_version: Mapped[int] = mapped_column(BigInteger)
    arrived: Mapped[bool]
    matched_at: Mapped[Created]
    left_at: Mapped[datetime | None]


class Registry(Base):
    """One row. `pool_epoch` rises after stored queries became visible to percolation (percolators/registration).

    `bell_floor` is where every bell was set when a backup was restored: a number below it is of a history that ended.
    """

    __tablename__ = "registry"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    pool_epoch: Mapped[Counter]
    bell_floor: Mapped[Counter]


class LiveIndex(Base):
    """An engine index that every write must reach. The alias of its kind points to the serving one."""

    __tablename__ = "live_indexes"
    __table_args__ = (CheckConstraint("kind in ('candidates', 'pools')", name="kind"),)

    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    created_at: Mapped[Created]
    # The fields it knows, nested ones inside; what is written there is cut to them. NULL: not asked of the engine yet.
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Whether the alias points to it. What is percolated is cut to the fields of the pool index that serves.
    serving: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    # False while a reindex fills it: until then what it lacks is no drift.
    whole: Mapped[bool] = mapped_column(server_default=text("true"), default=True)


class AskedField(Base):
    """A field that some stored query asks. Written before the query is stored, and never taken back.

    A percolation that leaves the others out finds the same pools, and analyses no CV that no pool asks for.
    """

    __tablename__ = "asked_fields"

    field: Mapped[str] = mapped_column(primary_key=True)
