"""The bell: its newest notices in the top bar, all of them on a page, and exactly the people one speaks of."""

from __future__ import annotations

import uuid

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from api.fields import Cursor, Id
from api.routes import notifications, requests
from api.routes.notifications import Bell, Seen
from api.routes.requests import Answer, Answers
from api.work import AnyWork, StaffWork, Work
from web.addresses import own_path
from web.forms import Sent, body_of, whole_number
from web.languages import language_of
from web.rendering import go_and_say, go_to, page, part, wants_part
from web.route import pages

router = pages()

NEWEST = 8
A_PAGE = 30


@router.get("/bell")
def bell(request: Request, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """Every notice, what rang last first."""
    listed = notifications.index(work, limit=A_PAGE, cursor=cursor)
    return page(
        request, "bell.html", work, {"bell": listed, "first": cursor is None, "answers": _answers(work, listed)}
    )


@router.get("/bell/newest")
def newest(request: Request, work: AnyWork) -> HTMLResponse:
    """What the bell in the top bar opens."""
    return _newest(request, work)


@router.post("/bell/seen")
def seen(request: Request, form: Sent, work: AnyWork) -> Response:
    """Everything up to the notice that was on top is seen."""
    up_to = whole_number(form.text("up_to"))
    body = body_of(Seen, {"up_to": -1 if up_to is None else up_to}, language_of(request))
    notifications.seen(body, work)
    return _back(request, work)


@router.get("/bell/{notice}")
def people(request: Request, notice: Id, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """The people a notice speaks of, as far as the reader may still see them."""
    listed = notifications.people(notice, work, limit=A_PAGE, cursor=cursor)
    shown = notifications.notice_of(work, notice)
    values = {"notice": shown, "people": listed, "answers": requests.answers_to(work, [notice])}
    return page(request, "notice.html", work, values)


@router.post("/bell/{notice}/open")
def open_notice(notice: Id, work: AnyWork) -> Response:
    """Reading it changes something, so it is no link."""
    notifications.read(notice, work)
    return go_to(f"/bell/{notice}")


@router.post("/bell/{notice}/done")
def done(request: Request, notice: Id, work: AnyWork) -> Response:
    """Nothing is left to do about it."""
    notifications.done(notice, work)
    return _back(request, work)


@router.post("/bell/{notice}/share")
def share(request: Request, notice: Id, form: Sent, work: StaffWork) -> Response:
    """Answers “I want this person” with one application of theirs."""
    language = language_of(request)
    requests.share(notice, body_of(Answer, {"application": form.text("application")}, language), work)
    if wants_part(request):
        return _newest(request, work)
    return go_and_say(
        request,
        own_path(form.text("next")),
        language.say("Shared. They see the person and this application from now on."),
    )


def _answers(work: Work, listed: Bell) -> dict[uuid.UUID, Answers]:
    wanted = [each.id for each in listed.items if each.kind == "wanted" and not each.done]
    return requests.answers_to(work, wanted)


def _back(request: Request, work: Work) -> Response:
    return _newest(request, work) if wants_part(request) else go_to("/bell")


def _newest(request: Request, work: Work) -> HTMLResponse:
    listed = notifications.index(work, limit=NEWEST)
    return part(request, "bell_newest.html", work, {"bell": listed, "answers": _answers(work, listed)})
