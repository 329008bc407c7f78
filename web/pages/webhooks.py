"""Webhooks, for administrators: which other systems hear of what, what they were told, and what became of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import Request, Response

from api.fields import Cursor, Id
from api.routes import webhooks
from api.routes.webhooks import ChangedWebhook, NewWebhook, Since
from api.work import AdministratorWork, Work
from core.errors import Invalid, MicropoolsError
from web.forms import Filled, Form, Sent, body_of
from web.languages import Language, language_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import MESSAGE_STATES, WEBHOOK_EVENTS, WEBHOOK_REASONS, noted

router = pages()

PLACE = "/settings/webhooks"
A_PAGE = 30
SPANS = {"1": noted("The last hour"), "24": noted("The last day"), "168": noted("The last week")}


@router.get("/settings/webhooks")
def everything(request: Request, work: AdministratorWork) -> Response:
    """All of them, and a form for another one."""
    return _all(request, work, Filled())


@router.post("/settings/webhooks")
def add(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """Another one; its secret is shown on the page that answers, and never again."""
    try:
        made = webhooks.add(body_of(NewWebhook, _chosen(form), language_of(request)), work, Response())
    except MicropoolsError as error:
        return _all(request, work, Filled.again(work, form, error))
    return _one(request, work, made.id, Filled(), secret=made.secret)


@router.get("/settings/webhooks/{webhook}")
def one(request: Request, webhook: Id, work: AdministratorWork, cursor: Cursor = None) -> Response:
    """How it does, and what it was told."""
    return _one(request, work, webhook, Filled(), cursor=cursor)


@router.post("/settings/webhooks/{webhook}")
def change(request: Request, webhook: Id, form: Sent, work: AdministratorWork) -> Response:
    """What the button says."""
    language = language_of(request)
    webhooks.read(webhook, work)
    try:
        if form.text("what") == "secret":
            return _one(request, work, webhook, Filled(), secret=webhooks.rotate(webhook, work).secret)
        sentence = _done(webhook, form, work, language)
    except MicropoolsError as error:
        return _one(request, work, webhook, Filled.again(work, form, error))
    place = PLACE if form.text("what") == "remove" else f"{PLACE}/{webhook}"
    return go_and_say(request, place, sentence)


@router.post("/settings/webhooks/{webhook}/deliveries/{delivery}")
def replay(request: Request, webhook: Id, delivery: Id, work: AdministratorWork) -> Response:
    """That one, again."""
    try:
        webhooks.replay(webhook, delivery, work)
    except MicropoolsError as error:
        if error.status == 404:
            raise
        return _one(request, work, webhook, Filled.again(work, Form(), error))
    return go_and_say(request, f"{PLACE}/{webhook}", language_of(request).say("It is sent again."))


def _done(webhook: Id, form: Form, work: Work, language: Language) -> str:
    what = form.text("what")
    if what == "save":
        webhooks.change(webhook, body_of(ChangedWebhook, _chosen(form), language), work)
        return language.say("Saved.")
    if what in ("on", "off"):
        webhooks.change(webhook, ChangedWebhook(active=what == "on"), work)
        return language.say("It is on.") if what == "on" else language.say("It is off. Nothing is kept for it.")
    if what == "test":
        tried = webhooks.try_out(webhook, work)
        if tried.taken:
            return language.say("The test was taken.")
        why = WEBHOOK_REASONS[tried.reason or "try_later"]
        return language.say("The test was not taken.") + " " + language.say(why)
    if what == "replay" and form.text("hours") in SPANS:
        since = datetime.now(UTC) - timedelta(hours=int(form.text("hours")))
        n = webhooks.replay_since(webhook, Since(since=since), work).replayed
        return language.many("%(n)s delivery is sent again.", "%(n)s deliveries are sent again.", n)
    if what == "remove":
        webhooks.remove(webhook, work)
        return language.say("Removed. Nothing more is sent there.")
    raise Invalid(noted("This form could not be read. Load the page again and repeat."))


def _chosen(form: Form) -> dict[str, object]:
    """Pools are named by the addresses of their pages, or by their ids."""
    lines = [line.strip().rstrip("/").rpartition("/")[2] for line in form.text("pools").splitlines() if line.strip()]
    return {"url": form.text("url"), "events": form.all("events"), "pools": lines or None}


def _all(request: Request, work: Work, form: Filled) -> Response:
    values = {"webhooks": webhooks.index(work), "form": form, **_words()}
    return page(request, "webhooks.html", work, values, form.status)


def _one(
    request: Request, work: Work, webhook: Id, form: Filled, *, secret: str = "", cursor: str | None = None
) -> Response:
    shown = webhooks.read(webhook, work)
    values = {
        "webhook": shown,
        "pools": webhooks.pools_of(shown, work),
        "deliveries": webhooks.deliveries(webhook, work, limit=A_PAGE, cursor=cursor),
        "first": cursor is None,
        "form": form,
        "secret": secret,
        "spans": SPANS,
        **_words(),
    }
    return page(request, "webhook.html", work, values, form.status)


def _words() -> dict[str, object]:
    return {"events": WEBHOOK_EVENTS, "reasons": WEBHOOK_REASONS, "message_states": MESSAGE_STATES}
