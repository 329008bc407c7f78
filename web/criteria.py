"""A question as a page has it: read from an address or a form, written back, taken apart into what can be taken off.

Fields are named as in the address of a search (search/address.py), so a page that has them asks what its address says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from search.address import NAMES, criteria_in, pairs_of
from search.criteria import Criteria
from web.forms import whole_number
from web.languages import Language
from web.person_form import language_named
from web.wording import LEVELS, STAGES, noted

Pairs = Sequence[tuple[str, str]]

# What a criterion is about, by its name in the address without `.not` and `.all`.
ABOUT: Mapping[str, str] = {
    "q": noted("Text"),
    "tag": noted("Tag"),
    "location": noted("Place"),
    "source": noted("Source"),
    "experience": noted("Experience"),
    "language": noted("Language"),
    "created.from": noted("Added since"),
    "created.to": noted("Added until"),
    "created.days": noted("Added in the last"),
    "applied.position": noted("Position"),
    "applied.stage": noted("Stage"),
    "applied.source": noted("Source of the application"),
    "applied.since": noted("Applied since"),
    "rejected.reason": noted("Rejected for"),
    "rejected.by": noted("Rejected by"),
    "rejected.position": noted("Rejected for the position"),
    "rejected.since": noted("Rejected since"),
    "rejected.never": noted("Rejected"),
    "pool": noted("Pool"),
}
# Values that are words of ours.
WORDS: Mapping[str, Mapping[str, str]] = {
    "rejected.by": {"us": noted("us"), "candidate": noted("the candidate")},
    "rejected.never": {"true": noted("never"), "false": noted("at least once")},
    "applied.stage": STAGES,
}


@dataclass(frozen=True, slots=True)
class Names:
    """What keys and ids in a question are called: by the name of the criterion, then by key."""

    by_name: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def called(self, name: str, value: str) -> str:
        """What a value is called; itself where nobody knows a name for it."""
        return self.by_name.get(name, {}).get(value, value)


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that is asked, and the address of the page without it."""

    name: str
    value: str
    about: str
    label: str
    excluded: bool
    required: bool
    without: str


def asked_in(pairs: Iterable[tuple[str, str]]) -> Criteria:
    """The criteria among these fields, whatever else is there; empty ones are not asked. Raises CriteriaInvalid."""
    return criteria_in(criteria_among(pairs))


def criteria_among(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields that are criteria and say something, each once."""
    return list(dict.fromkeys((name, value) for name, value in pairs if name in NAMES and value.strip()))


def address(base: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A page with this query."""
    query = urlencode(list(pairs))
    return f"{base}?{query}" if query else base


def split(name: str) -> tuple[str, bool, bool]:
    """`tag.not` is about tags, excluded; `tag.all` about tags, each required: (`tag`, excluded, required)."""
    about = name.replace(".not.", ".").removesuffix(".not").removesuffix(".all")
    return about, ".not" in name, name.endswith(".all")


def word_of(name: str, value: str, names: Names, language: Language) -> str:
    """A value as people say it."""
    about = split(name)[0]
    if about == "language":
        return _spoken(value, language)
    if about == "experience":
        return years(value, language)
    if about in WORDS:
        return language.say(WORDS[about].get(value, value))
    if about == "created.days" and (days := whole_number(value)) is not None:
        return language.many("%(n)s day", "%(n)s days", days)
    if about in ("created.from", "created.to", "applied.since", "rejected.since"):
        return _day(value, language)
    return names.called(about, value)


def years(band: str, language: Language) -> str:
    """A band of years of experience."""
    if band.endswith("+"):
        return language.say("%(n)s years or more").replace("%(n)s", band.removesuffix("+"))
    return language.say("%(n)s years").replace("%(n)s", band.replace("-", "–"))


def chips_of(criteria: Criteria, names: Names, language: Language, base: str, also: Pairs = ()) -> list[Chip]:
    """Everything that is asked; `also` is what else the address says and keeps."""
    return chips_among(pairs_of(criteria), names, language, base, also)


def chips_among(pairs: Pairs, names: Names, language: Language, base: str, also: Pairs = ()) -> list[Chip]:
    """The same of fields that may not be understood, so that what is wrong can be taken off."""
    found = []
    for at, (name, value) in enumerate(pairs):
        about, excluded, required = split(name)
        without = address(base, [*pairs[:at], *pairs[at + 1 :], *also])
        label = word_of(name, value, names, language)
        found.append(Chip(name, value, language.say(ABOUT[about]), label, excluded, required, without))
    return found


def _spoken(value: str, language: Language) -> str:
    code, _, level = value.partition(">=")
    name = language_named(language, code)
    return f"{name}, ≥ {language.say(LEVELS.get(level, level.upper()))}" if level else name


def _day(value: str, language: Language) -> str:
    try:
        return language.day(date.fromisoformat(value))
    except ValueError:
        return value
