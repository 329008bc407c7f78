"""The sample that an empty installation can begin with, loaded a piece with each request."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.wire import StrictRoute
from api.work import AdministratorWork
from intake import sampling

router = APIRouter(tags=["operations"], route_class=StrictRoute)


class Sample(BaseModel):
    """How much of it is here."""

    offered: bool = Field(description="False where there are people of your own; it is for an empty installation.")
    done: int
    total: int
    finished: bool


@router.get("/sample", summary="How far the sample is loaded")
def read(work: AdministratorWork) -> Sample:
    """Places, skills, reasons, three pools and five hundred made-up people."""
    found = sampling.progress(work.db)
    finished = found.offered and found.done >= found.total
    return Sample(offered=found.offered, done=found.done, total=found.total, finished=finished)


@router.post("/sample", summary="Load the next piece of the sample")
def go_on(work: AdministratorWork) -> Sample:
    """Repeat it until it is finished; each takes about a second. What was loaded stays if you stop."""
    more = sampling.go_on(work.db, work.caller.id)
    view = read(work)
    work.commit(many=more, pools=more, rung=[work.caller.id])
    return view
