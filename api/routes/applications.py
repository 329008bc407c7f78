"""Applications: a candidate's response to a position, its stage, notes, rejection and the undoing of it."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Response
from pydantic import Field

from api.fields import Body, Created, Id, Line, ShortText
from api.views import ApplicationView, application_views, etag_of, is_match
from api.wire import StrictRoute
from api.work import IdempotencyKey, ReaderWork, StaffWork, Work, once
from core.errors import Changed, Conflict, Invalid, NotFound, Problem
from records.models import Application, RejectionReason
from records.repositories import candidates, positions, shares

# Readers of a pool may see a person without their applications. What those change of a document is told as "follow":
# nobody can tell from a bell that an application is there.

router = APIRouter(tags=["applications"], route_class=StrictRoute)


class NewApplication(Body):
    """A response to a position."""

    position: uuid.UUID
    stage: Line = "new"
    source: Line | None = None


class Stage(Body):
    """Where an application stands."""

    stage: Line


class NewNote(Body):
    """A note beside an application."""

    text: Annotated[ShortText, Field(min_length=1)]


class NewRejection(Body):
    """Why an application ends."""

    reason: Line = Field(description="Key of a rejection reason.")
    note: ShortText | None = None


@router.post("/candidates/{candidate}/applications", status_code=201, summary="Apply for a position")
def create(
    candidate: Id, body: NewApplication, response: Response, work: StaffWork, key: IdempotencyKey = None
) -> Created:
    """Records that the person responded to the position."""

    def add() -> dict[str, object]:
        candidates.lock(work.db, candidate)
        position = positions.get(work.db, body.position)
        if position.status != "open":
            raise Conflict(f"“{position.title}” is closed; open it before adding applications.")
        row = positions.apply(work.db, candidate, position.id, stage=body.stage, source=body.source)
        candidates.raise_versions(work.db, [candidate], actor=work.caller.id, notices="follow")
        return {"id": str(row.id)}

    receipt = once(work, response, key, f"candidates/{candidate}/applications", body, add)
    work.commit(people=[candidate])
    response.headers["Location"] = f"/v1/applications/{receipt['id']}"
    return Created.model_validate(receipt)


@router.get("/applications/{application}", summary="Read an application", response_model_exclude_none=True)
def read(application: Id, response: Response, work: ReaderWork) -> ApplicationView:
    """An application with its notes and rejection; for hiring managers only where it was shared with them."""
    if not work.sees_all and not shares.application_is_shared(work.db, work.caller.id, application):
        raise NotFound("application")
    view = application_views(work, [positions.application(work.db, application)])[0]
    response.headers["ETag"] = etag_of(view)
    return view


@router.patch("/applications/{application}", summary="Move to another stage", response_model_exclude_none=True)
def move(
    application: Id,
    body: Stage,
    response: Response,
    work: StaffWork,
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=200, description="The ETag you read.")] = None,
) -> ApplicationView:
    """Moves the application to a stage. With If-Match, refused (412) when it has changed since you read it."""
    row = _held(work, application)
    if if_match is not None and not is_match(if_match, etag_of(application_views(work, [row])[0])):
        raise Changed("This application was changed by somebody else since you read it; read it again and repeat.")
    if row.stage != body.stage:
        row.stage = body.stage
        work.db.flush()
        candidates.raise_versions(work.db, [row.candidate_id], actor=work.caller.id, notices="follow")
    view = _answer(work, row)
    response.headers["ETag"] = etag_of(view)
    return view


@router.post("/applications/{application}/notes", status_code=201, summary="Write a note")
def note(application: Id, body: NewNote, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """Writes a note beside the application."""
    told: list[uuid.UUID] = []

    def add() -> dict[str, object]:
        row = _held(work, application)
        told.append(row.candidate_id)
        written = positions.add_note(work.db, row.id, body.text, work.caller.id)
        candidates.raise_versions(work.db, [row.candidate_id], actor=work.caller.id, notices="follow")
        return {"id": str(written.id)}

    receipt = once(work, response, key, f"applications/{application}/notes", body, add)
    work.commit(people=told)
    return Created.model_validate(receipt)


@router.put("/applications/{application}/rejection", summary="Reject", response_model_exclude_none=True)
def reject(application: Id, body: NewRejection, work: StaffWork) -> ApplicationView:
    """Ends the application with a reason, said by us or by the candidate as the reason says.

    Said again in the same words it changes nothing; in other words it is said anew, as of now.
    """
    row = _held(work, application)
    reason = known_reason(work, body.reason)
    if (row.rejection_reason_id, row.rejection_note) != (reason.id, body.note):
        positions.reject(work.db, row, reason, body.note, work.caller.id)
        candidates.raise_versions(work.db, [row.candidate_id], actor=work.caller.id, notices="follow")
    return _answer(work, row)


@router.delete("/applications/{application}/rejection", summary="Undo a rejection", response_model_exclude_none=True)
def undo(application: Id, work: StaffWork) -> ApplicationView:
    """The application is open again; undoing what is not rejected changes nothing."""
    row = _held(work, application)
    if positions.unreject(work.db, row):
        candidates.raise_versions(work.db, [row.candidate_id], actor=work.caller.id, notices="follow")
    return _answer(work, row)


def known_reason(work: Work, key: str) -> RejectionReason:
    """The reason with this key, while it may still be given. Raises Invalid."""
    reason = next((each for each in positions.reasons(work.db) if each.key == key), None)
    if reason is None or reason.retired_at is not None:
        sentence = f"There is no rejection reason “{key}”; GET /v1/rejection-reasons lists those there are."
        raise Invalid("The reason is unknown.", problems=(Problem("body.reason", sentence),))
    return reason


def _held(work: Work, application: uuid.UUID) -> Application:
    row = positions.application(work.db, application)
    candidates.lock(work.db, row.candidate_id)
    work.db.refresh(row)
    return row


def _answer(work: Work, row: Application) -> ApplicationView:
    view = application_views(work, [row])[0]
    work.commit(people=[row.candidate_id])
    return view
