"""One's own account: who am I, my password, where I am signed in."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.fields import Id
from api.routes import account
from api.routes.account import ChangedPassword
from api.work import AnyWork, Work
from core.errors import MicropoolsError
from web.forms import Filled, Sent, body_of, or_later
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages

router = pages()


@router.get("/account")
def mine(request: Request, work: AnyWork) -> Response:
    """Everything about oneself on one page."""
    return _mine(request, work, Filled())


@router.post("/account/password")
def change_password(request: Request, form: Sent, work: AnyWork) -> Response:
    """Needs the old one; ends every other session."""
    language = language_of(request)
    try:
        values = {"old": form.text("old"), "new": form.text("new")}
        account.change_password(body_of(ChangedPassword, values, language), request, work)
    except MicropoolsError as error:
        return _mine(request, work, Filled.again(work, form, error))
    said = language.say("Your password was changed, and you were signed out everywhere else.")
    return go_and_say(request, "/account", said)


@router.post("/account/sessions/end")
def end_others(request: Request, work: AnyWork) -> Response:
    """Every session but this one."""
    account.end_others(work)
    return go_and_say(request, "/account", language_of(request).say("You are signed out everywhere else."))


@router.post("/account/sessions/{session}/end")
def end(request: Request, session: Id, work: AnyWork) -> Response:
    """One of them."""
    account.end(session, work)
    return go_and_say(request, "/account", language_of(request).say("That session has ended."))


def _mine(request: Request, work: Work, form: Filled) -> Response:
    values = {"me": account.me(work), "sessions": account.my_sessions(work), "form": form}
    return or_later(page(request, "account.html", work, values, form.status), form)
