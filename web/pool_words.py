"""What pools ask, in words: of one and those above it, of a change, and of what cannot be asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from api import naming
from api.routes import pools
from api.routes.pools import ChangeView, PoolView
from api.work import Work
from core.errors import MicropoolsError, NotFound
from search.address import in_address, pairs_of
from search.criteria import Criteria, CriteriaInvalid, parse_criteria
from web.criteria import ABOUT, Chip, Names, Pairs, chips_among, split, word_of
from web.found import names_of
from web.languages import Language, language_of
from web.wording import noted

# Deeper than folders can be nested.
MOST_ABOVE = 20
# Where the API speaks of a whole part of the question.
_PARTS = {
    "rejections": noted("Rejections"),
    "applications": noted("Applications"),
    "pools": noted("Pool"),
    "created": noted("Added"),
}


@dataclass(frozen=True, slots=True)
class Asking:
    """A pool and what it asks itself, in words."""

    pool: PoolView
    chips: list[Chip]


@dataclass(frozen=True, slots=True)
class Told:
    """A change of what a pool asks. `parent` is the name of the pool it was moved into."""

    by: str | None
    at: datetime
    added: list[Chip]
    dropped: list[Chip]
    moved: bool
    parent: str | None


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that cannot be asked: what it is about, which value, and why."""

    about: str
    label: str
    sentence: str


def criteria_of(stored: Mapping[str, Any] | None) -> Criteria:
    """Criteria as they are stored; those of long ago that nobody understands any more ask nothing."""
    try:
        return parse_criteria(dict(stored or {}))
    except CriteriaInvalid:
        return Criteria()


def asked_of(request: Request, work: Work, pool: uuid.UUID) -> list[Asking]:
    """What a pool asks, and then what those ask that it lies in, the nearest first."""
    language = language_of(request)
    found = []
    view = pools.read(pool, Response(), work)
    for _ in range(MOST_ABOVE):
        found.append(Asking(view, _chips(work, criteria_of(view.criteria), language)))
        if view.parent is None:
            break
        view = pools.read(view.parent, Response(), work)
    return found


def changes_of(request: Request, work: Work, pool: uuid.UUID, most: int) -> list[Told]:
    """The latest changes, newest first."""
    language = language_of(request)
    return [_told(work, each, language) for each in pools.changes(pool, work, most)]


def slips_of(error: MicropoolsError | None, pairs: Pairs, language: Language) -> list[Slip]:
    """What is wrong with the question itself, each said of what it is about; nothing where the question is right."""
    found = []
    for problem in error.problems if error else ():
        place = problem.place.removeprefix("body.")
        if place.startswith("criteria"):
            place = in_address(place)
        # Of the words it is said beside them (web/mistakes.py).
        if not place.startswith("query") or place == "query.q":
            continue
        name, _, rest = place.removeprefix("query").removeprefix(".").partition("[")
        values = [value for said, value in pairs if said == name]
        at = int(rest.rstrip("]")) if rest.rstrip("]").isdecimal() else None
        value = values[at] if at is not None and at < len(values) else ""
        about = ABOUT.get(split(name)[0]) or _PARTS.get(name.partition(".")[0], "")
        label = word_of(name, value, Names(), language) if value else ""
        found.append(Slip(language.say(about), label, problem.message))
    return found


def _told(work: Work, change: ChangeView, language: Language) -> Told:
    before, after = (criteria_of(asked.get("criteria")) for asked in (change.before, change.after))
    moved = change.before.get("parent") != change.after.get("parent")
    gone, come = (set(pairs_of(criteria)) for criteria in (before, after))
    return Told(
        by=change.by_name,
        at=change.at,
        added=[chip for chip in _chips(work, after, language) if (chip.name, chip.value) not in gone],
        dropped=[chip for chip in _chips(work, before, language) if (chip.name, chip.value) not in come],
        moved=moved,
        parent=_name_of(work, change.after.get("parent"), language) if moved else None,
    )


def _name_of(work: Work, pool: str | None, language: Language) -> str | None:
    if pool is None:
        return None
    try:
        return pools.read(uuid.UUID(pool), Response(), work).name
    except NotFound:
        return language.say("a pool that is gone")


def _chips(work: Work, criteria: Criteria, language: Language) -> list[Chip]:
    return chips_among(pairs_of(criteria), names_of(naming.called(work, criteria), {}, {}), language, "")
