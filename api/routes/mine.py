"""What is the caller's own: the pools they track and what is new in them, and positions they opened."""

from __future__ import annotations

import uuid

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.fields import Id
from api.wire import StrictRoute
from api.work import ReaderWork, StaffWork, Work
from core.errors import Conflict, NotFound
from records.repositories import mine, pools

router = APIRouter(tags=["mine"], route_class=StrictRoute)

# Whoever tracks more looks for them in the talent database.
MOST_POOLS = 500
MOST_POSITIONS = 50


class MyPool(BaseModel):
    """A pool I track, or one below it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    name: str
    parent: uuid.UUID | None
    tracked: bool = Field(description="False for one that lies below what I track.")
    muted: bool = Field(description="My bell says nothing of it, nor of those below it.")
    quiet: bool = Field(description="It or one above it is muted.")
    people: int
    new: int = Field(description="Of them, in notices I have not seen.")


class MyPosition(BaseModel):
    """An open position that I opened."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    open: int = Field(description="Applications for it that were not rejected.")


@router.get("/me/pools", summary="The pools I track")
def my_pools(work: ReaderWork) -> list[MyPool]:
    """And those below them, by name."""
    return [MyPool.model_validate(row) for row in mine.pools(work.db, work.caller.id, MOST_POOLS)]


@router.get("/me/positions", summary="The positions I opened")
def my_positions(work: StaffWork) -> list[MyPosition]:
    """Those that are open, newest first."""
    return [MyPosition.model_validate(row) for row in mine.positions(work.db, work.caller.id, MOST_POSITIONS)]


@router.put("/pools/{pool}/mute", status_code=204, summary="Mute a pool")
def mute(pool: Id, work: ReaderWork) -> None:
    """My bell says nothing of who comes into it, or into one below it; what rang already stays."""
    tracked(work, pool)
    mine.mute(work.db, work.caller.id, pool)
    work.commit()


@router.delete("/pools/{pool}/mute", status_code=204, summary="Unmute a pool")
def unmute(pool: Id, work: ReaderWork) -> None:
    """It rings again for whoever comes from now on; nothing of what it kept to itself is told."""
    tracked(work, pool)
    mine.unmute(work.db, work.caller.id, pool)
    work.commit()


def tracked(work: Work, pool: uuid.UUID) -> None:
    """Refuse a pool that the caller does not track: to whom it may not be known, it is not there."""
    if pool in pools.covered_by(work.db, work.caller.id):
        return
    if not work.sees_all:
        raise NotFound("pool")
    pools.get(work.db, pool)
    raise Conflict("You do not track this pool, so your bell says nothing of it anyway.")
