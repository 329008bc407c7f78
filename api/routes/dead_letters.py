"""What was set aside after too many attempts: listed with its error, and given a fresh start."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import cursors
from api.fields import Body, Cursor, Limit
from api.wire import StrictRoute
from api.work import AdministratorWork
from records import outbox

router = APIRouter(tags=["operations"], route_class=StrictRoute)

NOBODY = uuid.UUID(int=0)


class DeadLetter(BaseModel):
    """A person or pool whose changes did not reach the index."""

    id: uuid.UUID
    kind: Literal["candidate", "pool"]
    attempts: int
    since: datetime = Field(description="When the oldest of these changes was made.")
    set_aside_at: datetime
    error: str


class DeadLetters(BaseModel):
    """A page of them, by id."""

    items: list[DeadLetter]
    next: str | None = None


class Retry(Body):
    """Which of them."""

    ids: Annotated[tuple[uuid.UUID, ...] | None, Field(min_length=1, max_length=1_000)] = None


class Retried(BaseModel):
    """How many people and pools were given a fresh start."""

    retried: int


@router.get("/dead-letters", summary="Changes that were set aside")
def index(work: AdministratorWork, limit: Limit = 50, cursor: Cursor = None) -> DeadLetters:
    """Changes of people and pools that failed ten times for reasons of their own, with the last of these."""
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOBODY
    rows = outbox.dead_letters(work.db, after, limit)
    items = [DeadLetter.model_validate(row, from_attributes=True) for row in rows]
    return DeadLetters(items=items, next=cursors.write(rows[-1].id) if len(rows) == limit else None)


@router.post("/dead-letters/retry", summary="Try again what was set aside")
def retry(body: Retry, work: AdministratorWork) -> Retried:
    """These people and pools, or all of them, once the cause is mended. Ids of which nothing waits here do no harm."""
    retried = outbox.revive(work.db, body.ids)
    work.commit(many=retried > 0, pools=retried > 0)
    return Retried(retried=retried)
