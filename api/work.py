"""A unit of work per request: who asks, one session, one commit. Closed by default: a route names who may use it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from api import scopes
from api.authentication import admit
from core.errors import NotAllowed
from core.wake import waker
from indexer.express import express
from notifications.wake import ring_streams
from records.database import Session, reading, session
from records.models import Role
from records.repositories import receipts
from records.repositories.callers import Caller

ALL_ROLES = frozenset(Role)
STAFF = frozenset({Role.ADMINISTRATOR, Role.RECRUITER})
READERS = STAFF | {Role.HIRING_MANAGER}


@dataclass(slots=True)
class OpenWork:
    """One request's transaction, whoever asks."""

    db: Session

    def commit(
        self,
        *,
        people: Sequence[uuid.UUID] = (),
        many: bool = False,
        pools: bool = False,
        rung: Sequence[uuid.UUID] = (),
    ) -> None:
        """Commit, then see that what now waits in the outbox is worked off, and wake the streams whose bells changed.

        `people` are those whose documents changed; `many` says there are others, whom nobody has counted.
        """
        self.db.commit()
        if many or (people and not express.offer(people)):
            waker.candidates()
        if pools:
            waker.pools()
        if rung:
            ring_streams(rung)


@dataclass(slots=True)
class Work(OpenWork):
    """One request's transaction and the user it acts for."""

    caller: Caller

    @property
    def sees_all(self) -> bool:
        """Whether every candidate and position is the caller's to see."""
        return self.caller.role in STAFF


class Allow:
    """Lets these roles pass and refuses all others, and tokens without the scope. A test finds routes without one."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    def admit(self, db: Session, request: Request) -> Caller:
        """The caller, if they are of one of the roles."""
        caller = admit(db, request)
        if caller.role not in self.roles:
            raise NotAllowed(f"The role {caller.role.value.replace('_', ' ')} may not do this.")
        template = request.scope["route"].path
        scopes.demand(scopes.needed(request.method, template, self.roles), caller.signed_in.scopes)
        return caller


class AllowAnybody(Allow):
    """The dependency of what must be done before anybody is signed in: it says so, where others name roles."""

    def __init__(self) -> None:
        super().__init__(ALL_ROLES)

    def __call__(self) -> Iterator[OpenWork]:
        """A unit of work for nobody in particular."""
        with session() as db:
            yield OpenWork(db)


class AllowWork(Allow):
    """The dependency that opens a unit of work."""

    def __call__(self, request: Request) -> Iterator[Work]:
        """The unit of work of this request."""
        with session() as db:
            yield Work(db, self.admit(db, request))


class AllowLook(Allow):
    """The dependency of what only reads, and is asked all day: two round trips fewer, each statement by itself.

    It is entered in a thread, as the others are, but left without one: giving back a connection on which no
    transaction is open waits for nothing.
    """

    async def __call__(self, request: Request) -> AsyncIterator[Work]:
        """The unit of work of this request, in which nothing is written."""
        with reading() as db:
            yield Work(db, await run_in_threadpool(self.admit, db, request))


class AllowStream(Allow):
    """The dependency of what outlives any unit of work: who asks, and nothing left open."""

    def __call__(self, request: Request) -> Caller:
        """The caller, as of the beginning."""
        with session() as db:
            return self.admit(db, request)


# Scope "function": the connection goes back before the answer is sent, however slowly it is taken.
ANYBODY = Depends(AllowAnybody(), scope="function")
AnybodyWork = Annotated[OpenWork, ANYBODY]
AdministratorWork = Annotated[Work, Depends(AllowWork(frozenset({Role.ADMINISTRATOR})), scope="function")]
StaffWork = Annotated[Work, Depends(AllowWork(STAFF), scope="function")]
ManagerWork = Annotated[Work, Depends(AllowWork(frozenset({Role.HIRING_MANAGER})), scope="function")]
ReaderWork = Annotated[Work, Depends(AllowWork(READERS), scope="function")]
ReaderLook = Annotated[Work, Depends(AllowLook(READERS), scope="function")]
AnyWork = Annotated[Work, Depends(AllowWork(ALL_ROLES), scope="function")]
ListeningCaller = Annotated[Caller, Depends(AllowStream(ALL_ROLES))]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own; a repeat of the same request with it has no second effect (kept a day).",
    ),
]


def once(
    work: Work,
    response: Response,
    key: str | None,
    what: str,
    body: BaseModel | None,
    do: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Do it and remember the receipt (ids only), or give the receipt of the first time. The caller commits."""
    if key is None:
        return do()
    sent = body.model_dump(mode="json") if body is not None else None
    digest = hashlib.sha256(orjson.dumps([what, sent])).digest()
    known = receipts.claim(work.db, work.caller.id, key, digest)
    if known is not None:
        response.headers["Idempotent-Replayed"] = "true"
        return known
    receipt = do()
    receipts.store(work.db, work.caller.id, key, receipt)
    return receipt
