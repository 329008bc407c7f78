"""What a view reader can do about a person: say "I want this person", or "done" with a remark; and the answer to it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.fields import Body, Id, ShortText
from api.routes import notifications
from api.routes.notifications import NamedPerson
from api.routes.shares import give_application
from api.wire import StrictRoute
from api.work import IdempotencyKey, ManagerWork, ReaderWork, StaffWork, Work, once
from core.errors import Conflict, Invalid, NotFound, Problem
from intake.asking import ask
from records.repositories import access, asked, notices

router = APIRouter(tags=["requests"], route_class=StrictRoute)


class Remark(Body):
    """A word to the recruiter."""

    remark: ShortText = ""


class Asked(BaseModel):
    """The receipt."""

    told: Literal[True] = True


class OpenRequest(BaseModel):
    """Somebody was asked for, and nobody has answered yet."""

    candidate: NamedPerson
    at: datetime
    remark: str | None = None
    asker: NamedPerson | None = Field(default=None, description="Who asked, where it was asked of you.")
    notice: uuid.UUID | None = Field(default=None, description="Your notice of it, where it was asked of you.")


class Giveable(BaseModel):
    """An application that could be the answer."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    position: str = Field(description="The position's title.")
    stage: str
    given: bool = Field(description="Who asked has it already.")


class Answers(BaseModel):
    """What could be answered to a request."""

    model_config = ConfigDict(from_attributes=True)

    asker: uuid.UUID
    asker_name: str
    able: bool = Field(description="Who asked is an active hiring manager still, so that something can be shared.")
    applications: list[Giveable] = Field(description="Those of the person that were not rejected, newest first.")


class Answer(Body):
    """The answer: an application of the person."""

    application: uuid.UUID


# Whoever has more open works them off from the bell.
MOST_OPEN = 50


@router.get("/me/requests", summary="Requests that wait for an answer", response_model_exclude_none=True)
def waiting(work: ReaderWork) -> list[OpenRequest]:
    """Of a hiring manager: whom they asked for and were not given. Of others: what was asked of them."""
    wishes = (
        asked.of(work.db, work.caller.id, MOST_OPEN) if work.sees_all else asked.by(work.db, work.caller.id, MOST_OPEN)
    )
    return [
        OpenRequest(
            candidate=NamedPerson(id=wish.candidate, name=wish.name),
            at=wish.at,
            remark=wish.remark,
            asker=NamedPerson(id=wish.asker, name=wish.asker_name) if wish.asker and wish.asker_name else None,
            notice=wish.notice,
        )
        for wish in wishes
    ]


@router.get("/notifications/{notice}/answers", summary="What could be answered to a request")
def answers(notice: Id, work: StaffWork) -> Answers:
    """Who asked, and the applications of the person that could be shared with them."""
    notifications.notice_of(work, notice)
    found = answers_to(work, [notice])
    if notice not in found:
        raise _no_request()
    return found[notice]


@router.post("/notifications/{notice}/share", status_code=204, summary="Answer a request by sharing")
def share(notice: Id, body: Answer, work: StaffWork) -> None:
    """Gives the application to who asked for the person, and the notice is done. Repeating it changes nothing."""
    notifications.notice_of(work, notice)
    found = answers_to(work, [notice]).get(notice)
    if found is None:
        raise _no_request()
    if body.application not in {each.id for each in found.applications}:
        sentence = "The person has no such application, or it was rejected in the meantime."
        raise Invalid(sentence, problems=(Problem("body.application", sentence),))
    give_application(work, body.application, found.asker)
    notices.mark(work.db, work.caller.id, notice, done=True)
    work.commit(rung=[work.caller.id, found.asker])


def answers_to(work: Work, listed: Sequence[uuid.UUID]) -> dict[uuid.UUID, Answers]:
    """By notice of the caller; what is no request is absent."""
    found = asked.answers(work.db, work.caller.id, listed) if listed and work.sees_all else {}
    return {notice: Answers.model_validate(each) for notice, each in found.items()}


def _no_request() -> Conflict:
    return Conflict("This notice asks for nobody, so there is nothing to be answered.")


@router.post("/candidates/{candidate}/want", status_code=202, summary="“I want this person”")
def want(candidate: Id, body: Remark, response: Response, work: ManagerWork, key: IdempotencyKey = None) -> Asked:
    """Rings the bell of the recruiters who answer for the pools through which you see the person."""
    return _ask(candidate, "wanted", body, response, work, key)


@router.post("/candidates/{candidate}/done", status_code=202, summary="“Done”")
def done(candidate: Id, body: Remark, response: Response, work: ManagerWork, key: IdempotencyKey = None) -> Asked:
    """Tells the same recruiters that you are done with the person, with your remark."""
    return _ask(candidate, "done", body, response, work, key)


def _ask(
    candidate: uuid.UUID,
    kind: Literal["wanted", "done"],
    body: Remark,
    response: Response,
    work: Work,
    key: str | None,
) -> Asked:
    through = access.tracked_pools_of(work.db, work.caller.id, candidate)
    if not through:
        if access.owned_applications(work.db, work.caller.id, candidate):
            raise Conflict("This person was shared with you already, so there is nobody to ask.")
        raise NotFound("candidate")
    rung: list[uuid.UUID] = []

    def tell() -> dict[str, object]:
        rung.extend(ask(work.db, work.caller, candidate, [pool.id for pool in through], kind, body.remark))
        return {}

    once(work, response, key, f"candidates/{candidate}/{kind}", body, tell)
    work.commit(rung=rung)
    return Asked()
