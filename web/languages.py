"""The language of a request: what its reader chose, or what their browser asks for."""

from __future__ import annotations

from fastapi import Request

from api import cookies
from core.languages import NAMES, SOURCE, Language, know_sentences_with_names, language
from web.wording import WITH_NAMES

__all__ = ["COOKIE", "NAMES", "SOURCE", "Language", "language", "language_of"]

COOKIE = "micropools_language"
know_sentences_with_names(WITH_NAMES)


def language_of(request: Request) -> Language:
    """What the reader chose, else what their browser asks for, else English."""
    chosen = cookies.read(request, COOKIE)
    if chosen in NAMES:
        return language(chosen)
    for wanted in _wishes(request.headers.get("accept-language", "")):
        if wanted in NAMES:
            return language(wanted)
    return language(SOURCE)


def _wishes(header: str) -> list[str]:
    """Languages of an Accept-Language header without their countries, most wanted first."""
    wishes = []
    for place, part in enumerate(header[:500].split(",")):
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=").strip()
        try:
            wishes.append((-float(weight or 1), place, tag.partition("-")[0].strip().lower()))
        except ValueError:
            continue
    return [tag for weight, _, tag in sorted(wishes) if weight < 0]
