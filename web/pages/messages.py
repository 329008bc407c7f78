"""What was sent beside the bell, and the people that a message spoke of: where its link leads."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from api.fields import Cursor, Id
from api.routes import messages
from api.routes.dead_letters import Retry
from api.routes.messages import MOST_FAILED
from api.work import AdministratorWork, AnyWork
from web.forms import Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import MESSAGE_REASONS, MESSAGE_STATES

router = pages()

A_PAGE = 30


@router.get("/bell/sent")
def sent(request: Request, work: AnyWork) -> HTMLResponse:
    """Every message to the reader, newest first."""
    values = {"messages": messages.mine(work), "message_states": MESSAGE_STATES, "reasons": MESSAGE_REASONS}
    return page(request, "messages.html", work, values)


@router.get("/bell/sent/{message}")
def people(request: Request, message: Id, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """The people a message spoke of, as far as the reader may still see them."""
    found = messages.people(message, work, limit=A_PAGE, cursor=cursor)
    return page(request, "message.html", work, {"people": found, "message": message, "first": cursor is None})


@router.get("/settings/messages")
def failed(request: Request, work: AdministratorWork) -> HTMLResponse:
    """What could not be sent to anybody, and why; never what it said."""
    values = {"messages": messages.failed(work), "most": MOST_FAILED, "reasons": MESSAGE_REASONS}
    return page(request, "messages_failed.html", work, values)


@router.post("/settings/messages")
def retry(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Those that are named, or all of them, are tried again."""
    language = language_of(request)
    again = messages.retry(work, body_of(Retry, {"ids": form.all("id") or None}, language)).retried
    said = language.many("%(n)s message is sent again.", "%(n)s messages are sent again.", again)
    return go_and_say(request, "/settings/messages", said)
