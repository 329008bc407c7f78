"""What was sent beside the bell, and the people that a message spoke of: where its link leads."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.fields import Cursor, Id
from api.routes import messages
from api.work import AnyWork
from web.rendering import page
from web.route import pages
from web.wording import MESSAGE_STATES

router = pages()

A_PAGE = 30


@router.get("/bell/sent")
def sent(request: Request, work: AnyWork) -> HTMLResponse:
    """Every message to the reader, newest first."""
    values = {"messages": messages.mine(work), "message_states": MESSAGE_STATES}
    return page(request, "messages.html", work, values)


@router.get("/bell/sent/{message}")
def people(request: Request, message: Id, work: AnyWork, cursor: Cursor = None) -> HTMLResponse:
    """The people a message spoke of, as far as the reader may still see them."""
    found = messages.people(message, work, limit=A_PAGE, cursor=cursor)
    return page(request, "message.html", work, {"people": found, "message": message, "first": cursor is None})
