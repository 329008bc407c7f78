"""Users, their tokens and their sessions, for administrators."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, StrictBool

from accounts import leaving
from api import cursors, issuing
from api.account_views import Days, NewUser, Scopes, SessionView, Token, TokenView, UserView
from api.fields import Body, Created, Cursor, Id, Limit, Line, Printable
from api.wire import StrictRoute
from api.work import AdministratorWork, IdempotencyKey, once
from core.errors import Conflict
from core.settings import settings
from intake import tracking
from records.models import Role
from records.repositories import pools, sessions, tokens, users

router = APIRouter(tags=["users"], route_class=StrictRoute)

Part = Annotated[str, Query(max_length=200, description="A part of a name or an address."), Printable]


class ChangedUser(Body):
    """What changes of a colleague. A deactivated one is refused from the next request on."""

    name: Line | None = None
    role: Role | None = None
    active: StrictBool | None = None


class UserPage(BaseModel):
    """Users by name; `next` is the cursor of the page after."""

    items: list[UserView]
    next: str | None = None


class NewToken(Body):
    """What a token is for, and how far it goes."""

    name: Line
    scopes: Scopes | None = None
    expires_in_days: Days | None = None


@router.get("/users", summary="List users")
def index(work: AdministratorWork, q: Part = "", limit: Limit = 50, cursor: Cursor = None) -> UserPage:
    """All users, deactivated ones too."""
    after = cursors.read(cursor, str, uuid.UUID) if cursor else None
    if after is not None and "\0" in after[0]:
        raise cursors.unusable("query.cursor", "It names somebody who cannot be.")
    rows = users.page(work.db, (after[0], after[1]) if after else None, limit, q.strip())
    following = cursors.write(rows[-1].name, rows[-1].id) if len(rows) == limit else None
    return UserPage(items=[UserView.of(row) for row in rows], next=following)


@router.post("/users", status_code=201, summary="Add a user")
def create(body: NewUser, response: Response, work: AdministratorWork, key: IdempotencyKey = None) -> Created:
    """They cannot do anything yet: issue a token, or have them ask for a password. Invitations do it in one step."""

    def add() -> dict[str, object]:
        return {"id": str(users.add(work.db, body.email, body.name, body.role).id)}

    receipt = once(work, response, key, "users", body, add)
    work.commit()
    return Created.model_validate(receipt)


@router.get("/users/{user}", summary="Read a user")
def read(user: Id, work: AdministratorWork) -> UserView:
    """One of them."""
    return UserView.of(users.get(work.db, user))


@router.patch("/users/{user}", summary="Change or deactivate a user")
def change(user: Id, body: ChangedUser, work: AdministratorWork) -> UserView:
    """Takes effect with the user's next request, open event streams included."""
    row = users.lock(work.db, user)
    if row.id == work.caller.id and (body.active is False or body.role not in (None, Role.ADMINISTRATOR)):
        raise Conflict("You cannot take your own administrator's rights away; ask another administrator.")
    if body.role in (Role.HIRING_MANAGER, Role.ANALYST):
        # Tracking gave them no right as long as they saw everything, so nobody but themselves decided on it.
        pools.end_own_tracking(work.db, row.id)
    if body.role is not None:
        # Some of what others decided for somebody who sees everything has a name that only such may know.
        tracked = [pool.id for pool, _ in pools.tracked_by(work.db, row.id)]
        for telling in tracking.telling_pools(work.db, tracked, body.role):
            pools.untrack(work.db, row.id, telling)
    row.name = body.name or row.name
    row.role = body.role.value if body.role else row.role
    row.active = row.active if body.active is None else body.active
    work.db.flush()
    if not row.active:
        leaving.deactivate(work.db, row.id)
    work.commit(rung=[row.id])
    return UserView.of(row)


@router.get("/users/{user}/tokens", summary="The tokens of a user")
def their_tokens(user: Id, work: AdministratorWork) -> list[TokenView]:
    """Those that are still good for something, newest first."""
    users.get(work.db, user)
    return [TokenView.of(row) for row in tokens.of_user(work.db, user)]


@router.post("/users/{user}/tokens", status_code=201, summary="Issue a token")
def issue(user: Id, body: NewToken, work: AdministratorWork) -> Token:
    """The token is in this answer and nowhere else; no Idempotency-Key, because it is stored nowhere.

    Without `scopes` it is good for whatever the user may do, as far as yours goes.
    """
    role = Role(users.get(work.db, user).role)
    return issuing.issue(work, user, role, body.name, body.scopes, body.expires_in_days)


@router.delete("/users/{user}/tokens/{token}", status_code=204, summary="Revoke a token")
def revoke(user: Id, token: Id, work: AdministratorWork) -> None:
    """Refused from the next request on."""
    tokens.revoke(work.db, user, token)
    work.commit(rung=[user])


@router.get("/users/{user}/sessions", summary="Where a user is signed in")
def their_sessions(user: Id, work: AdministratorWork) -> list[SessionView]:
    """Last used first."""
    users.get(work.db, user)
    rows = sessions.of_user(work.db, user, settings().session_idle_s)
    return [SessionView.of(row, work.caller.signed_in.id) for row in rows]


@router.delete("/users/{user}/sessions", status_code=204, summary="Sign a user out everywhere")
def end_all(user: Id, work: AdministratorWork) -> None:
    """Open event streams included. Their tokens go on."""
    users.get(work.db, user)
    sessions.end_all(work.db, user)
    work.commit(rung=[user])


@router.delete("/users/{user}/sessions/{session}", status_code=204, summary="Sign a user out there")
def end(user: Id, session: Id, work: AdministratorWork) -> None:
    """Refused from the next request on."""
    sessions.end(work.db, user, session)
    work.commit(rung=[user])
