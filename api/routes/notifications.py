"""The bell: a list with a cursor, unseen / read / done, and a live stream that can be replayed."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import AsyncIterator
from datetime import datetime
from time import monotonic
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api import cursors
from api.authentication import Credentials
from api.bell_looks import REPLAY, Asking, Beginning, Told
from api.fields import Body, Cursor, Id, Limit
from api.looks import Looks
from api.routes.reindex import Reindex
from api.streams import Listener, Streams
from api.views import PoolName
from api.wire import StrictRoute
from api.work import AnyWork, ListeningCaller, Work
from core.errors import MicropoolsError, NotFound, Unavailable
from records.database import reading, snapshot
from records.models import Role
from records.repositories import notices, reindexing
from records.repositories.notices import BellRow

router = APIRouter(tags=["notifications"], route_class=StrictRoute)

NEWEST = 2**62
NOWHERE = uuid.UUID(int=0)
# Below the idle limit of every common proxy (60 s), and how long a silent stream may outlive its token or session.
BEAT_S = 15.0
# The number beside the bell follows when no further notice came for this long, and after this long in any case.
CALM_S = 0.2
RESTLESS_S = 1.0


class NamedPerson(BaseModel):
    """A person by name."""

    id: uuid.UUID
    name: str


class PositionName(BaseModel):
    """A position by its title."""

    id: uuid.UUID
    title: str


class Notice(BaseModel):
    """A bell row, as far as its reader may see it now."""

    id: uuid.UUID
    seq: int = Field(description="Rises with every change of your bell; the event id of the stream.")
    kind: Literal["match", "summary", "wanted", "done", "shared", "pool_broken", "drift"]
    created_at: datetime
    seen: bool
    read: bool
    done: bool
    people: int = Field(description="How many people it speaks of; GET …/candidates names them.")
    candidate: NamedPerson | None = Field(default=None, description="The person, where it speaks of one.")
    pools: list[PoolName]
    position: PositionName | None = Field(default=None, description="Of what was shared, where it is one position.")
    actor: str | None = None
    remark: str | None = None
    problem: str | None = None

    @classmethod
    def of(cls, row: BellRow) -> Notice:
        """The view of a bell row."""
        person = None
        if row.candidate_id is not None and row.candidate_name is not None:
            person = NamedPerson(id=row.candidate_id, name=row.candidate_name)
        return cls(
            id=row.id,
            seq=row.seq,
            kind=row.kind,
            created_at=row.created_at,
            seen=row.seen_at is not None,
            read=row.read_at is not None,
            done=row.done_at is not None,
            people=row.people,
            candidate=person,
            pools=[PoolName(id=uuid.UUID(pool["id"]), name=pool["name"]) for pool in row.pools],
            position=PositionName(id=uuid.UUID(row.position["id"]), title=row.position["title"])
            if row.position
            else None,
            actor=row.actor,
            remark=row.remark,
            problem=row.problem,
        )


UnseenCount = Annotated[int, Field(description=f"{notices.MOST_UNSEEN} stands for that many or more.")]


class Bell(BaseModel):
    """A page of the bell, what rang last first. Reading a notice does not move it."""

    unseen: UnseenCount
    items: list[Notice]
    next: str | None = None


class People(BaseModel):
    """The people a notice speaks of."""

    items: list[NamedPerson]
    next: str | None = None


class Seen(Body):
    """Up to where the bell was looked at."""

    up_to: Annotated[int, Field(strict=True, ge=0, le=NEWEST)]


class Unseen(BaseModel):
    """What is still unseen."""

    unseen: UnseenCount


@router.get("/notifications", summary="My bell", response_model_exclude_none=True)
def index(
    work: AnyWork,
    limit: Limit = 50,
    cursor: Cursor = None,
    unseen: Annotated[bool, Query(description="Only what was not seen yet.")] = False,
) -> Bell:
    """Only what still speaks of somebody you may see."""
    before = cursors.read(cursor, int)[0] if cursor else NEWEST
    rows = notices.page(work.db, work.caller.id, before=before, limit=limit, unseen=unseen)
    following = cursors.write(rows[-1].rung) if len(rows) == limit else None
    return Bell(unseen=unseen_of(work), items=[Notice.of(row) for row in rows], next=following)


def unseen_of(work: Work) -> int:
    """The number beside the caller's bell."""
    return notices.unseen(work.db, work.caller.id)


def notice_of(work: Work, notice: uuid.UUID) -> Notice:
    """One of the caller's notices, or NotFound."""
    row = notices.get(work.db, work.caller.id, notice)
    if row is None:
        raise NotFound("notice")
    return Notice.of(row)


@router.post("/notifications/seen", summary="I opened the bell")
def seen(body: Seen, work: AnyWork) -> Unseen:
    """Everything up to this `seq` is seen, in every open tab."""
    notices.mark_seen(work.db, work.caller.id, body.up_to)
    count = unseen_of(work)
    work.commit(rung=[work.caller.id])
    return Unseen(unseen=count)


@router.post("/notifications/{notice}/read", status_code=204, summary="I opened this notice")
def read(notice: Id, work: AnyWork) -> None:
    """Read, and so seen. Doing it again changes nothing."""
    _mark(work, notice, done=False)


@router.post("/notifications/{notice}/done", status_code=204, summary="I am done with this notice")
def done(notice: Id, work: AnyWork) -> None:
    """Done, and so read and seen. Doing it again changes nothing."""
    _mark(work, notice, done=True)


@router.get("/notifications/{notice}/candidates", summary="Exactly the people a notice speaks of")
def people(notice: Id, work: AnyWork, limit: Limit = 50, cursor: Cursor = None) -> People:
    """From the match rows, so it is right before the index has refreshed."""
    notice_of(work, notice)
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOWHERE
    rows = notices.people(work.db, work.caller.id, notice, after, limit)
    following = cursors.write(rows[-1][0]) if len(rows) == limit else None
    return People(items=[NamedPerson(id=id_, name=name) for id_, name in rows], next=following)


def _begin(request: Request, caller: ListeningCaller) -> Beginning:
    """A dependency, so that a refusal is an answer with its own status and not the first line of a stream."""
    with snapshot() as db:
        standing, floor = notices.standing(db, caller.id)
        unseen = notices.unseen(db, caller.id)
    watches = caller.role == Role.ADMINISTRATOR
    return Beginning(Credentials.of(request), caller.id, standing, floor, unseen, watches)


@router.get("/notifications/stream", response_class=EventSourceResponse, summary="My bell, live")
async def stream(
    request: Request,
    begin: Annotated[Beginning, Depends(_begin)],
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern=r"^[0-9]{1,19}$", description="Replays what came after this event."),
    ] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Events `notice` (a Notice) and `withdrawn` ({id}), each with its `seq` as id, and `unseen` after them.

    Administrators also get `reindex` (a Reindex) whenever a job that has not ended, or just ended, moved on.
    `unseen` comes by itself, too, when the number changed without a notice (a pool is no longer tracked). `reset` comes
    first where the last event is of a history that ended because a backup was restored: forget what you were sent, and
    read the bell again. Ends when the token is revoked, the session ends or the user is deactivated.
    """
    streams: Streams = request.app.state.streams
    looks: Looks[Asking, Told] = request.app.state.looks
    async with streams.listener(begin.reader) as listener:
        unseen = begin.unseen
        listener.watches_jobs = begin.watches_jobs
        jobs = JobsSeen()
        over = begin.has_ended(last_event_id)
        listener.seq = begin.standing if over or last_event_id is None else int(last_event_id)
        if over:
            # What the page shows may never have been; there is nothing to replay from.
            yield ServerSentEvent(event="reset", data={}, id=str(listener.seq))
        yield ServerSentEvent(event="unseen", data={"unseen": unseen}, id=str(listener.seq), retry=1000)
        # A change between the look at the bell and now has rung nobody: look once more at once.
        listener.changed.set()
        count_by = math.inf  # when the number is due at the latest
        news = False
        while True:
            rang = await _rings(listener, BEAT_S if count_by == math.inf else CALM_S)
            due = not rang or monotonic() >= count_by
            try:
                rows, counted = await looks.ask(Asking(begin, listener.seq, due))
                for row in rows:
                    yield _event(row)
                    listener.seq = row.seq
                if begin.watches_jobs and (moved := await run_in_threadpool(jobs.moved)) is not None:
                    yield ServerSentEvent(event="reindex", data=moved.model_dump(mode="json"))
                if not rang and not rows and count_by == math.inf:
                    yield ServerSentEvent(comment="still here")
                news = news or bool(rows)
                if len(rows) == REPLAY:
                    # The number counts notices that were not told yet.
                    listener.changed.set()
                elif counted is not None:
                    if news or counted != unseen:
                        yield ServerSentEvent(event="unseen", data={"unseen": counted})
                    unseen, news, count_by = counted, False, math.inf
                    continue
                count_by = min(count_by, monotonic() + RESTLESS_S)
            except Unavailable:
                continue
            except MicropoolsError:
                return


async def _rings(listener: Listener, within_s: float) -> bool:
    """Wait for the bell: whether it rang in this time."""
    try:
        await asyncio.wait_for(listener.changed.wait(), within_s)
    except TimeoutError:
        return False
    listener.changed.clear()
    return True


def _event(row: BellRow) -> ServerSentEvent:
    if not row.tells:
        return ServerSentEvent(event="withdrawn", data={"id": str(row.id)}, id=str(row.seq))
    data = Notice.of(row).model_dump(mode="json", exclude_none=True)
    return ServerSentEvent(event="notice", data=data, id=str(row.seq))


class JobsSeen:
    """What a stream has told of the latest reindex."""

    def __init__(self) -> None:
        self._told: tuple[uuid.UUID, datetime] | None = None

    def moved(self) -> Reindex | None:
        """The latest job, where it moved on since the last look; at the first look only if it has not ended."""
        with reading() as db:
            found = reindexing.latest(db, 1)
            now = (found[0].id, found[0].updated_at) if found else None
            if not found or now == self._told:
                return None
            first, self._told = self._told is None, now
            return None if first and found[0].ended_at is not None else Reindex.of(found[0])


def _mark(work: Work, notice: uuid.UUID, *, done: bool) -> None:
    notice_of(work, notice)
    notices.mark(work.db, work.caller.id, notice, done=done)
    work.commit(rung=[work.caller.id])
