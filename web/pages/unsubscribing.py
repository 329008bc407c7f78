"""No more e-mails, by the link of a letter: asked for on a page, or at once by the reader's mail program."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from api.unsubscribing import Subscription, meant, unsubscribe
from api.work import AnybodyWork
from web.languages import language_of
from web.rendering import page
from web.route import pages
from web.wording import noted

router = pages()

# No pool is named: whoever holds the link is not signed in.
ONE_POOL = noted("New people in the pool that the letter was about")
EVENTS: Mapping[str, str] = {
    "new_in_pool": noted("New people in your pools"),
    "shared": noted("What colleagues share with you"),
    "wanted": noted("Hiring managers who want somebody or are done"),
    "trouble": noted("Pools that do not work, and differences that a check found"),
}


@router.get("/unsubscribe/{token}")
def ask(request: Request, token: str, work: AnybodyWork) -> Response:
    """Asks, and changes nothing: programs that look at mail follow every link in it."""
    return page(request, "unsubscribe.html", None, {"about": _said(request, meant(token, work)), "done": False})


@router.post("/unsubscribe/{token}")
def stop(request: Request, token: str, work: AnybodyWork) -> Response:
    """Ends it. Also what mail programs send of themselves (RFC 8058), hence no way to anywhere else in the answer.

    Of all forms this one asks for neither session nor proof, nor from which site it comes: a mail program has none of
    them, and may be a page of another site. The address cannot be guessed and was given to one reader, who can lose
    nothing by it but letters.
    """
    return page(request, "unsubscribe.html", None, {"about": _said(request, unsubscribe(token, work)), "done": True})


def _said(request: Request, subscription: Subscription) -> list[str]:
    language = language_of(request)
    if subscription.pool is not None:
        return [language.say(ONE_POOL)]
    return [language.say(EVENTS[event]) for event in subscription.events]
