"""Pools for whoever looks after them: all in the order of their folders, how each does, and who tracks one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api import cursors
from api.fields import Cursor, Id, Limit, Printable
from api.routes.pools import WEEKS_LOOKED_BACK
from api.views import PoolName
from api.wire import StrictRoute
from api.work import StaffWork
from records.models import Role
from records.repositories import folders, pools

# Before the routes of one pool: their addresses would take these for its id.
router = APIRouter(tags=["pools"], route_class=StrictRoute)

Health = Literal["well", "filling", "broken", "nobody", "everybody"]


class FolderView(BaseModel):
    """A pool, where it lies, and how it does."""

    id: uuid.UUID
    name: str
    above: list[PoolName] = Field(description="The pools it lies in, from the root down.")
    people: int
    trackers: int = Field(description="Active users who track it or one above it.")
    a_week: float = Field(description="How many of those in it a week came in during the last four.")
    health: Health = Field(
        description="broken: `problem` says why; filling: new criteria are about to take over; nobody: nobody was ever "
        "in it with what it asks now; everybody: nearly everybody is (90 %, of 20 people or more)."
    )
    problem: str | None = None


class FolderPage(BaseModel):
    """Pools, each followed by those that lie in it; `next` is the cursor of the page after."""

    items: list[FolderView]
    next: str | None = None


class TrackerView(BaseModel):
    """A user who tracks a pool, or one above it: `pool` says which."""

    user: uuid.UUID
    name: str
    role: Role
    since: datetime
    pool: PoolName


@router.get("/pools/overview", summary="All pools as folders, and how each does")
def overview(
    work: StaffWork,
    name: Annotated[str, Query(max_length=200, description="Only pools with this in their name."), Printable] = "",
    health: Health | None = None,
    within: Annotated[uuid.UUID | None, Query(description="Only this pool, the first, and those in it.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> FolderPage:
    """By name, from the root down. Pools that find nobody, or everybody, or broke, are found by their `health`."""
    first_day = datetime.now(UTC).date() - timedelta(weeks=WEEKS_LOOKED_BACK)
    which = folders.Which(name, within, health)
    after = _path_in(cursor) if cursor else None
    rows = folders.overview(work.db, which, datetime.combine(first_day, time.min, UTC), after, limit)
    following = cursors.write(rows[-1].path) if len(rows) == limit else None
    return FolderPage(items=[_view(row) for row in rows], next=following)


@router.get("/pools/{pool}/trackers", summary="Who tracks a pool")
def trackers(pool: Id, work: StaffWork) -> list[TrackerView]:
    """Active users by name. Whoever changes the pool decides whom these see, so whoever may change it sees them."""
    pools.get(work.db, pool)
    return [
        TrackerView(
            user=row.user,
            name=row.name,
            role=Role(row.role),
            since=row.since,
            pool=PoolName(id=row.pool, name=row.pool_name),
        )
        for row in folders.trackers(work.db, pool)
    ]


def _path_in(cursor: str) -> list[str]:
    (path,) = cursors.read(cursor, list)
    if not path or not all(isinstance(part, str) and "\0" not in part for part in path):
        raise cursors.unusable("query.cursor", "This is not a cursor of ours; leave it out.")
    return list(path)


def _view(row: folders.Folder) -> FolderView:
    return FolderView(
        id=row.id,
        name=row.name,
        above=[PoolName(id=pool, name=name) for pool, name in row.above],
        people=row.people,
        trackers=row.trackers,
        a_week=row.lately / WEEKS_LOOKED_BACK,
        health=row.health,
        problem=row.problem,
    )
