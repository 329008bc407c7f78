"""What a view reader can do about a person: say "I want this person", or "done" with a remark. It changes nothing."""

from __future__ import annotations

import uuid
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.fields import Body, Id, ShortText
from api.wire import StrictRoute
from api.work import IdempotencyKey, ManagerWork, Work, once
from core.errors import Conflict, NotFound
from intake.asking import ask
from records.repositories import access

router = APIRouter(tags=["requests"], route_class=StrictRoute)


class Remark(Body):
    """A word to the recruiter."""

    remark: ShortText = ""


class Asked(BaseModel):
    """The receipt."""

    told: Literal[True] = True


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
