"""The bell: its newest notices in the top bar, all of them on a page, and exactly the people one speaks of."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from api.fields import Cursor, Id
from api.routes import notifications
from api.routes.notifications import Seen
from api.work import AnyWork, Work
from web.forms import Sent, body_of
from web.languages import language_of
from web.rendering import go_to, page, part, wants_part
from web.route import pages

router = pages()

NEWEST = 8
A_PAGE = 30


@router.get("/bell")
def bell(request: Request, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """Every notice, what rang last first."""
    listed = notifications.index(work, limit=A_PAGE, cursor=cursor)
    return page(request, "bell.html", work, {"bell": listed, "first": cursor is None})


@router.get("/bell/newest")
def newest(request: Request, work: AnyWork) -> HTMLResponse:
    """What the bell in the top bar opens."""
    return _newest(request, work)


@router.post("/bell/seen")
def seen(request: Request, form: Sent, work: AnyWork) -> Response:
    """Everything up to the notice that was on top is seen."""
    up_to = form.text("up_to")
    body = body_of(Seen, {"up_to": int(up_to) if up_to.isdecimal() else -1}, language_of(request))
    notifications.seen(body, work)
    return _back(request, work)


@router.get("/bell/{notice}")
def people(request: Request, notice: Id, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """The people a notice speaks of, as far as the reader may still see them."""
    listed = notifications.people(notice, work, limit=A_PAGE, cursor=cursor)
    values = {"notice": notifications.notice_of(work, notice), "people": listed}
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


def _back(request: Request, work: Work) -> Response:
    return _newest(request, work) if wants_part(request) else go_to("/bell")


def _newest(request: Request, work: Work) -> HTMLResponse:
    return part(request, "bell_newest.html", work, {"bell": notifications.index(work, limit=NEWEST)})
