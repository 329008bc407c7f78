"""Users, tokens and sessions as shown."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.fields import Body, Email, Line
from records.models import ApiToken, LoginSession, Role, Scope, User

Scopes = Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]
# Ten years; whoever wants longer means for ever.
Days = Annotated[int, Field(strict=True, ge=1, le=3_660)]


class NewUser(Body):
    """A colleague, or one to be."""

    email: Email
    name: Line
    role: Role


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


class Token(BaseModel):
    """A token, shown this once."""

    id: uuid.UUID
    token: str


class TokenView(BaseModel):
    """A token, without what makes it one."""

    id: uuid.UUID
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="Right to a minute.")

    @classmethod
    def of(cls, row: ApiToken) -> TokenView:
        """The view of a token."""
        return cls(
            id=row.id,
            name=row.name,
            scopes=[Scope(scope) for scope in row.scopes],
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )


class SessionView(BaseModel):
    """A browser that is signed in."""

    id: uuid.UUID
    current: bool = Field(description="Whether this request was made with it.")
    signed_in_by: Literal["password", "oidc"]
    client: str = Field(description="What the browser said of itself.")
    network: str = Field(description="Where it signed in from.")
    created_at: datetime
    last_used_at: datetime = Field(description="Right to a minute.")
    expires_at: datetime

    @classmethod
    def of(cls, row: LoginSession, current: uuid.UUID) -> SessionView:
        """The view of a session, for a request made with `current`."""
        return cls(
            id=row.id,
            current=row.id == current,
            signed_in_by=row.signed_in_by,
            client=row.client,
            network=row.network,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            expires_at=row.expires_at,
        )
