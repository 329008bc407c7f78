"""Looking for drift: what the last checks found, and asking for one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StrictBool

from api.fields import Body
from api.wire import StrictRoute
from api.work import AdministratorWork
from core.wake import waker
from records.models import Check
from records.repositories import checks

router = APIRouter(tags=["operations"], route_class=StrictRoute)


class CheckView(BaseModel):
    """A comparison of the database with every index that should hold everything."""

    id: uuid.UUID
    kind: Literal["full", "share"] = Field(description="share: who changed lately and a piece of all the others")
    state: Literal["waiting", "done", "failed"]
    repair: bool
    created_at: datetime
    finished_at: datetime | None = None
    error: str | None = None
    candidates: int = Field(description="Looked at so far.")
    pools: int = Field(description="Looked at so far.")
    found: dict[str, int] = Field(description="By kind; empty where nothing differs.")
    repaired: int
    examples: list[str]

    @classmethod
    def of(cls, row: Check) -> CheckView:
        """The view of a check."""
        report = row.report
        return cls(
            id=row.id,
            kind="full" if row.kind == "full" else "share",
            state="waiting" if row.finished_at is None else "failed" if row.error else "done",
            repair=row.repair,
            created_at=row.created_at,
            finished_at=row.finished_at,
            error=row.error,
            candidates=report.get("candidates", 0),
            pools=report.get("pools", 0),
            found={what: report[what] for what in checks.DRIFT if report.get(what)},
            repaired=report.get("repaired", 0),
            examples=report.get("examples", []),
        )


class NewCheck(Body):
    """A check of everything."""

    repair: StrictBool = Field(default=False, description="Set right what is found; nobody is told of people by it.")


@router.get("/checks", summary="The last checks for drift", response_model_exclude_none=True)
def index(work: AdministratorWork, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> list[CheckView]:
    """Newest first; kept for a month."""
    return [CheckView.of(row) for row in checks.newest(work.db, limit)]


@router.post("/checks", status_code=202, summary="Check everything", response_model_exclude_none=True)
def ask(body: NewCheck, work: AdministratorWork) -> CheckView:
    """A worker does it. Asked for again before it is done, it is the same one."""
    row = checks.asked_for(work.db, repair=body.repair)
    if row is None:
        row = checks.begin_full(work.db, repair=body.repair, requested_by=work.caller.id)
    view = CheckView.of(row)
    work.commit()
    waker.checks()
    return view
