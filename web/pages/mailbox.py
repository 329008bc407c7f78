"""The letters of the demo, for administrators: what would have been mailed. These pages exist in a demo only."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from api.work import AdministratorWork
from core.errors import NotFound
from embedded import letters
from embedded.letters import Letter
from web.headers import POLICY
from web.rendering import page
from web.route import pages

# A letter may hold anything. No script of it runs, nothing is sent or fetched, and it is no part of the page around it.
LETTER_POLICY = "; ".join(
    (
        "sandbox",
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
_POLICY = "content-security-policy"


def router_for(folder: Path) -> APIRouter:
    """The pages of the letters in a folder."""
    router = pages()

    def found(name: str) -> Letter:
        letter = letters.letter(folder, name)
        if letter is None:
            raise NotFound("letter")
        return letter

    @router.get("/demo/mailbox")
    def index(request: Request, work: AdministratorWork) -> HTMLResponse:
        """The newest first."""
        return page(request, "mailbox.html", work, {"letters": letters.letters(folder)})

    @router.get("/demo/mailbox/{letter}")
    def one(request: Request, letter: str, work: AdministratorWork) -> HTMLResponse:
        """A letter as its reader sees it, as text, and with its headers."""
        answer = page(request, "letter_kept.html", work, {"letter": found(letter)})
        answer.headers[_POLICY] = f"{POLICY}; frame-src 'self'"
        return answer

    @router.get("/demo/mailbox/{letter}/page")
    def inside(letter: str, _work: AdministratorWork) -> Response:
        """Its HTML as it came, for the frame in that page."""
        return HTMLResponse(found(letter).page, headers={_POLICY: LETTER_POLICY})

    return router
