"""Pools: asked for a preview, made, changed, opened as folders, deleted."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field, StrictBool

from api import cursors
from api.fields import Body, Created, Cursor, Id, Limit, Line
from api.finding import seen_among
from api.problems import within
from api.reading import access_of
from api.rows import RowProblem, rows_left_out
from api.showing import Shown, shown_by
from api.views import etag_of, is_match
from api.wire import StrictRoute
from api.work import IdempotencyKey, ReaderWork, StaffWork, Work, once
from core.errors import Changed, Invalid, NotFound, Problem
from engine.door import Page, count, search
from engine.process import engine
from intake.pools import storable, storable_many
from mappings.names import serving_candidates
from records.models import Pool
from records.repositories import matching, pools, tags, users
from search.criteria import Criteria
from search.question import Between, Question, every
from search.secure import secure

router = APIRouter(tags=["pools"], route_class=StrictRoute)

NOWHERE = uuid.UUID(int=0)
MOST_IN_BULK = 1_000
# Long enough that a quiet week does not decide, short enough to be how it is now.
WEEKS_LOOKED_BACK = 4
# Enough people to see by their names whether the criteria mean what was meant.
NAMED = 10


class NewPool(Body):
    """A named question."""

    name: Line
    criteria: Criteria
    parent: uuid.UUID | None = Field(default=None, description="A pool whose criteria must hold as well.")


class NamedCriteria(Body):
    """One of many pools."""

    name: Line
    criteria: Criteria


class ManyPools(Body):
    """Pools that come in together."""

    pools: Annotated[tuple[NamedCriteria, ...], Field(min_length=1, max_length=MOST_IN_BULK)]
    parent: uuid.UUID | None = None
    new_tags: StrictBool = Field(default=False, description="Add skills that no tag answers to yet.")


class PoolsCreated(BaseModel):
    """The new ids in the order of the rows; rows that could not be used have null and a problem."""

    ids: list[str | None]
    problems: list[RowProblem]


class ChangedPool(Body):
    """What changes of a pool."""

    name: Line | None = None
    criteria: Criteria | None = None
    parent: uuid.UUID | None = Field(default=None, description="`null` makes it a root.")


class TriedOut(Body):
    """Criteria to be tried out."""

    criteria: Criteria
    parent: uuid.UUID | None = None
    pool: uuid.UUID | None = Field(default=None, description="The pool that would be changed to ask this.")


class PersonName(BaseModel):
    """A person by name."""

    id: uuid.UUID
    name: str


class Preview(BaseModel):
    """How many people the criteria find now."""

    people: int
    newest: list[PersonName] = Field(description="Some of them, who came last first.")
    a_week: float = Field(
        description="How many of them a week came in during the last four: as many notices to expect."
    )
    shows: Shown | None = Field(default=None, description="Where `pool` is given or `parent` is tracked.")


class ChangeView(BaseModel):
    """A change of what a pool asks: who made it, when, and criteria and parent before and after."""

    by: uuid.UUID | None
    by_name: str | None
    at: datetime
    before: dict[str, Any]
    after: dict[str, Any]


class PoolView(BaseModel):
    """A pool as shown. Criteria only to those who see everything; a tracker sees who is in it, not why."""

    id: uuid.UUID
    name: str
    parent: uuid.UUID | None = None
    people: int
    criteria: dict[str, Any] | None = None
    state: str | None = Field(default=None, description="filling, live or broken")
    problem: str | None = Field(default=None, description="Why a broken pool is broken; new criteria mend it.")


class PoolPage(BaseModel):
    """Pools in id order; `next` is the cursor of the page after."""

    items: list[PoolView]
    next: str | None = None


class Member(BaseModel):
    """A person in a pool."""

    id: uuid.UUID
    name: str
    headline: str
    since: datetime


class Members(BaseModel):
    """The people in a pool, newest entry first; `next` is the cursor of the page after."""

    items: list[Member]
    next: str | None = None


@router.post("/pools/preview", summary="How many people would be in a pool")
def preview(body: TriedOut, work: StaffWork) -> Preview:
    """Refuses what could not be saved as a pool, with the sentence saving would give.

    Of a pool that is tracked, or would lie below one, it also says whom saving shows to how many colleagues.
    """
    parent = _parent(work, body.parent)
    with within("body"):
        _, question = storable(work.db, body.criteria, parent)
    shows = shown_by(work, question, _changed(work, body.pool), parent, lambda more: _count(work, more))
    since = datetime.now(UTC).date() - timedelta(weeks=WEEKS_LOOKED_BACK)
    lately = _count(work, every([question, Between("created", since, None)]))
    found = search(engine(), serving_candidates(), secure(question, access_of(work)), Page(NAMED, "newest"))
    return Preview(
        people=found.total,
        newest=[PersonName(id=person.id, name=person.name) for person in seen_among(work, found.hits)],
        a_week=lately / WEEKS_LOOKED_BACK,
        shows=shows,
    )


def _count(work: Work, question: Question) -> int:
    return count(engine(), serving_candidates(), secure(question, access_of(work)))


def _changed(work: Work, pool: uuid.UUID | None) -> Pool | None:
    try:
        return pools.get(work.db, pool) if pool else None
    except NotFound as error:
        raise Invalid("The pool is unknown.", problems=(Problem("body.pool", "There is no such pool."),)) from error


@router.post("/pools", status_code=201, summary="Make a pool")
def create(body: NewPool, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """Matches from now on; the people already there fill it silently within a moment."""

    def add() -> dict[str, object]:
        parent = _parent(work, body.parent, held=True)
        with within("body"):
            criteria, _ = storable(work.db, body.criteria, parent)
            made = pools.add_many(work.db, [(body.name, criteria)], parent=parent, actor=work.caller.id)
        return {"id": str(made[0])}

    receipt = once(work, response, key, "pools", body, add)
    work.commit(pools=True)
    response.headers["Location"] = f"/v1/pools/{receipt['id']}"
    return Created.model_validate(receipt)


@router.post("/pools/bulk", status_code=201, summary="Make up to 1,000 pools")
def create_many(body: ManyPools, response: Response, work: StaffWork, key: IdempotencyKey = None) -> PoolsCreated:
    """Pools that cannot be stored are left out and named; the others are made."""
    rows = [(f"body.pools[{at}]", pool.name, pool.criteria) for at, pool in enumerate(body.pools)]
    told: list[list[Problem]] = []

    def add() -> dict[str, object]:
        if body.new_tags:
            asked = (n for p in body.pools for n in (*p.criteria.tags.any, *p.criteria.tags.all, *p.criteria.tags.none))
            tags.add_missing(work.db, asked, "skill")
        parent = _parent(work, body.parent, held=True)
        good, problems = storable_many(work.db, rows, parent)
        told.extend(problems)
        if not good:
            wrong = tuple(problem for each in problems for problem in each)
            raise Invalid(f"None of the pools can be made. {wrong[0].message}", problems=wrong)
        with within("body"):
            made = iter(pools.add_many(work.db, good, parent=parent, actor=work.caller.id))
        return {"ids": [None if wrong else str(next(made)) for wrong in problems]}

    receipt = once(work, response, key, "pools/bulk", body, add)
    # The receipt that is kept holds ids only; what was wrong is said from the rows, which a repeat sends again.
    if None in receipt["ids"] and not told:
        told = storable_many(work.db, rows, _parent(work, body.parent))[1]
    left_out = rows_left_out(receipt["ids"], told, [place for place, _, _ in rows])
    work.commit(pools=True)
    return PoolsCreated(ids=receipt["ids"], problems=left_out)


@router.get("/pools", summary="List pools", response_model_exclude_none=True)
def index(work: ReaderWork, limit: Limit = 50, cursor: Cursor = None) -> PoolPage:
    """All of them; for hiring managers those they track and the ones below."""
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOWHERE
    only = None if work.sees_all else sorted(pools.covered_by(work.db, work.caller.id))
    rows = pools.page(work.db, after, limit, only)
    following = cursors.write(rows[-1].id) if len(rows) == limit else None
    return PoolPage(items=_views(work, rows), next=following)


@router.get("/pools/{pool}", summary="Read a pool", response_model_exclude_none=True)
def read(pool: Id, response: Response, work: ReaderWork) -> PoolView:
    """With how many people are in it now. The ETag is of its name and of what it asks, whoever is in it."""
    view = _views(work, [_visible(work, pool)])[0]
    response.headers["ETag"] = _tag_of(view)
    return view


@router.patch("/pools/{pool}", summary="Change a pool", response_model_exclude_none=True)
def change(
    pool: Id,
    body: ChangedPool,
    response: Response,
    work: StaffWork,
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=200, description="The ETag you read.")] = None,
) -> PoolView:
    """New criteria take over in one step once they are filled; until then the old ones match. Nobody is notified.

    With If-Match, refused (412) when its name or what it asks has changed since you read it.
    """
    row = pools.lock(work.db, pool)
    if if_match is not None and not is_match(if_match, _tag_of(_views(work, [row])[0])):
        raise Changed("This pool was changed by somebody else since you read it; read it again and repeat.")
    before = pools.asked_by(row)
    moved = "parent" in body.model_fields_set and body.parent != row.parent_id
    if moved:
        above = _parent(work, body.parent, held=True)
        with within("body"):
            pools.move(work.db, row, above, actor=work.caller.id)
    if body.criteria is not None or moved:
        parent = pools.get(work.db, row.parent_id) if row.parent_id else None
        asked = body.criteria if body.criteria is not None else Criteria.model_validate(row.criteria)
        with within("body"):
            criteria, _ = storable(work.db, asked, parent)
        if body.criteria is not None and criteria != row.criteria:
            pools.change_criteria(work.db, row, criteria, actor=work.caller.id)
    pools.record_change(work.db, row, before, work.caller.id)
    if body.name is not None:
        row.name = body.name
        work.db.flush()
    view = _views(work, [row])[0]
    work.commit(pools=True)
    response.headers["ETag"] = _tag_of(view)
    return view


@router.get("/pools/{pool}/changes", summary="Who changed what a pool asks")
def changes(pool: Id, work: StaffWork, limit: Limit = 50) -> list[ChangeView]:
    """The latest ones, newest first: whoever tracks the pool sees other people since."""
    pools.get(work.db, pool)
    rows = pools.changes(work.db, pool, limit)
    known = users.names(work.db, {row.changed_by for row in rows if row.changed_by})
    return [
        ChangeView(
            by=row.changed_by,
            by_name=known.get(row.changed_by) if row.changed_by else None,
            at=row.changed_at,
            before=row.before,
            after=row.after,
        )
        for row in rows
    ]


@router.delete("/pools/{pool}", status_code=204, summary="Delete a pool")
def delete(pool: Id, work: StaffWork) -> None:
    """Its folder, and what trackers saw through it, is gone at once."""
    pools.remove(work.db, pools.lock(work.db, pool), actor=work.caller.id)
    work.commit(pools=True)


@router.get("/pools/{pool}/candidates", summary="Open a pool as a folder")
def members(pool: Id, work: ReaderWork, limit: Limit = 50, cursor: Cursor = None) -> Members:
    """The people in the pool, newest entry first, straight from the match rows."""
    row = _visible(work, pool)
    before = cursors.read(cursor, datetime, uuid.UUID) if cursor else None
    people = matching.folder(work.db, row.id, limit, (before[0], before[1]) if before else None)
    following = cursors.write(people[-1].matched_at.isoformat(), people[-1].candidate) if len(people) == limit else None
    items = [Member(id=p.candidate, name=p.name, headline=p.headline, since=p.matched_at) for p in people]
    return Members(items=items, next=following)


def _parent(work: Work, parent: uuid.UUID | None, *, held: bool = False) -> Pool | None:
    """The pool above; `held` against colleagues who move or delete it while something is put below it."""
    if parent is None:
        return None
    try:
        return pools.lock(work.db, parent) if held else pools.get(work.db, parent)
    except NotFound as error:
        raise Invalid("The parent is unknown.", problems=(Problem("body.parent", "There is no such pool."),)) from error


def _visible(work: Work, pool: uuid.UUID) -> Pool:
    if not work.sees_all and pool not in pools.covered_by(work.db, work.caller.id):
        raise NotFound("pool")
    return pools.get(work.db, pool)


def _tag_of(view: PoolView) -> str:
    return etag_of(view.model_copy(update={"people": 0, "state": None, "problem": None}))


def _views(work: Work, rows: list[Pool]) -> list[PoolView]:
    people = pools.counts(work.db, [row.id for row in rows])
    if work.sees_all:
        return [
            PoolView(
                id=row.id,
                name=row.name,
                parent=row.parent_id,
                people=people[row.id],
                criteria=row.criteria,
                state="broken" if row.broken_reason else "live" if row.live_generation == row.generation else "filling",
                problem=row.broken_reason,
            )
            for row in rows
        ]
    covered = pools.covered_by(work.db, work.caller.id)
    return [
        PoolView(
            id=row.id,
            name=row.name,
            parent=row.parent_id if row.parent_id in covered else None,
            people=people[row.id],
        )
        for row in rows
    ]
