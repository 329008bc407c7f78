"""Why a colleague sees a person, in sentences, for administrators."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.fields import Id
from api.wire import StrictRoute
from api.work import STAFF, AdministratorWork
from records.models import Role, User
from records.repositories import candidates, explanations, users
from records.repositories.explanations import SharedApplication, TrackedPool

router = APIRouter(tags=["users"], route_class=StrictRoute)


class Reason(BaseModel):
    """One reason, as a sentence and as the things it speaks of. `by` is who shared, or set the tracking."""

    kind: Literal["role", "application", "position", "pool", "inactive", "nothing"] = Field(
        description="role: sees everybody, or nobody; application, position: what was shared; pool: what is tracked"
    )
    sentence: str
    application: uuid.UUID | None = None
    position: uuid.UUID | None = None
    pool: uuid.UUID | None = Field(default=None, description="The pool the person is in.")
    in_pool_since: datetime | None = None
    tracked: uuid.UUID | None = Field(default=None, description="The pool that is tracked: the same, or one above it.")
    since: datetime | None = Field(default=None, description="When it was shared, or the tracking was set.")
    by: uuid.UUID | None = None


class Sight(BaseModel):
    """Whether the user sees the person at all, how, and why."""

    sees: bool
    access: Literal["full", "owner", "view"] | None = None
    because: list[Reason]


@router.get("/users/{user}/sees/{candidate}", summary="Why does a user see a person", response_model_exclude_none=True)
def sees(user: Id, candidate: Id, work: AdministratorWork) -> Sight:
    """Exactly what GET /v1/candidates/{candidate} would answer them now, with every reason that holds."""
    who = users.get(work.db, user)
    candidates.get(work.db, candidate)
    role = Role(who.role)
    if not who.active:
        return Sight(sees=False, because=[_inactive(who)])
    if role in STAFF:
        return Sight(sees=True, access="full", because=[_everybody(who, role)])
    if role == Role.ANALYST:
        return Sight(sees=False, because=[_nobody(who)])
    shared = explanations.shared_applications(work.db, user, candidate)
    tracked = explanations.tracked_pools(work.db, user, candidate)
    because = [*(_shared(who, each) for each in shared), *(_tracked(who, each) for each in tracked)]
    if not because:
        return Sight(sees=False, because=[_nothing(who)])
    return Sight(sees=True, access="owner" if shared else "view", because=because)


def _inactive(who: User) -> Reason:
    return Reason(kind="inactive", sentence=f"{who.name} was deactivated, so every request of theirs is refused.")


def _everybody(who: User, role: Role) -> Reason:
    an = "an" if role == Role.ADMINISTRATOR else "a"
    return Reason(kind="role", sentence=f"{who.name} is {an} {role.value} and sees everybody.")


def _nobody(who: User) -> Reason:
    return Reason(kind="role", sentence=f"{who.name} is an analyst, who sees numbers and no people.")


def _nothing(who: User) -> Reason:
    sentence = f"No application of this person was shared with {who.name}, and they track no pool the person is in."
    return Reason(kind="nothing", sentence=sentence)


def _shared(who: User, row: SharedApplication) -> Reason:
    by = row.by_name or "Somebody"
    what = "the application for" if row.directly else "the whole position"
    return Reason(
        kind="application" if row.directly else "position",
        sentence=f"{by} shared {what} “{row.position_title}” with {who.name} on {row.since:%Y-%m-%d}.",
        application=row.application,
        position=row.position,
        since=row.since,
        by=row.by,
    )


def _tracked(who: User, row: TrackedPool) -> Reason:
    below = "" if row.pool == row.tracked else f", which lies below “{row.tracked_name}”"
    by = f" (set by {row.by_name})" if row.by_name else ""
    return Reason(
        kind="pool",
        sentence=(
            f"The person is in “{row.pool_name}” since {row.since:%Y-%m-%d}{below}, and {who.name} tracks"
            f" “{row.tracked_name}” since {row.tracked_since:%Y-%m-%d}{by}."
        ),
        pool=row.pool,
        in_pool_since=row.since,
        tracked=row.tracked,
        since=row.tracked_since,
        by=row.by,
    )
