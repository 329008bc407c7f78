"""Passwords that were forgotten: a link is asked for, and a new password is set with it."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.routes import passwords
from api.routes.passwords import Reset, ResetRequest
from api.work import ANYBODY, AnybodyWork
from core.errors import MicropoolsError
from core.settings import settings
from web.forms import Filled, Sent, body_of, or_later
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages

router = pages()


@router.get("/password/reset-request", dependencies=[ANYBODY])
def ask(request: Request) -> Response:
    """Asks whose password it is."""
    return _ask(request, Filled())


@router.post("/password/reset-request")
def request_reset(request: Request, form: Sent, work: AnybodyWork) -> Response:
    """The page that follows is the same whether there is such a user or not."""
    try:
        body = body_of(ResetRequest, {"email": form.text("email")}, language_of(request))
        passwords.request_reset(body, request, work)
    except MicropoolsError as error:
        return _ask(request, Filled.again(work, form, error))
    return page(request, "reset_requested.html", None)


@router.get("/password/reset", dependencies=[ANYBODY])
def choose(request: Request) -> Response:
    """Asks for the new password; the link's secret stands behind the # and is read by a script, or pasted."""
    return page(request, "reset.html", None, {"form": Filled()})


@router.post("/password/reset")
def reset(request: Request, form: Sent, work: AnybodyWork) -> Response:
    """Sets it; signing in with it comes next."""
    language = language_of(request)
    try:
        body = body_of(Reset, {"token": secret_in(form.text("token")), "password": form.text("password")}, language)
        passwords.reset(body, request, work)
    except MicropoolsError as error:
        filled = Filled.again(work, form, error)
        return page(request, "reset.html", None, {"form": filled, "token": form.text("token")}, filled.status)
    return go_and_say(request, "/login", language.say("Your new password is set. Sign in with it."))


def secret_in(pasted: str) -> str:
    """The secret of a link, whether the link was pasted whole or what stands behind its #."""
    return pasted.rpartition("#")[2].strip()


def _ask(request: Request, form: Filled) -> Response:
    values = {"form": form, "by_mail": settings().sends_mail}
    return or_later(page(request, "reset_request.html", None, values, form.status), form)
