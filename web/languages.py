"""The languages of the pages: sentences from catalogues, dates and numbers as people there write them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol
from babel.support import NullTranslations, Translations
from fastapi import Request

from api import cookies

COOKIE = "micropools_language"
# The language the sentences are written in needs no catalogue.
SOURCE = "en"
NAMES: Mapping[str, str] = {"en": "English", "cs": "Čeština"}
# A number for each form that whole numbers have in these languages (Czech: 1, 2 to 4, the rest).
_EXAMPLES = (5, 3, 1)


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `say` a sentence, `many` of something, and how dates and numbers look."""

    code: str
    locale: Locale = field(repr=False)
    catalogue: NullTranslations = field(repr=False)

    def say(self, sentence: str) -> str:
        """The sentence in this language; one that no catalogue has, as it is."""
        return self.catalogue.ugettext(sentence) if sentence else ""

    def many(self, one: str, other: str, number: int) -> str:
        """The form that goes with a number; `%(n)s` in it is the number."""
        return self.catalogue.ungettext(one, other, number) % {"n": self.number(number)}

    def forms(self, one: str, other: str) -> dict[str, str]:
        """Every form by the name that Intl.PluralRules has for it, for a script that counts; `%(n)s` stays."""
        return {self.locale.plural_form(each): self.catalogue.ungettext(one, other, each) for each in _EXAMPLES}

    def number(self, number: float) -> str:
        """`5500` as `5,500` or `5 500`."""
        if isinstance(number, int) and -1_000 < number < 1_000:
            # Looks the same everywhere, and most numbers of a page are such.
            return str(number)
        return format_decimal(number, locale=self.locale)

    @property
    def separator(self) -> Literal[",", ";"]:
        """What ends a cell of a table where people write numbers like this: a comma that is not in them."""
        return ";" if get_decimal_symbol(self.locale) == "," else ","

    def day(self, day: date) -> str:
        """A day."""
        return _day(self.code, day)

    def moment(self, moment: datetime) -> str:
        """A day and a time in UTC; a script shows the browser's own time instead (static/times.js)."""
        return f"{format_datetime(moment.astimezone(UTC), 'short', locale=self.locale)} UTC"


@lru_cache(maxsize=4_096)
def _day(code: str, day: date) -> str:
    """Lists say the same few days over and over, and patterns take their time."""
    return format_date(day, "medium", locale=Locale(code))


@lru_cache(maxsize=len(NAMES))
def language(code: str) -> Language:
    """The language of one of the codes in NAMES. Catalogues are compiled when a process first needs them."""
    if code == SOURCE:
        return Language(code, Locale(code), NullTranslations())
    text = files("web").joinpath("locale", code, "LC_MESSAGES", "messages.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=code))
    compiled.seek(0)
    return Language(code, Locale(code), Translations(compiled))


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
