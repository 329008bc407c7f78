"""Tracking: administrators for anyone, recruiters for themselves. It gives view access and notices."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.fields import Body, Id, Line, Printable
from api.problems import within
from api.views import PUBLIC_KINDS
from api.wire import StrictRoute
from api.work import STAFF, ReaderWork, StaffWork, Work
from core.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from core.text import fold
from intake import tracking
from intake.tracking import TagPool
from records.models import Role, Tag
from records.repositories import offers, pools, tags, users
from records.repositories.tags import Named

router = APIRouter(tags=["tracking"], route_class=StrictRoute)

# What one person picks by hand.
MOST_PICKED = 50
MOST_FOUND = 12


class Tracked(BaseModel):
    """A pool somebody tracks."""

    pool: uuid.UUID
    name: str
    since: datetime


class Picked(Body):
    """What a user is to track."""

    pools: Annotated[tuple[uuid.UUID, ...], Field(max_length=MOST_PICKED)] = ()
    tags: Annotated[tuple[Line, ...], Field(max_length=MOST_PICKED)] = Field(
        default=(), description="By name, synonym or key. A tag is tracked through the pool that asks for it alone."
    )


class Choice(BaseModel):
    """A pool, or a tag, that could be tracked."""

    pool: uuid.UUID | None = Field(default=None, description="Of a tag: the pool that asks for it alone, if there is.")
    tag: str | None = Field(default=None, description="The tag's key; null for a pool.")
    kind: Literal["pool", "skill", "location", "language", "label", "internal"]
    name: str
    people: int
    tracked: bool = Field(description="They track it, or a pool above it, already.")


class WouldSee(BaseModel):
    """Somebody they would see, and through which of the pools and tags picked."""

    id: uuid.UUID
    name: str
    headline: str
    new: bool = Field(description="They do not see this person now.")
    through: list[str]


class TrackingPreview(BaseModel):
    """What tracking would show, before anything is saved."""

    picked: list[Choice]
    people: int
    more: int = Field(description="How many of them the user does not see now.")
    sees_everybody: bool = Field(description="By their role; tracking then gives them a folder and notices.")
    made: list[str] = Field(description="Tags for which a pool would be made.")
    first: list[WouldSee] = Field(description="Those they do not see now first, by name.")


@router.get("/users/{user}/tracking", summary="What a user tracks")
def index(user: Id, work: ReaderWork) -> list[Tracked]:
    """Administrators see it of anyone, everybody else of themselves."""
    if work.caller.role != Role.ADMINISTRATOR and user != work.caller.id:
        raise NotAllowed("Only administrators see what others track.")
    users.get(work.db, user)
    return [Tracked(pool=pool.id, name=pool.name, since=since) for pool, since in pools.tracked_by(work.db, user)]


@router.get("/users/{user}/tracking/choices", summary="What a user could track")
def choices(
    user: Id,
    work: StaffWork,
    q: Annotated[str, Query(max_length=100, description="First letters of a name."), Printable] = "",
) -> list[Choice]:
    """Pools, and where something is typed tags as well, that begin like this."""
    _mine_or_administrator(work, user)
    role = Role(users.get(work.db, user).role)
    offered = offers.pools_starting(work.db, user, q.strip(), MOST_FOUND)
    telling = tracking.telling_pools(work.db, [pool.id for pool in offered], role)
    found = [
        Choice(pool=pool.id, kind="pool", name=pool.name, people=pool.people, tracked=pool.tracked)
        for pool in offered
        if pool.id not in telling
    ]
    if not fold(q):
        return found
    kinds = (*PUBLIC_KINDS, "label", *(("internal",) if role in STAFF else ()))
    keys = tags.keys_starting(work.db, q, kinds)[:MOST_FOUND]
    named, carried = tags.of_keys(work.db, keys), offers.people_of_tags(work.db, keys)
    covered = pools.covered_by(work.db, user)
    for key in sorted(keys, key=lambda key: (-carried[key], key)):
        pool = tracking.pool_of(work.db, key, named[key].kind)
        found.append(_tag_choice(named[key], pool, carried[key], tracked=pool in covered))
    return found


@router.post("/users/{user}/tracking/preview", summary="Whom tracking would show")
def preview(
    user: Id, body: Picked, work: StaffWork, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> TrackingPreview:
    """Changes nothing. A tag without a pool counts everybody who carries it; of a place, or a place in it."""
    role = _trackable(work, user)
    picked, named = _picked(work, body, role)
    without = [each.tag for each in named if each.pool is None]
    carried = offers.people_of_tags(work.db, [each.tag.key for each in named])
    covered = pools.covered_by(work.db, user)
    offer = offers.shown(work.db, user, picked, [tag.key for tag in without], limit, everybody=role in STAFF)
    return TrackingPreview(
        picked=[
            *_pool_choices(work, body.pools, covered),
            *(_tag_choice(each.tag, each.pool, carried[each.tag.key], tracked=each.pool in covered) for each in named),
        ],
        people=offer.people,
        more=offer.more,
        sees_everybody=role in STAFF,
        made=[tag.name for tag in without],
        first=[WouldSee.model_validate(each, from_attributes=True) for each in offer.first],
    )


@router.post("/users/{user}/tracking", summary="Let a user track pools and tags")
def track_picked(user: Id, body: Picked, work: StaffWork) -> list[Tracked]:
    """A tag in one step: the pool that asks for it alone is tracked, and made where there is none. Repeating it changes
    nothing. Answers with everything they track now.
    """
    role = _trackable(work, user)
    picked, named = _picked(work, body, role)
    made = any(each.pool is None for each in named)
    picked += [tracking.pool_for(work.db, each, work.caller.id) for each in named if each.pool is None]
    for pool in sorted(set(picked)):
        pools.track(work.db, user, pool, work.caller.id)
    view = index(user, work)
    work.commit(pools=made, rung=[user])
    return view


@router.put("/users/{user}/tracking/{pool}", status_code=204, summary="Let a user track a pool")
def track(user: Id, pool: Id, work: StaffWork) -> None:
    """Silent: nobody is told of people who are in the pool already. Tracking a pool covers the pools below it."""
    role = _trackable(work, user)
    pools.get(work.db, pool)
    tracking.refuse_telling_pools(work.db, [pool], role)
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


def _trackable(work: Work, user: uuid.UUID) -> Role:
    """The role of a user whose tracking the caller may set, if there is anything for them to track."""
    _mine_or_administrator(work, user)
    # Held: whoever loses their role meanwhile must not keep what they gave themselves.
    role = Role(users.lock(work.db, user).role)
    if user == work.caller.id and role not in STAFF:
        raise NotAllowed("Your role has just changed; an administrator decides what you track now.")
    if role == Role.ANALYST:
        raise Conflict("An analyst sees numbers and no people, so there is nothing for them to track.")
    return role


def _picked(work: Work, body: Picked, role: Role) -> tuple[list[uuid.UUID], list[TagPool]]:
    """The pools picked, those of tags included, and the tags with their pools."""
    for at, pool in enumerate(body.pools):
        try:
            pools.get(work.db, pool)
        except NotFound as error:
            problem = Problem(f"body.pools[{at}]", "There is no such pool.")
            raise Invalid("A pool is unknown.", problems=(problem,)) from error
    tracking.refuse_telling_pools(work.db, body.pools, role)
    with within("body"):
        named = tracking.named_tags(work.db, body.tags, role)
    return [*body.pools, *(each.pool for each in named if each.pool is not None)], named


def _pool_choices(work: Work, picked: Sequence[uuid.UUID], covered: set[uuid.UUID]) -> list[Choice]:
    people = pools.counts(work.db, picked)
    found = [pools.get(work.db, pool) for pool in dict.fromkeys(picked)]
    return [
        Choice(pool=pool.id, kind="pool", name=pool.name, people=people[pool.id], tracked=pool.id in covered)
        for pool in found
    ]


def _tag_choice(tag: Tag | Named, pool: uuid.UUID | None, people: int, *, tracked: bool) -> Choice:
    choice = {"pool": pool, "tag": tag.key, "kind": tag.kind, "name": tag.name, "people": people, "tracked": tracked}
    return Choice.model_validate(choice)


def _mine_or_administrator(work: Work, user: uuid.UUID) -> None:
    if work.caller.role != Role.ADMINISTRATOR and user != work.caller.id:
        raise NotAllowed("Recruiters set tracking for themselves; administrators for anyone.")
