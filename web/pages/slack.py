"""Slack, for administrators: which workspace notices go to, and whether it takes them."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import Response

from api.routes import slack
from api.routes.slack import SlackKeys
from api.work import AdministratorWork, Work
from core.errors import Invalid, MicropoolsError
from web.forms import Filled, Sent, body_of
from web.languages import language_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import noted

router = pages()


@router.get("/settings/slack")
def shown(request: Request, work: AdministratorWork) -> Response:
    """How it stands, and how to connect."""
    return _shown(request, work, Filled())


@router.post("/settings/slack")
def change(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Connected, tried, or disconnected."""
    language = language_of(request)
    try:
        if form.text("what") == "connect":
            keys = {"bot_token": form.text("bot_token"), "signing_secret": form.text("signing_secret")}
            slack.connect(body_of(SlackKeys, keys, language), work)
            sentence = language.say("Connected.")
        elif form.text("what") == "test":
            slack.try_out(work)
            sentence = language.say("Sent. Look into Slack.")
        elif form.text("what") == "disconnect":
            slack.disconnect(work)
            sentence = language.say("Disconnected. Nothing is sent to Slack any more.")
        else:
            raise Invalid(noted("This form could not be read. Load the page again and repeat."))
    except MicropoolsError as error:
        return _shown(request, work, Filled.again(work, form, error))
    return go_and_say(request, "/settings/slack", sentence)


def _shown(request: Request, work: Work, form: Filled) -> Response:
    return page(request, "slack.html", work, {"slack": slack.state(work), "form": form}, form.status)
