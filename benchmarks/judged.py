"""Judged questions: what a recruiter types, and how good an answer each person is.

**The rule.** A question needs one to three skills, and sometimes a role or a level. For each skill that is asked

    3  it is what the person mostly did lately (`Facts.main`)
    2  they use it and want to go on with it (`Facts.core`)
    1  they have used it
    0  they have not, whatever their CV says of it

Who lacks a skill is worth 0. Otherwise the mean counts, less 1 where the person is of another role than the one asked,
less 1 where their years do not fit the level (senior: 5 and more; junior: 2 at most), rounded down: 0 to 3.

The rule reads facts alone. Whatever a search can see of a person (headline, tags, the text of a CV) is made from the
facts with noise, in another module that this one does not know; nor does it know what the ranking looks at (a test
holds both). It was written before the ranking was tuned, and the questions that are reported are none of those it was
tuned with.

**The questions** are made by rule too: a drawn person's own main and core skills (so that there is an answer), put into
one of a few phrasings, half of them Czech with inflected names (among people who live in Czechia), half English (one in
four at a place), now and then by a synonym.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from benchmarks.facts import Facts, Role, lives_in
from benchmarks.inflection import along, forms, into
from sample.tags import skills

Level = Literal["senior", "junior"]

TUNED_WITH: Final = 30
REPORTED: Final = 80
SENIOR_YEARS: Final = 5
JUNIOR_YEARS: Final = 2

# Rarer in the answers of the survey than this, and a question has hardly an answer among a few thousand people.
LEAST_SHARE: Final = 0.02

# What is typed for a role, in either language.
_ROLE_EN: Final[dict[Role, str]] = {
    "web": "web developer",
    "mobile": "mobile developer",
    "data": "data scientist",
    "operations": "devops engineer",
}
_ROLE_CS: Final[dict[Role, str]] = {
    "web": "webový vývojář",
    "mobile": "mobilní vývojář",
    "data": "datový analytik",
    "operations": "správce systémů",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A question: what is typed, the place that is chosen beside it, and what is meant."""

    text: str
    place: str | None
    skills: tuple[str, ...]
    role: Role | None
    level: Level | None
    language: Literal["cs", "en"]


def grade(need: Need, person: Facts) -> int:
    """How good an answer this person is: 0 to 3. The place is not judged, it is chosen."""
    points = [3 if s in person.main else 2 if s in person.core else 1 if s in person.used else 0 for s in need.skills]
    if not all(points):
        return 0
    mean = sum(points) / len(points)
    if need.role is not None and need.role != person.role:
        mean -= 1
    if need.level == "senior" and person.years < SENIOR_YEARS:
        mean -= 1
    if need.level == "junior" and person.years > JUNIOR_YEARS:
        mean -= 1
    return max(0, int(mean))


def tuning(people: Sequence[Facts]) -> list[Need]:
    """The questions that the weights were chosen with."""
    return _questions(people)[:TUNED_WITH]


def reported(people: Sequence[Facts]) -> list[Need]:
    """The questions that are reported: none of the others, nor the same words again."""
    return _questions(people)[TUNED_WITH:]


def _questions(people: Sequence[Facts]) -> list[Need]:
    """The same for the same first few thousand people."""
    known = _common(people)
    drawn = random.Random(20_260_115)
    made: dict[str, Need] = {}
    regions = _places(people)
    while len(made) < TUNED_WITH + REPORTED:
        person = drawn.choice(people)
        skilled = [name for name in person.core if name in known]
        if not skilled:
            continue
        need = _need(person, skilled, drawn, regions)
        made.setdefault(f"{need.text}@{need.place}", need)
    return list(made.values())


def _common(people: Sequence[Facts]) -> set[str]:
    counted: dict[str, int] = {}
    for person in people:
        for name in person.used:
            counted[name] = counted.get(name, 0) + 1
    return {name for name, count in counted.items() if count >= LEAST_SHARE * len(people)}


def _places(people: Sequence[Facts]) -> list[str]:
    counted: dict[str, int] = {}
    for person in people:
        if person.place and not person.here:
            counted[person.place] = counted.get(person.place, 0) + 1
    return ["Czechia", *sorted(counted, key=lambda place: (-counted[place], place))[:3]]


def _need(person: Facts, skilled: Sequence[str], drawn: random.Random, places: Sequence[str]) -> Need:
    count = min(len(skilled), drawn.choice((1, 1, 2, 2, 2, 3)))
    mains = [name for name in skilled if name in person.main]
    first = drawn.choice(mains or list(skilled))
    wanted = (first, *drawn.sample([name for name in skilled if name != first], count - 1))
    language: Literal["cs", "en"] = "cs" if drawn.random() < 0.5 else "en"
    # Whoever asks in Czech looks among people whose CV may be Czech.
    place = "Czechia" if language == "cs" else drawn.choice(places) if drawn.random() < 0.25 else None
    role = person.role if person.role in _ROLE_EN and drawn.random() < 0.25 else None
    level: Level | None = None
    if role is None and drawn.random() < 0.2:
        level = "senior" if person.years >= SENIOR_YEARS else "junior" if person.years <= JUNIOR_YEARS else None
    typed = next(_phrased(wanted, role, level, language, drawn))
    return Need(typed, place, wanted, role, level, language)


def _phrased(
    wanted: Sequence[str], role: Role | None, level: Level | None, language: str, drawn: random.Random
) -> Iterator[str]:
    names = [_typed(name, drawn) for name in wanted]
    first, others = names[0], names[1:]
    if language == "en":
        title = _ROLE_EN[role] if role else drawn.choice(("", "", "developer"))
        tail = drawn.choice((" ".join(others), f"with {' and '.join(others)}")) if others else ""
        yield _joined(level or "", first, title, tail)
    else:
        title = _ROLE_CS[role] if role else drawn.choice(("", "vývojář", "programátor"))
        head = f"{title} {into(first)} {forms(first).within}" if title else first
        tail = f"{along(others[0])} {' a '.join(forms(other).using for other in others)}" if others else ""
        yield _joined(level or "", head, tail)


def _typed(name: str, drawn: random.Random) -> str:
    """Mostly its name; now and then one of the other names of one word."""
    others = [synonym for skill in skills() if skill.name == name for synonym in skill.synonyms if " " not in synonym]
    return drawn.choice(others) if others and drawn.random() < 0.15 else name


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def ideal(need: Need, people: Iterable[Facts]) -> list[int]:
    """The grades of everybody at this place who is worth something, best first."""
    there = (person for person in people if need.place is None or lives_in(person, need.place))
    return sorted((worth for person in there if (worth := grade(need, person))), reverse=True)
