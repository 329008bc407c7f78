"""The languages of the product: sentences from catalogues, dates and numbers as people there write them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
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

# The language the sentences are written in needs no catalogue.
SOURCE = "en"
NAMES: Mapping[str, str] = {"en": "English", "cs": "Čeština"}
# A number for each form that whole numbers have in these languages (Czech: 1, 2 to 4, the rest).
_EXAMPLES = (5, 3, 1)
_with_names: dict[str, None] = {}


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `say` a sentence, `many` of something, and how dates and numbers look."""

    code: str
    locale: Locale = field(repr=False)
    catalogue: NullTranslations = field(repr=False)

    def say(self, sentence: str) -> str:
        """The sentence in this language; one that no catalogue has, as it is."""
        if not sentence:
            return ""
        said = self.catalogue.ugettext(sentence)
        return self._with_names(sentence) if said == sentence and self.code != SOURCE else said

    def _with_names(self, sentence: str) -> str:
        for pattern, written in _patterns(tuple(_with_names)):
            if found := pattern.fullmatch(sentence):
                return self.catalogue.ugettext(written) % found.groupdict()
        return sentence

    def many(self, one: str, other: str, number: int, **names: str) -> str:
        """The form that goes with a number; `%(n)s` in it is the number, and other names are what they are called."""
        return self.catalogue.ungettext(one, other, number) % {"n": self.number(number), **names}

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


def know_sentences_with_names(written: Iterable[str]) -> None:
    """Have `say` find these sentences again where somebody's names stand in their `%(name)s`."""
    _with_names.update(dict.fromkeys(written))


@lru_cache(maxsize=1)
def _patterns(written: tuple[str, ...]) -> list[tuple[re.Pattern[str], str]]:
    """The sentences with names in them, as what finds one of them; the longest, which say most, first."""
    return [
        (re.compile(re.sub(r"%\\\((\w+)\\\)s", r"(?P<\1>.+)", re.escape(each)), re.DOTALL), each)
        for each in sorted(written, key=len, reverse=True)
    ]


@lru_cache(maxsize=len(NAMES))
def language(code: str) -> Language:
    """The language of one of the codes in NAMES. Catalogues are compiled when a process first needs them."""
    if code == SOURCE:
        return Language(code, Locale(code), NullTranslations())
    text = files("core").joinpath("locale", code, "LC_MESSAGES", "messages.po").read_bytes()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(text), locale=code))
    compiled.seek(0)
    return Language(code, Locale(code), Translations(compiled))
