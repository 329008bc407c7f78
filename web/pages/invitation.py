"""Accepting an invitation."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.routes import invitations, login
from api.routes.invitations import Accepted
from api.routes.login import Login
from api.work import ANYBODY, AnybodyWork
from core.errors import MicropoolsError
from web.forms import Filled, Sent, body_of
from web.languages import language_of
from web.pages.passwords import secret_in
from web.rendering import go_to, page
from web.route import pages

router = pages()


@router.get("/invitation", dependencies=[ANYBODY])
def ask(request: Request) -> Response:
    """Asks for a password; whose invitation it is stands behind the # and is nobody's to know yet."""
    return page(request, "invitation.html", None, {"form": Filled()})


@router.post("/invitation")
def accept(request: Request, form: Sent, work: AnybodyWork) -> Response:
    """Makes the user and signs them in."""
    answer = go_to("/")
    try:
        values = {"token": secret_in(form.text("token")), "password": form.text("password")}
        body = body_of(Accepted, values, language_of(request))
        user = invitations.accept(body, request, work)
    except MicropoolsError as error:
        filled = Filled.again(work, form, error)
        return page(request, "invitation.html", None, {"form": filled, "token": form.text("token")}, filled.status)
    login.login(Login(email=user.email, password=body.password), request, answer, work)
    return answer
