"""Passwords that were forgotten."""

from __future__ import annotations

import uuid
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, StringConstraints

from accounts import letters
from accounts.passwords import check, passwords
from api import csrf
from api.fields import Body, Email, Password, Printable
from api.network import network_of
from api.wire import StrictRoute
from api.work import AnybodyWork
from core.digest import new_secret
from core.errors import Invalid, Problem, TooMany
from core.settings import settings
from records.repositories import attempts, mail, resets, sessions, users
from records.repositories import passwords as kept
from records.repositories.attempts import Bucket, Patience

router = APIRouter(tags=["signing in"], route_class=StrictRoute)

# An office may forget as much as it likes; whoever walks through a list of addresses gets to one a minute.
OF_NETWORK = Patience(free=20, leak_s=60, longest_s=900)
# A user who is not there, for the same work.
NOBODY = uuid.UUID(int=0)

LinkToken = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200), Printable]


class ResetRequest(Body):
    """Whose password was forgotten."""

    email: Email


class Reset(Body):
    """What stood behind the # of the link, and the new password."""

    token: LinkToken
    password: Password


class Heard(BaseModel):
    """What everybody is answered."""

    sent: Literal["if there is such a user"] = "if there is such a user"


@router.post("/password/reset-request", status_code=202, summary="I forgot my password")
def request_reset(body: ResetRequest, request: Request, work: AnybodyWork) -> Heard:
    """A letter with a link, if there is such a user and mail is set up. The answer and the work are always the same."""
    csrf.refuse_other_sites(request)
    network = Bucket(f"reset|{network_of(request)}", OF_NETWORK)
    if wait_s := attempts.count(work.db, network):
        raise TooMany("There were too many requests from where you are; wait, then try again.", wait_s)
    if settings().sends_mail:
        secret = new_secret()
        user = resets.add(work.db, body.email, secret)
        letter = letters.password_reset(letters.reset_link(settings().public_url, secret))
        mail.promise_to(work.db, user or NOBODY, letter)
    work.commit()
    return Heard()


@router.post("/password/reset", status_code=204, summary="Set a new password with a link")
def reset(body: Reset, request: Request, work: AnybodyWork) -> None:
    """Works once, for an hour. Ends every session of the user; tokens stay, revoke those you doubt."""
    csrf.refuse_other_sites(request)
    user = resets.take(work.db, body.token)
    if user is None:
        raise worthless()
    known = users.lock(work.db, user)
    check(body.password, "body.password", (known.email, known.name))
    # The user is held while we compute: nobody can sign in with the old password and slip past the end of sessions.
    kept.store(work.db, user, passwords().hash(body.password))
    sessions.end_all(work.db, user)
    resets.drop(work.db, user)
    work.commit(rung=[user])


def worthless() -> Invalid:
    """The one answer to a link that was used, replaced, revoked, has expired, or never was."""
    message = "This link was used already, has expired or was replaced by a newer one; ask for a new one."
    return Invalid("This link is worth nothing any more.", problems=(Problem("body.token", message),))
