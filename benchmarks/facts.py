"""What is true of each person of the search benchmark. CVs, tags and headlines only hint at it (benchmarks/cv.py).

A survey row says what somebody worked with in the last year and what they want to work with in the next. The rest that
decides whether a recruiter was right to call is drawn, seeded by the row's id and the person's number.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from sample.locations import CZECHIA, country, czech_places
from sample.profiles import recombined, years_of
from sample.rows import SurveyRow
from sample.tags import of_answer

Role = Literal["software", "web", "mobile", "data", "operations", "database", "embedded"]

# A recruiting team of a Czech company: two in five live here, whatever country the row is from.
LIVE_HERE: Final = 0.4
MOST_MAIN: Final = 3

_ROLES: Final[dict[str, Role]] = {
    "Web developer": "web",
    "Full stack Web developer": "web",
    "Back-end Web developer": "web",
    "Front-end Web developer": "web",
    "Mobile developer": "mobile",
    "Android": "mobile",
    "iOS": "mobile",
    "Database administrator": "database",
    "DevOps specialist": "operations",
    "Systems administrator": "operations",
    "Data scientist": "data",
    "Machine learning specialist": "data",
    "Developer with a statistics or mathematics background": "data",
    "Embedded applications/devices developer": "embedded",
}
# Six rows of seven name no role. What somebody works with and wants to go on with then says it; the first that fits.
_BY_SKILL: Final[tuple[tuple[frozenset[str], Role], ...]] = (
    (frozenset({"Kotlin", "Swift", "Objective-C", "iOS", "Xamarin", "Android"}), "mobile"),
    (frozenset({"R", "Spark", "Hadoop", "Jupyter", "RStudio", "Julia", "MATLAB"}), "data"),
    (frozenset({"Kubernetes", "Serverless"}), "operations"),
    (frozenset({"React", "Angular", "Vue.js", "Django", "Laravel", "Ruby on Rails", "Express", "PHP"}), "web"),
    (frozenset({"Arduino", "Assembly", "Raspberry Pi"}), "embedded"),
    (frozenset({"Oracle", "Cassandra", "Couchbase"}), "database"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """One person. `main` is what they mostly did lately, `core` what they use and want to go on with (main included),

    `used` everything they worked with, `wished` what they would like to work with and never have.
    """

    number: int
    main: tuple[str, ...]
    core: tuple[str, ...]
    used: tuple[str, ...]
    wished: tuple[str, ...]
    role: Role
    years: int
    place: str | None
    here: bool


def facts(rows: Sequence[SurveyRow], number: int) -> Facts:
    """The person of this number (from 0): each row once, then rows with another row's wishes."""
    row = recombined(rows, number)
    drawn = random.Random(f"{row['id']}/{number}")
    used = _skills(row["skills"])
    wanted = _skills(name for names in row.get("wants", {}).values() for name in names)
    kept = tuple(name for name in used if name in set(wanted))
    core = kept or tuple(name for name in used if drawn.random() < 0.5)
    main = tuple(drawn.sample(core or used, min(len(core or used), drawn.randint(1, MOST_MAIN))))
    answered = years_of(row.get("years_pro") or row.get("years_coding"))
    here = drawn.random() < LIVE_HERE
    return Facts(
        number=number,
        main=main,
        core=tuple(dict.fromkeys((*main, *core))),
        used=used,
        wished=tuple(name for name in wanted if name not in set(used)),
        role=_role(row, {*core, *main}),
        years=answered if answered is not None else min(40, int(drawn.expovariate(1 / 7))),
        place=drawn.choice(czech_places()) if here else country(row["country"]),
        here=here,
    )


def skill_names(row: SurveyRow) -> tuple[str, ...]:
    """Every skill that the people made of this answer may have, used or wished for."""
    person = facts([row], 0)
    return (*person.used, *person.wished)


def _role(row: SurveyRow, core: set[str]) -> Role:
    for answer in reversed(row.get("roles", [])):
        if answer in _ROLES:
            return _ROLES[answer]
    return next((role for skills, role in _BY_SKILL if skills & core), "software")


def lives_in(person: Facts, land: str) -> bool:
    """Whether a search for people in this country finds them."""
    return person.place == land or (person.here and land == CZECHIA)


def _skills(answers: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for answer in answers for name in _names(answer)))


_names = cache(of_answer)
