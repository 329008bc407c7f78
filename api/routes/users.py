"""Users and their tokens."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Response
from pydantic import BaseModel, StrictBool

from api import cursors
from api.fields import Body, Created, Cursor, Email, Id, Limit, Line
from api.wire import StrictRoute
from api.work import AdministratorWork, AnyWork, IdempotencyKey, once
from core.errors import Conflict
from records.models import Role, User
from records.repositories import pools, users

router = APIRouter(tags=["users"], route_class=StrictRoute)

NOWHERE = uuid.UUID(int=0)


class NewUser(Body):
    """A colleague."""

    email: Email
    name: Line
    role: Role


class ChangedUser(Body):
    """What changes of a colleague. A deactivated one is refused from the next request on."""

    name: Line | None = None
    role: Role | None = None
    active: StrictBool | None = None


class UserView(BaseModel):
    """A colleague as shown."""

    id: uuid.UUID
    email: str
    name: str
    role: Role
    active: bool

    @classmethod
    def of(cls, row: User) -> UserView:
        """The view of a user."""
        return cls(id=row.id, email=row.email, name=row.name, role=Role(row.role), active=row.active)


class UserPage(BaseModel):
    """Users in id order; `next` is the cursor of the page after."""

    items: list[UserView]
    next: str | None = None


class NewToken(Body):
    """What a token is for."""

    name: Line


class Token(BaseModel):
    """A token, shown this once."""

    id: uuid.UUID
    token: str


@router.get("/me", summary="Who am I")
def me(work: AnyWork) -> UserView:
    """The user behind the token."""
    return UserView.of(users.get(work.db, work.caller.id))


@router.get("/users", summary="List users")
def index(work: AdministratorWork, limit: Limit = 50, cursor: Cursor = None) -> UserPage:
    """All users, deactivated ones too."""
    after = cursors.read(cursor, uuid.UUID)[0] if cursor else NOWHERE
    rows = users.page(work.db, after, limit)
    following = cursors.write(rows[-1].id) if len(rows) == limit else None
    return UserPage(items=[UserView.of(row) for row in rows], next=following)


@router.post("/users", status_code=201, summary="Add a user")
def create(body: NewUser, response: Response, work: AdministratorWork, key: IdempotencyKey = None) -> Created:
    """Without a token they cannot do anything yet."""

    def add() -> dict[str, object]:
        return {"id": str(users.add(work.db, body.email, body.name, body.role).id)}

    receipt = once(work, response, key, "users", body, add)
    work.commit()
    return Created.model_validate(receipt)


@router.patch("/users/{user}", summary="Change or deactivate a user")
def change(user: Id, body: ChangedUser, work: AdministratorWork) -> UserView:
    """Takes effect with the user's next request, open event streams included."""
    row = users.lock(work.db, user)
    if row.id == work.caller.id and (body.active is False or body.role not in (None, Role.ADMINISTRATOR)):
        raise Conflict("You cannot take your own administrator's rights away; ask another administrator.")
    if body.role in (Role.HIRING_MANAGER, Role.ANALYST):
        # Tracking gave them no right as long as they saw everything, so nobody but themselves decided on it.
        pools.end_own_tracking(work.db, row.id)
    row.name = body.name or row.name
    row.role = body.role.value if body.role else row.role
    row.active = row.active if body.active is None else body.active
    work.db.flush()
    work.commit(rung=[row.id])
    return UserView.of(row)


@router.post("/users/{user}/tokens", status_code=201, summary="Issue a token")
def issue(user: Id, body: NewToken, work: AdministratorWork) -> Token:
    """The token is in this answer and nowhere else; no Idempotency-Key, because it is stored nowhere."""
    users.get(work.db, user)
    row, token = users.issue_token(work.db, user, body.name)
    work.commit()
    return Token(id=row.id, token=token)


@router.delete("/users/{user}/tokens/{token}", status_code=204, summary="Revoke a token")
def revoke(user: Id, token: Id, work: AdministratorWork) -> None:
    """Refused from the next request on."""
    users.revoke_token(work.db, user, token)
    work.commit(rung=[user])
