"""What was sent to people beside their bells: their own, whom each spoke of, and what could not be sent."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api import cursors
from api.fields import Cursor, Id, Limit
from api.routes.dead_letters import Retry
from api.routes.notifications import NOWHERE, NamedPerson, People
from api.wire import StrictRoute
from api.work import AdministratorWork, AnyWork
from core.errors import NotFound
from core.wake import waker
from records.repositories import deliveries, users

router = APIRouter(tags=["messages"], route_class=StrictRoute)

# Whoever wants to know of more looks into the mailbox.
MOST = 50
MOST_FAILED = 200


class Message(BaseModel):
    """A message on another channel than the bell."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    channel: Literal["email", "push", "slack"]
    rhythm: Literal["instant", "daily", "weekly"]
    state: Literal["waiting", "sent", "failed", "withdrawn"]
    created_at: datetime
    due_at: datetime = Field(description="When it is tried next, while it waits.")
    ended_at: datetime | None = None
    attempts: int
    reason: str | None = Field(default=None, description="Why it failed or waits, in a word.")
    said: str | None = Field(default=None, description="What the far end said.")
    people: int | None = Field(default=None, description="How many people it told of when it was sent.")


class FailedMessage(Message):
    """One that could not be sent, and to whom."""

    user: uuid.UUID
    name: str


class Again(BaseModel):
    """How many messages are tried again."""

    retried: int


@router.get("/me/messages", summary="What was sent to me", response_model_exclude_none=True)
def mine(work: AnyWork) -> list[Message]:
    """By e-mail, to devices, by Slack: what was sent, what failed, and what is tried again; newest first."""
    return [Message.model_validate(each) for each in deliveries.of_user(work.db, work.caller.id, MOST)]


@router.get("/me/messages/{message}/candidates", summary="Whom a message spoke of", response_model_exclude_none=True)
def people(message: Id, work: AnyWork, limit: Limit = 50, cursor: Cursor = None) -> People:
    """As far as you may still see them. What a link in a message opens."""
    if not deliveries.is_for(work.db, message, work.caller.id):
        raise NotFound("message")
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOWHERE
    rows = deliveries.who(work.db, work.caller.id, message, after, limit)
    items = [NamedPerson(id=candidate, name=name) for candidate, name in rows]
    return People(items=items, next=cursors.write(rows[-1][0]) if len(rows) == limit else None)


@router.get("/messages/failed", summary="Messages that could not be sent", response_model_exclude_none=True)
def failed(work: AdministratorWork) -> list[FailedMessage]:
    """To anybody, the last ones first: those that were given up. None tells what it said."""
    rows = deliveries.dead(work.db, MOST_FAILED)
    names = users.names(work.db, {row.user for row in rows})
    return [
        FailedMessage(**Message.model_validate(row).model_dump(), user=row.user, name=names[row.user]) for row in rows
    ]


@router.post("/messages/failed/retry", summary="Try again what could not be sent")
def retry(work: AdministratorWork, body: Retry | None = None) -> Again:
    """These, or all of them, once the cause is mended. Each says only what its reader may see by then.

    Ids of which nothing failed do no harm.
    """
    retried = deliveries.try_again(work.db, body.ids if body else None)
    work.commit()
    waker.couriers()
    return Again(retried=retried)
