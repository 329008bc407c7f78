"""From a template to an answer: the page around it, or for htmx the part alone."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment

from api.work import Work
from core.templates import environment
from web import said, wording
from web.addresses import in_path
from web.assets import asset
from web.browsers import browser_named
from web.frame import Frame, frame_of
from web.languages import NAMES, Language
from web.languages import language as language_called
from web.person_form import language_named


@lru_cache(maxsize=len(NAMES))
def _templates(code: str) -> Environment:
    """The templates in one language, with the words and the ways to write that pages share."""
    language = language_called(code)
    found = environment("web", language)
    found.globals.update(asset=asset, languages=NAMES, roles=wording.ROLES, kinds=wording.KINDS, scopes=wording.SCOPES)
    found.globals.update(stages=wording.STAGES, position_statuses=wording.POSITION_STATUSES)
    found.globals.update(position_filters=wording.POSITION_FILTERS, field_words=wording.FIELDS)
    found.globals.update(tag_kinds=wording.TAG_KINDS, language_levels=wording.LEVELS, said_by=wording.SAID_BY)
    found.globals.update(who_says=wording.WHO_SAYS, happened=wording.HAPPENED, states=wording.STATES)
    found.globals.update(found=wording.FOUND)
    found.globals.update(notice_events=wording.EVENTS, notice_channels=wording.CHANNELS, rhythms=wording.RHYTHMS)
    found.globals.update(week_days=wording.DAYS, unreached=wording.UNREACHED)
    found.filters.update(say=language.say, day=language.day, moment=language.moment, number=language.number)
    found.filters.update(browser=browser_named, in_path=in_path)
    found.filters["channel_name"] = lambda channel: language.say(wording.CHANNELS[channel])
    found.filters["language_name"] = lambda code: language_named(language, code)
    return found


def wants_part(request: Request) -> bool:
    """Whether htmx asks, who has the page around it already. One that it restores is wanted whole."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"


def page(
    request: Request, template: str, work: Work | None, values: Mapping[str, Any] | None = None, status: int = 200
) -> HTMLResponse:
    """A whole page, for a reader who is signed in or (`work` is None) for anybody."""
    frame = frame_of(request, work)
    answer = HTMLResponse(_written(frame.language, template, frame, values), status)
    said.forget(request, answer)
    return answer


def part(request: Request, template: str, work: Work, values: Mapping[str, Any] | None = None) -> HTMLResponse:
    """A part of a page, for htmx."""
    frame = frame_of(request, work, whole=False)
    return HTMLResponse(_written(frame.language, template, frame, values))


def go_to(address: str) -> Response:
    """Where a browser goes after it changed something, so that reloading does not change it again."""
    return RedirectResponse(address, 303)


def go_and_say(request: Request, address: str, sentence: str) -> Response:
    """The same, and the page it goes to says once what was done."""
    answer = go_to(address)
    said.say_next(request, answer, sentence)
    return answer


def _written(language: Language, template: str, frame: Frame, values: Mapping[str, Any] | None) -> str:
    return _templates(language.code).get_template(template).render(frame=frame, **(values or {}))
