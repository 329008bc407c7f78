"""Tracking: administrators for anyone, recruiters for themselves. It gives view access and notices."""

from __future__ import annotations

import uuid
from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from api.fields import Id
from api.wire import StrictRoute
from api.work import STAFF, ReaderWork, StaffWork, Work
from core.errors import Conflict, NotAllowed
from records.models import Role
from records.repositories import pools, users

router = APIRouter(tags=["tracking"], route_class=StrictRoute)


class Tracked(BaseModel):
    """A pool somebody tracks."""

    pool: uuid.UUID
    name: str
    since: datetime


@router.get("/users/{user}/tracking", summary="What a user tracks")
def index(user: Id, work: ReaderWork) -> list[Tracked]:
    """Administrators see it of anyone, everybody else of themselves."""
    if work.caller.role != Role.ADMINISTRATOR and user != work.caller.id:
        raise NotAllowed("Only administrators see what others track.")
    users.get(work.db, user)
    return [Tracked(pool=pool.id, name=pool.name, since=since) for pool, since in pools.tracked_by(work.db, user)]


@router.put("/users/{user}/tracking/{pool}", status_code=204, summary="Let a user track a pool")
def track(user: Id, pool: Id, work: StaffWork) -> None:
    """Silent: nobody is told of people who are in the pool already. Tracking a pool covers the pools below it."""
    _mine_or_administrator(work, user)
    # Held: whoever loses their role meanwhile must not keep what they gave themselves.
    role = Role(users.lock(work.db, user).role)
    if user == work.caller.id and role not in STAFF:
        raise NotAllowed("Your role has just changed; an administrator decides what you track now.")
    if role == Role.ANALYST:
        raise Conflict("An analyst sees numbers and no people, so there is nothing for them to track.")
    pools.get(work.db, pool)
    pools.track(work.db, user, pool, work.caller.id)
    # Notices of an earlier time of tracking show again.
    work.commit(rung=[user])


@router.delete("/users/{user}/tracking/{pool}", status_code=204, summary="End a user's tracking of a pool")
def untrack(user: Id, pool: Id, work: StaffWork) -> None:
    """What the user saw through this pool alone is gone with the next request."""
    _mine_or_administrator(work, user)
    users.get(work.db, user)
    pools.untrack(work.db, user, pool)
    work.commit(rung=[user])


def _mine_or_administrator(work: Work, user: uuid.UUID) -> None:
    if work.caller.role != Role.ADMINISTRATOR and user != work.caller.id:
        raise NotAllowed("Recruiters set tracking for themselves; administrators for anyone.")
