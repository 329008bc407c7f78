"""One's own account: who am I, my sessions, my tokens, my password."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from accounts import letters, signing_in
from accounts.passwords import check, passwords
from api import csrf, issuing
from api.account_views import Days, Scopes, SessionView, Token, TokenView, UserView
from api.authentication import Credentials
from api.fields import Body, Id, Line, Password
from api.network import network_of
from api.wire import StrictRoute
from api.work import AnyWork
from core.errors import Changed, Invalid, Problem
from core.settings import settings
from records.models import Scope
from records.repositories import mail, resets, sessions, tokens, users
from records.repositories import passwords as kept

router = APIRouter(tags=["account"], route_class=StrictRoute)


class SignedInView(BaseModel):
    """How this very request was let in."""

    by: Literal["session", "token"]
    id: uuid.UUID
    scopes: list[Scope]
    expires_at: datetime | None


class Me(UserView):
    """The caller."""

    signed_in: SignedInView


class CsrfToken(BaseModel):
    """The proof that goes with a session."""

    csrf_token: str | None = Field(description="Null for who asks by token: no proof is needed then.")


class NewOwnToken(Body):
    """What a token is for, and how far it goes."""

    name: Line
    scopes: Scopes
    expires_in_days: Days | None = None


class ChangedPassword(Body):
    """The password as it is and as it shall be."""

    old: Password
    new: Password


@router.get("/me", summary="Who am I")
def me(work: AnyWork) -> Me:
    """The user behind the session or token, and how they are signed in."""
    user = UserView.of(users.get(work.db, work.caller.id))
    how = work.caller.signed_in
    signed_in = SignedInView(by=how.by, id=how.id, scopes=sorted(how.scopes), expires_at=how.expires_at)
    return Me(**user.model_dump(), signed_in=signed_in)


@router.get("/me/csrf", summary="The proof that my page sends along")
def csrf_token(request: Request, work: AnyWork) -> CsrfToken:
    """The same for as long as the session lasts."""
    if work.caller.signed_in.by == "token":
        return CsrfToken(csrf_token=None)
    return CsrfToken(csrf_token=csrf.proof_for(Credentials.of(request).session or ""))


@router.get("/me/sessions", summary="Where am I signed in")
def my_sessions(work: AnyWork) -> list[SessionView]:
    """Last used first."""
    rows = sessions.of_user(work.db, work.caller.id, settings().session_idle_s)
    return [SessionView.of(row, work.caller.signed_in.id) for row in rows]


@router.delete("/me/sessions", status_code=204, summary="Sign me out everywhere else")
def end_others(work: AnyWork) -> None:
    """Every session but the one this is asked with, open event streams included."""
    sessions.end_all(work.db, work.caller.id, but=work.caller.signed_in.id)
    work.commit(rung=[work.caller.id])


@router.delete("/me/sessions/{session}", status_code=204, summary="Sign me out there")
def end(session: Id, work: AnyWork) -> None:
    """Refused from the next request on."""
    sessions.end(work.db, work.caller.id, session)
    work.commit(rung=[work.caller.id])


@router.get("/me/tokens", summary="My tokens")
def my_tokens(work: AnyWork) -> list[TokenView]:
    """Those that are still good for something, newest first."""
    return [TokenView.of(row) for row in tokens.of_user(work.db, work.caller.id)]


@router.post("/me/tokens", status_code=201, summary="Make a token for myself")
def issue(body: NewOwnToken, work: AnyWork) -> Token:
    """The token is in this answer and nowhere else; no Idempotency-Key, because it is stored nowhere.

    Made with a token, it is good for no more and for no longer than that one.
    """
    caller = work.caller
    return issuing.issue(work, caller.id, caller.role, body.name, body.scopes, body.expires_in_days)


@router.delete("/me/tokens/{token}", status_code=204, summary="Revoke one of my tokens")
def revoke(token: Id, work: AnyWork) -> None:
    """Refused from the next request on."""
    tokens.revoke(work.db, work.caller.id, token)
    work.commit(rung=[work.caller.id])


@router.put("/me/password", status_code=204, summary="Change my password")
def change_password(body: ChangedPassword, request: Request, work: AnyWork) -> None:
    """Needs the old one, counted like a log-in. Ends every other session; tokens stay, revoke those you doubt."""
    user = users.get(work.db, work.caller.id)
    check(body.new, "body.new", (user.email, user.name))
    knock = signing_in.knock(work.db, user.email, network_of(request))
    work.commit()
    if not signing_in.right(knock, body.old) or knock.known is None or knock.known.password_hash is None:
        raise Invalid("The password was not changed.", problems=(Problem("body.old", "This is not your password."),))
    new = passwords().hash(body.new)
    if not kept.exchange(work.db, user.id, knock.known.password_hash, new):
        raise Changed("Your password has just been changed by somebody else; nothing was done.")
    signing_in.welcome(work.db, knock)
    sessions.end_all(work.db, user.id, but=work.caller.signed_in.id)
    resets.drop(work.db, user.id)
    if settings().sends_mail:
        mail.promise_to(work.db, user.id, letters.password_changed())
    work.commit(rung=[user.id])
