"""Signing in and out."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from accounts import founding
from api.authentication import Credentials, authenticate
from api.routes import login
from api.routes.login import Login
from api.work import AnybodyWork, AnyWork
from core.errors import MicropoolsError, NotAuthenticated
from core.settings import settings
from web.addresses import own_path
from web.forms import Filled, Sent, body_of, or_later
from web.languages import language_of
from web.rendering import go_to, page
from web.route import pages

router = pages()


@router.get("/login")
def ask(request: Request, work: AnybodyWork) -> Response:
    """Asks who it is; where nobody is known yet, for the first administrator."""
    after = own_path(request.query_params.get("next", ""))
    if _is_signed_in(request, work):
        return go_to(after)
    if founding.is_open(work.db):
        return go_to("/setup")
    return _ask(request, Filled(), after)


@router.post("/login")
def sign_in(request: Request, form: Sent, work: AnybodyWork) -> Response:
    """Opens a session and leads to the page that was asked for."""
    after = own_path(form.text("next"))
    answer = go_to(after)
    try:
        values = {"email": form.text("email"), "password": form.text("password")}
        login.login(body_of(Login, values, language_of(request)), request, answer, work)
    except MicropoolsError as error:
        return _ask(request, Filled.again(work, form, error), after)
    return answer


@router.post("/logout")
def sign_out(request: Request, work: AnyWork) -> Response:
    """Ends this session."""
    answer = go_to("/login")
    login.logout(request, answer, work)
    return answer


def _ask(request: Request, form: Filled, after: str) -> Response:
    values = {"form": form, "next": after, "elsewhere": bool(settings().oidc_issuer)}
    return or_later(page(request, "login.html", None, values, form.status), form)


def _is_signed_in(request: Request, work: AnybodyWork) -> bool:
    try:
        authenticate(work.db, Credentials.of(request))
    except NotAuthenticated:
        return False
    return True
