"""Positions, and the reasons applications end for."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api import cursors
from api.fields import Body, Created, Cursor, Id, Label, Limit, Line, Printable
from api.views import ApplicationView, application_views
from api.wire import StrictRoute
from api.work import AdministratorWork, IdempotencyKey, ReaderWork, StaffWork, Work, once
from core.errors import NotFound
from records.models import Position
from records.repositories import access, candidates, positions

router = APIRouter(tags=["positions"], route_class=StrictRoute)

Status = Literal["open", "closed"]


class NewPosition(Body):
    """A job."""

    title: Line


class ChangedPosition(Body):
    """What changes of a position."""

    title: Line | None = None
    status: Status | None = None


class PositionView(BaseModel):
    """A job as shown."""

    id: uuid.UUID
    title: str
    status: str

    @classmethod
    def of(cls, row: Position) -> PositionView:
        """The view of a position."""
        return cls(id=row.id, title=row.title, status=row.status)


class ListedPosition(PositionView):
    """A job in the list, with how many responses to it are not rejected."""

    created_at: datetime
    waiting: int


class PositionPage(BaseModel):
    """Positions, newest first; `next` is the cursor of the page after."""

    items: list[ListedPosition]
    next: str | None = None


class Applicant(ApplicationView):
    """A response to the position, with the name of who gave it."""

    candidate_name: str


class ApplicantPage(BaseModel):
    """Responses to a position, newest first; `next` is the cursor of the page after."""

    items: list[Applicant]
    next: str | None = None


class NewReason(Body):
    """A reason for rejections."""

    name: Label
    said_by: Literal["us", "candidate"]


class ReasonView(BaseModel):
    """A reason as shown."""

    key: str
    name: str
    said_by: str
    retired: bool


@router.post("/positions", status_code=201, summary="Open a position")
def create(body: NewPosition, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """A new open position."""

    def add() -> dict[str, object]:
        return {"id": str(positions.add(work.db, body.title, work.caller.id).id)}

    receipt = once(work, response, key, "positions", body, add)
    work.commit()
    response.headers["Location"] = f"/v1/positions/{receipt['id']}"
    return Created.model_validate(receipt)


@router.get("/positions", summary="List positions")
def index(
    work: StaffWork,
    q: Annotated[str, Query(max_length=200, description="A part of the title."), Printable] = "",
    status: Status | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PositionPage:
    """All positions, or those that are open, or closed."""
    before = cursors.read(cursor, datetime, uuid.UUID) if cursor else None
    rows = positions.page(work.db, limit, (before[0], before[1]) if before else None, status=status, part=q.strip())
    waiting = positions.waiting(work.db, [row.id for row in rows])
    items = [
        ListedPosition(**dict(PositionView.of(row)), created_at=row.created_at, waiting=waiting.get(row.id, 0))
        for row in rows
    ]
    following = cursors.write(rows[-1].created_at, rows[-1].id) if len(rows) == limit else None
    return PositionPage(items=items, next=following)


@router.get("/positions/{position}", summary="Read a position")
def read(position: Id, work: ReaderWork) -> PositionView:
    """For hiring managers only those shared with them as a whole."""
    return PositionView.of(_seen(work, position))


@router.get("/positions/{position}/applications", summary="Who applied", response_model_exclude_none=True)
def applicants(
    position: Id,
    work: ReaderWork,
    rejected: Annotated[bool | None, Query(description="Only those that were rejected, or only the others.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ApplicantPage:
    """The applications for the position; for hiring managers only where it was shared with them as a whole."""
    _seen(work, position)
    before = cursors.read(cursor, datetime, uuid.UUID) if cursor else None
    rows = positions.applications_for(
        work.db, position, limit, (before[0], before[1]) if before else None, rejected=rejected
    )
    names = candidates.shown(work.db, [row.candidate_id for row in rows])
    items = [
        Applicant(**dict(view), candidate_name=names[view.candidate].name)
        for view in application_views(work, rows)
        if view.candidate in names
    ]
    following = cursors.write(rows[-1].applied_at, rows[-1].id) if len(rows) == limit else None
    return ApplicantPage(items=items, next=following)


@router.patch("/positions/{position}", summary="Change a position")
def change(position: Id, body: ChangedPosition, work: StaffWork) -> PositionView:
    """Rename, close or open again."""
    row = positions.get(work.db, position)
    row.title = body.title or row.title
    row.status = body.status or row.status
    work.db.flush()
    work.commit()
    return PositionView.of(row)


@router.get("/rejection-reasons", summary="List rejection reasons")
def reasons(work: StaffWork) -> list[ReasonView]:
    """All reasons, retired ones marked."""
    return [
        ReasonView(key=row.key, name=row.name, said_by=row.said_by, retired=row.retired_at is not None)
        for row in positions.reasons(work.db)
    ]


@router.post("/rejection-reasons", status_code=201, summary="Add a rejection reason")
def add_reason(body: NewReason, response: Response, work: AdministratorWork, key: IdempotencyKey = None) -> Created:
    """The customer's own words for why applications end."""

    def add() -> dict[str, object]:
        return {"id": str(positions.add_reason(work.db, body.name, body.said_by).id)}

    receipt = once(work, response, key, "rejection-reasons", body, add)
    work.commit()
    return Created.model_validate(receipt)


def _seen(work: Work, position: uuid.UUID) -> Position:
    if not work.sees_all and not access.position_is_shared(work.db, work.caller.id, position):
        raise NotFound("position")
    return positions.get(work.db, position)
