"""Rejection reasons as the customer keeps them in order: renamed, retired, merged, and what happened to each."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, StrictBool

from api.fields import Body, Label, Limit, Line, Printable
from api.routes.positions import ReasonView
from api.wire import StrictRoute
from api.work import AdministratorWork
from core.errors import Conflict, Invalid, NotFound, Problem
from intake import tagging
from records.models import RejectionReason
from records.repositories import candidates, positions, reasons

router = APIRouter(tags=["positions"], route_class=StrictRoute)

ReasonKey = Annotated[str, Path(max_length=200, description="A reason's key, which never changes."), Printable]
# Where criteria name reasons.
REASON_PLACES = ("rejections,reasons", "rejections,none,reasons")


class ReasonUse(BaseModel):
    """A reason, how many applications were rejected for it, and what became of it."""

    key: str
    name: str
    said_by: Literal["us", "candidate"]
    retired: bool
    merged_into: str | None = Field(default=None, description="Key of the reason it was merged into.")
    applications: int


class ChangedReason(Body):
    """What changes of a reason."""

    name: Label | None = None
    retired: StrictBool | None = None


class MergedReasons(Body):
    """Two reasons that mean the same, by key."""

    reason: Line
    into: Line = Field(description="The one that stays, said by the same.")


class ReasonChangeView(BaseModel):
    """Something that happened to a reason."""

    what: Literal["renamed", "retired", "brought_back", "merged"]
    before: str
    after: str
    applications: int = Field(description="How many carry another reason since.")
    by: uuid.UUID | None
    by_name: str | None
    at: datetime


@router.get(
    "/rejection-reasons/uses", summary="How often each rejection reason was given", response_model_exclude_none=True
)
def index(work: AdministratorWork) -> list[ReasonUse]:
    """All of them, by who says them and name."""
    rows, uses = positions.reasons(work.db), reasons.uses(work.db)
    keys = {row.id: row.key for row in rows}
    return [
        ReasonUse(
            key=row.key,
            name=row.name,
            said_by="us" if row.said_by == "us" else "candidate",
            retired=row.retired_at is not None,
            merged_into=keys[row.merged_into] if row.merged_into else None,
            applications=uses.get(row.key, 0),
        )
        for row in rows
    ]


@router.post("/rejection-reasons/merge", summary="Merge two rejection reasons")
def merge(body: MergedReasons, work: AdministratorWork) -> ReasonUse:
    """Whoever was rejected for the one was rejected for the other; pools and searches that ask for the one ask for the
    other. Nobody is notified. The merged one stays as history, and there is no way back.
    """
    reason, into = _both(work, body)
    people = reasons.people_of(work.db, reason)
    moved = reasons.merge(work.db, reason, into, work.caller.id)
    candidates.raise_versions(work.db, people, actor=work.caller.id, notices="silent")
    tagging.replace_in_pools(work.db, REASON_PLACES, reason.key, into.key, actor=work.caller.id)
    view = next(each for each in index(work) if each.key == into.key)
    work.commit(many=moved > 0, pools=True)
    return view


@router.get("/rejection-reasons/{reason:path}/changes", summary="What happened to a rejection reason")
def changes(reason: ReasonKey, work: AdministratorWork, limit: Limit = 50) -> list[ReasonChangeView]:
    """Newest first."""
    return [
        ReasonChangeView(
            what=each.row.what,
            before=each.row.before,
            after=each.row.after,
            applications=each.row.applications,
            by=each.row.changed_by,
            by_name=each.by,
            at=each.row.changed_at,
        )
        for each in reasons.changes(work.db, positions.reason(work.db, reason), limit)
    ]


@router.patch("/rejection-reasons/{reason:path}", summary="Rename, retire or bring back a rejection reason")
def change(reason: ReasonKey, body: ChangedReason, work: AdministratorWork) -> ReasonView:
    """Its key stays, and so does everybody who was rejected for it. Nobody can be rejected for a retired one."""
    row = reasons.lock(work.db, {reason})[reason]
    if body.name is not None and body.name != row.name:
        reasons.rename(work.db, row, body.name, work.caller.id)
    if body.retired is not None:
        (reasons.retire if body.retired else reasons.bring_back)(work.db, row, work.caller.id)
    view = ReasonView(key=row.key, name=row.name, said_by=row.said_by, retired=row.retired_at is not None)
    work.commit()
    return view


def _both(work: AdministratorWork, body: MergedReasons) -> tuple[RejectionReason, RejectionReason]:
    for field, key in (("reason", body.reason), ("into", body.into)):
        try:
            positions.reason(work.db, key)
        except NotFound as error:
            problem = Problem(f"body.{field}", f"There is no rejection reason “{key}”.")
            raise Invalid("A reason is unknown.", problems=(problem,)) from error
    held = reasons.lock(work.db, {body.reason, body.into})
    reason, into = held[body.reason], held[body.into]
    if reason.merged_into is not None:
        raise Conflict("This reason was merged into another one already.")
    if reason is into:
        wrong = "This is the same reason."
    elif reason.said_by != into.said_by:
        wrong = "One is said by us, the other by the candidate; they cannot be merged."
    elif into.retired_at is not None:
        wrong = f"“{into.name}” is retired; bring it back first."
    else:
        return reason, into
    raise Invalid("These reasons cannot be merged.", problems=(Problem("body.into", wrong),))
