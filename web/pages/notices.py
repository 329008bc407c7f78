"""The notification centre: which of the pools one tracks ring the bell."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.fields import Id
from api.routes import mine
from api.work import ReaderWork
from web.forms import Sent
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages

router = pages()


@router.get("/account/notices")
def centre(request: Request, work: ReaderWork) -> Response:
    """Every pool that could ring, with a switch."""
    return page(request, "notices_of_pools.html", work, {"pools": mine.my_pools(work)})


@router.post("/account/notices/{pool}")
def switch(request: Request, pool: Id, form: Sent, work: ReaderWork) -> Response:
    """Muted, or ringing again from now on."""
    language = language_of(request)
    if form.text("muted") == "yes":
        mine.mute(pool, work)
        sentence = language.say("Muted. Your bell says nothing of it from now on.")
    else:
        mine.unmute(pool, work)
        sentence = language.say("It rings again from now on.")
    return go_and_say(request, "/account/notices", sentence)
