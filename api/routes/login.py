"""Signing in with a password, and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from accounts import signing_in
from api import cookies, csrf
from api.account_views import UserView
from api.authentication import Credentials
from api.fields import Body, Email, Password
from api.network import network_of
from api.wire import StrictRoute
from api.work import AnybodyWork, AnyWork
from core.errors import Conflict
from core.settings import settings
from records.repositories import sessions, users

router = APIRouter(tags=["signing in"], route_class=StrictRoute)

# As much of what a browser says of itself as helps to recognise it.
MOST_CLIENT = 200


class Login(Body):
    """Who, and what they know."""

    email: Email
    password: Password


class LoggedIn(BaseModel):
    """The session is in the cookie; this is what a page needs beside it."""

    user: UserView
    csrf_token: str = Field(description="Send it as X-CSRF-Token with every request that changes something.")


@router.post("/login", summary="Sign in")
def login(body: Login, request: Request, response: Response, work: AnybodyWork) -> LoggedIn:
    """Sets a cookie with a new session and ends the one the browser had. Wrong and unknown are answered alike."""
    csrf.refuse_other_sites(request)
    network = network_of(request)
    knock = signing_in.knock(work.db, body.email, network)
    work.commit()
    if not signing_in.right(knock, body.password) or knock.known is None:
        signing_in.refuse()
    secret = signing_in.open_session(work.db, knock, body.password, client_of(request), network)
    user = users.get(work.db, knock.known.user)
    replace_session(work, request, response, secret)
    return LoggedIn(user=UserView.of(user), csrf_token=csrf.proof_for(secret))


@router.post("/logout", status_code=204, summary="Sign out")
def logout(request: Request, response: Response, work: AnyWork) -> None:
    """Ends the session of this request, open event streams included. A token is not a session: revoke it instead."""
    if work.caller.signed_in.by == "token":
        raise Conflict("You are not signed in by a session but by a token; to end that, revoke it.")
    sessions.end(work.db, work.caller.id, work.caller.signed_in.id)
    cookies.take_back(request, response, cookies.SESSION)
    work.commit(rung=[work.caller.id])


def replace_session(work: AnybodyWork, request: Request, response: Response, secret: str) -> None:
    """Commit the new session, end the one the browser came with, and have it keep the new one."""
    before = Credentials.of(request).session
    left = sessions.end_with(work.db, before) if before else None
    work.commit(rung=[left] if left else ())
    cookies.give(request, response, cookies.SESSION, secret, settings().session_life_s)


def client_of(request: Request) -> str:
    """What the browser says of itself, fit to be shown."""
    said = request.headers.get("user-agent", "")
    return "".join(char for char in said if char.isprintable())[:MOST_CLIENT]
