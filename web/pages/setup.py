"""The first visit of an empty installation: the administrator is created. Closed for ever after."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from accounts import founding
from api import csrf
from api.fields import Body, Email, Line, Password
from api.routes import login
from api.routes.login import Login
from api.work import AnybodyWork
from core.errors import MicropoolsError, NotFound
from web.forms import Filled, Sent, body_of
from web.languages import language_of
from web.rendering import go_to, page
from web.route import pages

router = pages()


class First(Body):
    """The first administrator."""

    email: Email
    name: Line
    password: Password


@router.get("/setup")
def ask(request: Request, work: AnybodyWork) -> Response:
    """Asks for the first administrator."""
    if not founding.is_open(work.db):
        raise founding.closed()
    return page(request, "setup.html", None, {"form": Filled()})


@router.post("/setup")
def begin(request: Request, form: Sent, work: AnybodyWork) -> Response:
    """Creates them, and signs them in. Of two at once, one comes too late."""
    csrf.refuse_other_sites(request)
    answer = go_to("/")
    try:
        values = {name: form.text(name) for name in ("email", "name", "password")}
        first = body_of(First, values, language_of(request))
        founding.begin(work.db, first.email, first.name, first.password)
        work.commit()
    except NotFound:
        raise
    except MicropoolsError as error:
        filled = Filled.again(work, form, error)
        return page(request, "setup.html", None, {"form": filled}, filled.status)
    login.login(Login(email=first.email, password=first.password), request, answer, work)
    return answer
