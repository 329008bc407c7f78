"""Reindexing as a job: for administrators. A worker does it; whoever listens to their stream sees how far it is."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from api.fields import Body, Created, Id
from api.wire import StrictRoute
from api.work import AdministratorWork, IdempotencyKey, Work, once
from core.errors import Conflict
from core.wake import waker
from indexer.prepare import reindex_is_due
from indexer.reindex import asking
from indexer.reindex.finds import Finds
from indexer.reindex.rehearsal import rehearse
from indexer.reindex.running import seconds_left
from records.models import ReindexJob
from records.repositories import reindexing

router = APIRouter(tags=["reindex"], route_class=StrictRoute)

SHOWN = 20


class Filled(BaseModel):
    """How many are in the new index, of how many."""

    done: int
    total: int


class Indexes(BaseModel):
    """The two indexes of a pair; null until they are named."""

    candidates: str | None
    pools: str | None


class Reindex(BaseModel):
    """A job and how far it is."""

    id: uuid.UUID
    state: Literal["running", "failed", "swapped", "finished", "rolled_back", "abandoned"]
    step: str = Field(description="What is done now, in words.")
    started_at: datetime
    started_by: uuid.UUID | None = Field(description="Null: somebody at the command line.")
    started_from: str
    updated_at: datetime
    ended_at: datetime | None
    people: Filled
    pools: Filled
    rate: float | None = Field(description="People, or pools, a second, lately.")
    seconds_left: float | None = Field(description="Of the step that is under way, at this rate.")
    old: Indexes
    new: Indexes
    error: str | None
    findings: list[str] = Field(description="What verification compared, and what it found.")

    @classmethod
    def of(cls, job: ReindexJob) -> Reindex:
        """The view of a job."""
        return cls(
            id=job.id,
            state=job.state,
            step=asking.step_in_words(job),
            started_at=job.started_at,
            started_by=job.started_by,
            started_from=job.started_from,
            updated_at=job.updated_at,
            ended_at=job.ended_at,
            people=Filled(done=job.people_done, total=job.people_total),
            pools=Filled(done=job.pools_done, total=job.pools_total),
            rate=job.rate,
            seconds_left=seconds_left(job),
            old=Indexes(candidates=job.old_candidates, pools=job.old_pools),
            new=Indexes(candidates=job.new_candidates, pools=job.new_pools),
            error=job.error,
            findings=Finds.of(job).sentences,
        )


class Reindexes(BaseModel):
    """The latest jobs, newest first, and whether another one is due."""

    due: bool = Field(description="The indexes were made by another version or with other settings.")
    items: list[Reindex]


class Rehearsed(BaseModel):
    """What would be different, how much there is, and the seconds it would take while nobody searches."""

    people: int
    pools: int
    people_per_s: float | None
    pools_per_s: float | None
    seconds: float
    differences: list[str] = Field(description="Between the indexes that serve and those that would be made.")


class Wanted(Body):
    """How to reindex."""

    accept_differences: Annotated[
        bool, Field(strict=True, description="Swap though the sample searches are answered otherwise.")
    ] = False


@router.get("/reindex", summary="Reindexing: what there was, and whether it is due")
def index(work: AdministratorWork) -> Reindexes:
    """The last twenty."""
    jobs = reindexing.latest(work.db, SHOWN)
    return Reindexes(due=reindex_is_due(work.db), items=[Reindex.of(job) for job in jobs])


@router.post("/reindex", status_code=201, summary="Begin a reindex")
def start(body: Wanted, response: Response, work: AdministratorWork, key: IdempotencyKey = None) -> Created:
    """A worker does it; 409 with who began it and how far it is while another one has not ended."""

    def begin() -> dict[str, object]:
        made = asking.start(work.db, by=work.caller.id, origin="the API", accept_differences=body.accept_differences)
        return {"id": str(made)}

    receipt = once(work, response, key, "reindex", body, begin)
    _commit(work)
    response.headers["Location"] = f"/v1/reindex/{receipt['id']}"
    return Created.model_validate(receipt)


@router.post("/reindex/rehearsal", summary="What a reindex would change, and how long it would take")
def rehearsal(work: AdministratorWork) -> Rehearsed:
    """Measured on a few, in indexes that are dropped again: it takes some seconds. 409 while another is under way."""
    # Nothing is held meanwhile.
    work.db.commit()
    tried = rehearse()
    return Rehearsed(
        people=tried.people,
        pools=tried.pools,
        people_per_s=tried.people_per_s,
        pools_per_s=tried.pools_per_s,
        seconds=tried.seconds,
        differences=[f"{kind}: {each}" for kind, found in tried.differences.items() for each in found],
    )


@router.get("/reindex/{job}", summary="One reindex")
def show(job: Id, work: AdministratorWork) -> Reindex:
    """How far it is, and what was found."""
    return Reindex.of(reindexing.get(work.db, job))


@router.post("/reindex/{job}/resume", summary="Go on with a reindex that failed")
def resume(job: Id, body: Wanted, work: AdministratorWork) -> Reindex:
    """From the step it failed in; verification begins anew."""
    held = reindexing.hold(work.db, job)
    if held.state != "failed":
        raise Conflict(f"Only what failed can be resumed. {asking.told(work.db, held)}")
    asking.go_on(work.db, held, accept_differences=body.accept_differences)
    return _after(work, job)


@router.post("/reindex/{job}/rollback", summary="Back to the old indexes")
def rollback(job: Id, work: AdministratorWork) -> Reindex:
    """They were written all the while, so nothing is lost. Asking again changes nothing."""
    asking.ask(work.db, job, "rollback")
    return _after(work, job)


@router.post("/reindex/{job}/finish", summary="Drop the old indexes")
def finish(job: Id, work: AdministratorWork) -> Reindex:
    """After this there is no way back. Asking again changes nothing."""
    asking.ask(work.db, job, "finish")
    return _after(work, job)


@router.post("/reindex/{job}/abandon", summary="Give up a reindex that was not swapped in")
def abandon(job: Id, work: AdministratorWork) -> Reindex:
    """The new indexes are dropped; nothing else was ever changed. Asking again changes nothing."""
    asking.ask(work.db, job, "abandon")
    return _after(work, job)


def _after(work: Work, job: uuid.UUID) -> Reindex:
    view = Reindex.of(reindexing.as_it_stands(work.db, job))
    _commit(work)
    return view


def _commit(work: Work) -> None:
    work.commit()
    waker.reindex()
