"""Users, for administrators: who is there, who was invited, and one of them with sessions and tokens."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.account_views import NewUser
from api.fields import Cursor, Id
from api.routes import invitations, tracking, users
from api.routes.invitations import Sent as SentInvitation
from api.routes.users import ChangedUser, Part
from api.work import AdministratorWork, Work
from core.errors import MicropoolsError
from records.models import Role
from web.forms import Filled, Form, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages

router = pages()

A_PAGE = 50
# Whoever has more of them open will not look for one on this page.
MOST_INVITED = 200


@router.get("/settings/users")
def everybody(request: Request, work: AdministratorWork, q: Part = "", cursor: Cursor = None) -> Response:
    """Users by name, and invitations that nobody has answered."""
    return _everybody(request, work, Filled(), q=q, cursor=cursor)


@router.post("/settings/users")
def add(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Invites a colleague, or adds them at once."""
    language = language_of(request)
    try:
        body = body_of(NewUser, {name: form.text(name) for name in ("email", "name", "role")}, language)
        if form.text("how") == "add":
            made = users.create(body, Response(), work)
            return go_and_say(
                request,
                f"/settings/users/{made.id}",
                language.say("Added. They choose a password through “I forgot my password”."),
            )
        sent = invitations.invite(body, request, work)
    except MicropoolsError as error:
        return _everybody(request, work, Filled.again(work, form, error))
    return _sent(request, work, sent)


@router.post("/settings/invitations/{invitation}/resend")
def resend(request: Request, invitation: Id, work: AdministratorWork) -> Response:
    """A new link; the old one is worth nothing any more."""
    return _sent(request, work, invitations.resend(invitation, request, work))


@router.post("/settings/invitations/{invitation}/withdraw")
def withdraw(request: Request, invitation: Id, work: AdministratorWork) -> Response:
    """The link is worth nothing any more."""
    invitations.revoke(invitation, work)
    return go_and_say(request, "/settings/users", language_of(request).say("The invitation is withdrawn."))


@router.get("/settings/users/{user}")
def one(request: Request, user: Id, work: AdministratorWork) -> Response:
    """A colleague: role, tracking, where they are signed in, and what asks the API in their name."""
    return _one(request, work, user, Filled())


@router.post("/settings/users/{user}")
def change(request: Request, user: Id, form: Sent, work: AdministratorWork) -> Response:
    """Another name or role."""
    language = language_of(request)
    try:
        users.change(user, body_of(ChangedUser, _given(form), language), work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return _one(request, work, user, Filled.again(work, form, error))
    return go_and_say(request, f"/settings/users/{user}", language.say("Saved. It holds from their next request on."))


@router.post("/settings/users/{user}/sessions/end")
def end_sessions(request: Request, user: Id, work: AdministratorWork) -> Response:
    """Everywhere."""
    users.end_all(user, work)
    return _back(request, user, language_of(request).say("They are signed out everywhere."))


@router.post("/settings/users/{user}/sessions/{session}/end")
def end_session(request: Request, user: Id, session: Id, work: AdministratorWork) -> Response:
    """There."""
    users.end(user, session, work)
    return _back(request, user, language_of(request).say("That session has ended."))


@router.post("/settings/users/{user}/tokens/{token}/end")
def end_token(request: Request, user: Id, token: Id, work: AdministratorWork) -> Response:
    """It is refused from the next request on."""
    users.revoke(user, token, work)
    return _back(request, user, language_of(request).say("That token is good for nothing any more."))


def _given(form: Form) -> dict[str, object]:
    """Of a form that is one button, only what the button says."""
    if active := form.text("active"):
        return {"active": active == "yes"}
    return {"name": form.text("name"), "role": form.text("role")}


def _back(request: Request, user: Id, sentence: str) -> Response:
    return go_and_say(request, f"/settings/users/{user}", sentence)


def _sent(request: Request, work: Work, sent: SentInvitation) -> Response:
    if sent.link is not None:
        # It holds a secret, so it is on this page and in no address and no cookie.
        return _everybody(request, work, Filled(), link=sent.link)
    return go_and_say(request, "/settings/users", language_of(request).say("The invitation is on its way."))


def _everybody(
    request: Request, work: Work, form: Filled, *, q: str = "", cursor: str | None = None, link: str = ""
) -> Response:
    values = {
        "users": users.index(work, q=q, limit=A_PAGE, cursor=cursor),
        "invited": invitations.index(work, limit=MOST_INVITED).items if cursor is None and not q else [],
        "first": cursor is None,
        "q": q,
        "form": form,
        "link": link,
        "all_roles": list(Role),
    }
    return page(request, "users.html", work, values, form.status)


def _one(request: Request, work: Work, user: Id, form: Filled) -> Response:
    values = {
        "user": users.read(user, work),
        "sessions": users.their_sessions(user, work),
        "tokens": users.their_tokens(user, work),
        "tracked": tracking.index(user, work),
        "form": form,
        "all_roles": list(Role),
    }
    return page(request, "user.html", work, values, form.status)
