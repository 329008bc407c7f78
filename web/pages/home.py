"""The first page: what is new, and where to go."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from api.routes import notifications
from api.work import AnyWork
from web.rendering import page
from web.route import pages

router = pages()

# What is new fits on a phone's screen; the bell has the rest.
NEWEST = 5


@router.get("/")
def home(request: Request, work: AnyWork) -> HTMLResponse:
    """For everybody who is signed in."""
    bell = notifications.index(work, limit=NEWEST, unseen=True)
    return page(request, "home.html", work, {"bell": bell})
