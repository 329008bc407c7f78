"""The notification centre: what one hears of, on which channels, how often and when; and the house's word on it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import Response

from api.fields import Id
from api.routes import mine, notices_wanted
from api.routes.notices_wanted import Choosing, ChoosingForPool, NoticesWanted, PoolHeard, Tested, Testing
from api.work import AdministratorWork, ReaderWork, Work
from core.errors import Invalid, MicropoolsError
from web.forms import Filled, Form, Sent, body_of
from web.languages import Language, language_of
from web.notices_form import Hours, choices_of, hours_of
from web.rendering import go_and_say, page
from web.route import pages
from web.wording import CHANNELS, noted

router = pages()

CENTRE, HOUSE = "/account/notices", "/settings/notices"
SAVED = noted("Saved.")


@router.get("/account/notices")
def centre(request: Request, work: ReaderWork) -> Response:
    """Events by channels, hours, and every pool that could ring."""
    return _centre(request, work)


@router.post("/account/notices")
def choose(request: Request, form: Sent, work: ReaderWork) -> Response:
    """How often, for each kind of event on each channel."""
    language = language_of(request)
    wanted = notices_wanted.wanted(work)
    notices_wanted.choose(choices_of(form, wanted.events, _here(wanted), language), work)
    return go_and_say(request, CENTRE, language.say(SAVED))


@router.post("/account/notices/hours")
def set_hours(request: Request, form: Sent, work: ReaderWork) -> Response:
    """When, or as the house says."""
    language = language_of(request)
    try:
        hours = None if form.text("as") == "house" else hours_of(form, language)
        notices_wanted.choose(Choosing(hours=hours), work)
    except Invalid as error:
        return _centre(request, work, Filled.again(work, form, error), form)
    return go_and_say(request, CENTRE, language.say(SAVED))


@router.post("/account/notices/pools")
def choose_for_pools(request: Request, form: Sent, work: ReaderWork) -> Response:
    """How often to hear of single pools; what was left as it is, is."""
    language = language_of(request)
    wanted = notices_wanted.wanted(work)
    for pool in wanted.pools:
        body = body_of(ChoosingForPool, {"channels": _changed(form, pool, _here(wanted))}, language)
        if body.channels:
            notices_wanted.choose_for_pool(pool.id, body, work)
    return go_and_say(request, CENTRE, language.say(SAVED))


@router.post("/account/notices/test")
def send_a_test(request: Request, form: Sent, work: ReaderWork) -> Response:
    """Sends it now, and says what came of it."""
    language = language_of(request)
    body = body_of(Testing, {"channel": form.text("channel")}, language)
    try:
        said = _came_of_it(notices_wanted.send_me_a_test(body, work), language)
    except MicropoolsError as error:
        work.db.rollback()
        return _centre(request, work, above=error)
    return go_and_say(request, CENTRE, f"{language.say(CHANNELS[body.channel])}: {said}")


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
    return go_and_say(request, CENTRE, sentence)


@router.get("/settings/notices")
def house(request: Request, work: AdministratorWork) -> Response:
    """What holds for whoever chose nothing."""
    return _house(request, work)


@router.post("/settings/notices")
def choose_for_house(request: Request, form: Sent, work: AdministratorWork) -> Response:
    """How often, or (`what` is hours) when."""
    language = language_of(request)
    try:
        if form.text("what") == "hours":
            body = Choosing(hours=None if form.text("as") == "house" else hours_of(form, language))
        else:
            body = choices_of(form, notices_wanted.house(work).events, CHANNELS, language)
        notices_wanted.choose_for_house(body, work)
    except Invalid as error:
        return _house(request, work, Filled.again(work, form, error), form)
    return go_and_say(request, HOUSE, language.say(SAVED))


def _centre(
    request: Request,
    work: Work,
    filled: Filled | None = None,
    form: Form | None = None,
    above: MicropoolsError | None = None,
) -> Response:
    wanted = notices_wanted.wanted(work)
    hours = Hours.again(filled, form, wanted.told) if filled and form else Hours.stored(wanted.told)
    values = {
        "wanted": wanted,
        "here": [each for each in wanted.channels if each.here],
        "hours": hours,
        "above": Filled(error=above),
    }
    return page(request, "notices_of_pools.html", work, values, above.status if above else hours.form.status)


def _house(request: Request, work: Work, filled: Filled | None = None, form: Form | None = None) -> Response:
    house = notices_wanted.house(work)
    hours = Hours.again(filled, form, house.told) if filled and form else Hours.stored(house.told)
    channels = [each for each in notices_wanted.wanted(work).channels if each.here]
    return page(
        request, "house_notices.html", work, {"house": house, "hours": hours, "here": channels}, hours.form.status
    )


def _here(wanted: NoticesWanted) -> list[str]:
    return [each.channel for each in wanted.channels if each.here]


def _changed(form: Form, pool: PoolHeard, channels: list[str]) -> Mapping[str, str | None]:
    sent = {name for name, _ in form.pairs}
    found: dict[str, str | None] = {}
    for channel in channels:
        name = _named(pool.id, channel)
        before = next((rhythm for key, rhythm in pool.channels.items() if key == channel), None)
        if name in sent and (chosen := form.text(name) or None) != before:
            found[channel] = chosen
    return found


def _named(pool: uuid.UUID, channel: str) -> str:
    return f"{pool}.{channel}"


def _came_of_it(tested: Tested, language: Language) -> str:
    if tested.outcome == "sent":
        return language.say("The test was sent.")
    if tested.outcome == "later":
        said = language.say("The test was not sent: nothing can be sent there at the moment.")
    else:
        said = language.say("The test was refused.")
    return f"{said} {tested.said}" if tested.said else said
