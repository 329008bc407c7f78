"""Sharing: a recruiter gives a hiring manager one application, or a whole position, and takes it back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api import cursors
from api.fields import Cursor, Id, Limit, Printable
from api.wire import StrictRoute
from api.work import ManagerWork, StaffWork, Work
from core.errors import Conflict
from intake.sharing import tell
from records.models import Role
from records.repositories import positions, shares, users

router = APIRouter(tags=["shares"], route_class=StrictRoute)

Past = Annotated[bool, Query(description="With those that were taken back.")]

_WHY_NOT = {
    Role.ADMINISTRATOR: "is an administrator and sees every application already",
    Role.RECRUITER: "is a recruiter and sees every application already",
    Role.ANALYST: "is an analyst, who sees numbers and no people",
}


class ShareView(BaseModel):
    """Who was given it, by whom and since when."""

    user: uuid.UUID
    name: str
    through: Literal["application", "position"] = Field(description="What was shared: this alone or the position.")
    in_effect: bool = Field(description="False once taken back, and for those deactivated or of another role.")
    since: datetime
    by: uuid.UUID | None = None
    by_name: str | None = None
    until: datetime | None = None
    ended_by: uuid.UUID | None = None
    ended_by_name: str | None = None

    @classmethod
    def of(cls, row: shares.Holder) -> ShareView:
        """The view of one share."""
        return cls(
            user=row.user,
            name=row.user_name,
            through="application" if row.directly else "position",
            in_effect=row.in_effect,
            since=row.since,
            by=row.by,
            by_name=row.by_name,
            until=row.until,
            ended_by=row.revoked_by,
            ended_by_name=row.revoked_by_name,
        )


class SharedWithMe(BaseModel):
    """An application and its person, or, without these, a whole position."""

    position: uuid.UUID
    position_title: str
    application: uuid.UUID | None = None
    candidate: uuid.UUID | None = None
    candidate_name: str | None = None
    since: datetime
    by_name: str | None = None


class SharedPage(BaseModel):
    """What was shared, newest first; `next` is the cursor of the page after."""

    items: list[SharedWithMe]
    next: str | None = None


class Colleague(BaseModel):
    """Somebody something can be shared with."""

    id: uuid.UUID
    name: str
    email: str


@router.get("/hiring-managers", summary="Whom something can be shared with")
def colleagues(
    work: StaffWork,
    q: Annotated[str, Query(max_length=200, description="First letters of a name."), Printable] = "",
    limit: Limit = 200,
) -> list[Colleague]:
    """The active hiring managers by name."""
    rows = users.starting(work.db, q.strip(), Role.HIRING_MANAGER, limit)
    return [Colleague(id=row.id, name=row.name, email=row.email) for row in rows]


@router.get("/applications/{application}/shares", summary="Who has an application", response_model_exclude_none=True)
def of_application(application: Id, work: StaffWork, past: Past = False) -> list[ShareView]:
    """Those it was shared with, and those who have it through its position."""
    positions.application(work.db, application)
    return [ShareView.of(row) for row in shares.holders_of_application(work.db, application, past=past)]


@router.put("/applications/{application}/shares/{user}", status_code=204, summary="Share with a colleague")
def share_application(application: Id, user: Id, work: StaffWork) -> None:
    """Owner access to this person and this application, from the next request on. Doing it again changes nothing."""
    work.commit(rung=give_application(work, application, user))


@router.delete("/applications/{application}/shares/{user}", status_code=204, summary="Take an application back")
def unshare_application(application: Id, user: Id, work: StaffWork) -> None:
    """What the user saw through this alone is gone with the next request; what the whole position gives stays."""
    positions.application(work.db, application)
    users.get(work.db, user)
    shares.revoke_application(work.db, user, application, work.caller.id)
    work.commit()


@router.get("/positions/{position}/shares", summary="Who has a position", response_model_exclude_none=True)
def of_position(position: Id, work: StaffWork, past: Past = False) -> list[ShareView]:
    """Those the whole position was shared with."""
    positions.get(work.db, position)
    return [ShareView.of(row) for row in shares.holders_of_position(work.db, position, past=past)]


@router.put("/positions/{position}/shares/{user}", status_code=204, summary="Share a whole position")
def share_position(position: Id, user: Id, work: StaffWork) -> None:
    """Owner access to everybody who applied for it, and whoever applies later."""
    shares.hold_position(work.db, position)
    may_be_given(work, user)
    batch = shares.give_position(work.db, user, position, work.caller.id)
    work.commit(rung=tell(work.db, user, work.caller.id, batch) if batch else [])


@router.delete("/positions/{position}/shares/{user}", status_code=204, summary="Take a position back")
def unshare_position(position: Id, user: Id, work: StaffWork) -> None:
    """What the user saw through it alone is gone with the next request; applications shared one by one stay."""
    positions.get(work.db, position)
    users.get(work.db, user)
    shares.revoke_position(work.db, user, position, work.caller.id)
    work.commit()


@router.get("/me/shared", summary="What was shared with me", response_model_exclude_none=True)
def with_me(work: ManagerWork, limit: Limit = 50, cursor: Cursor = None) -> SharedPage:
    """Applications and whole positions; GET /v1/positions/{position}/applications lists who applied for one."""
    before = cursors.read(cursor, datetime, uuid.UUID) if cursor else None
    rows = shares.held_by(work.db, work.caller.id, limit, (before[0], before[1]) if before else None)
    items = [
        SharedWithMe(
            position=row.position,
            position_title=row.position_title,
            application=row.application,
            candidate=row.candidate,
            candidate_name=row.candidate_name,
            since=row.since,
            by_name=row.by_name,
        )
        for row in rows
    ]
    return SharedPage(items=items, next=cursors.write(rows[-1].since, rows[-1].id) if len(rows) == limit else None)


def give_application(work: Work, application: uuid.UUID, user: uuid.UUID) -> list[uuid.UUID]:
    """Share it; whose bells rang, for the caller to commit. Conflict, with the reason, for who cannot be given it."""
    shares.hold_application(work.db, application)
    may_be_given(work, user)
    batch = shares.give_application(work.db, user, application, work.caller.id)
    return tell(work.db, user, work.caller.id, batch) if batch else []


def may_be_given(work: Work, user: uuid.UUID) -> None:
    """Refuse to share with whoever gains nothing by it."""
    # Held: nobody becomes an analyst between this look and the share.
    row = users.lock(work.db, user)
    if not row.active:
        raise Conflict(f"{row.name} was deactivated; an administrator can activate them again.")
    if (why_not := _WHY_NOT.get(Role(row.role))) is not None:
        raise Conflict(f"{row.name} {why_not}. Share with hiring managers.")
