"""The twelve shapes of questions that are measured, each asked in many variants."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from benchmarks.talent import STAGES, Talent
from sample.reasons import REASONS
from search.bands import EXPERIENCE_BANDS

Body = dict[str, Any]

# What people ask of this benchmark's profiles most, and less often.
SKILLS: Final = (
    "JavaScript", "SQL", "Java", "Python", "C#", "PostgreSQL", "PHP", "Docker", "C++", "AWS", "MongoDB", "TypeScript",
    "React", "Angular", "Redis", "Android", "Elasticsearch", "Spring", "Vue.js", "Ruby", "Django", "Go", "Kubernetes",
    "Swift", "Kotlin", "Scala", "Rust",
)  # fmt: skip
REGIONS: Final = (
    "Jihomoravský kraj",
    "Moravskoslezský kraj",
    "Středočeský kraj",
    "Czechia",
    "Germany",
    "Plzeňský kraj",
)
_PHRASES: Final = (
    '"on call every fourth week"', '"strongest side is"', '"řízení výrobních linek"', '"public transport planner"',
    '"had to work at night"', '"nudné řešení"', '"reduced the costs"', '"zákaznický portál"',
)  # fmt: skip
_CZECH: Final = (
    "vývojáře v Javě", "testy v Pythonu", "účetních systémů", "skladová aplikace Docker", "správci sítí",
    "vedení skupin",
    "rezervačních systémech PHP", "nemocniční systém", "pojišťovací kalkulačka SQL", "kontrola práce kolegů",
)  # fmt: skip
_MISSPELLED: Final = ("javascirpt", "kuberentes", "postgersql", "elastcsearch", "mongodv", "typescritp", "programmator")
# The facets that stand beside every search of a recruiter's page.
FACETS: Final = ("tags", "locations", "experience", "sources", "stages", "reasons")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: which shape it is of, and its body."""

    shape: str
    body: Body


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to ask for: pools the asker knows, positions they know of, and people who can be found by name."""

    pools: Sequence[str]
    positions: Sequence[uuid.UUID]
    people: Sequence[Talent]


def _search(drawn: random.Random, criteria: dict[str, Any], *facets: str, **more: Any) -> Body:
    # Twenty people on a page, as the list shows them; some ask for more.
    return {
        "criteria": criteria,
        "limit": drawn.choice((20, 20, 20, 50)),
        "facets": [{"name": f} for f in facets],
        **more,
    }


def _word(drawn: random.Random, _: Known) -> Body:
    return _search(drawn, {"text": drawn.choice(SKILLS)})


def _words(drawn: random.Random, _: Known) -> Body:
    return _search(drawn, {"text": " ".join(drawn.sample(SKILLS, 3))})


def _boolean(drawn: random.Random, _: Known) -> Body:
    one, other, both, never = drawn.sample(SKILLS, 4)
    return _search(drawn, {"text": f"({one} OR {other}) AND {both} NOT {never}"})


def _phrase(drawn: random.Random, _: Known) -> Body:
    return _search(drawn, {"text": f"{drawn.choice(_PHRASES)} {drawn.choice(SKILLS)}"})


def _czech(drawn: random.Random, _: Known) -> Body:
    return _search(drawn, {"text": drawn.choice(_CZECH)}, *FACETS[:2])


def _person(drawn: random.Random, known: Known) -> Body:
    somebody = drawn.choice(known.people)
    return _search(drawn, {"text": drawn.choice((somebody.email, somebody.name, somebody.phone.replace("+420 ", "")))})


def _tags_at_place(drawn: random.Random, _: Known) -> Body:
    criteria = {"tags": {"all": drawn.sample(SKILLS, 2)}, "locations": {"any": [drawn.choice(REGIONS)]}}
    return _search(drawn, criteria, order=drawn.choice(("newest", "name", "activity")))


def _first_page(drawn: random.Random, _: Known) -> Body:
    band = drawn.choice(EXPERIENCE_BANDS)
    return _search(drawn, {"experience": {"any": [band]}}, *FACETS)


def _facets_chosen(drawn: random.Random, _: Known) -> Body:
    criteria = {
        "text": drawn.choice(SKILLS),
        "tags": {"any": drawn.sample(SKILLS, 2)},
        "locations": {"any": drawn.sample(REGIONS, 2)},
        "experience": {"any": list(drawn.sample(EXPERIENCE_BANDS, 2))},
    }
    return _search(drawn, criteria, *FACETS)


def _in_pool(drawn: random.Random, known: Known) -> Body:
    return _search(drawn, {"text": drawn.choice(SKILLS), "pools": {"any": [drawn.choice(known.pools)]}}, "tags")


def _rejected(drawn: random.Random, known: Known) -> Body:
    rejections: dict[str, Any] = {"reasons": [reason.name for reason in drawn.sample(REASONS, 2)]}
    if drawn.random() < 0.5:
        rejections["positions"] = [str(drawn.choice(known.positions))]
    if drawn.random() < 0.5:
        rejections["since"] = f"2025-{drawn.randint(1, 12):02d}-01"
    applications = {"stages": [drawn.choice(STAGES)]} if drawn.random() < 0.3 else {}
    return _search(drawn, {"rejections": rejections, "applications": applications}, "reasons", "positions")


def _misspelled(drawn: random.Random, _: Known) -> Body:
    return _search(drawn, {"text": f"{drawn.choice(_MISSPELLED)} {drawn.choice(SKILLS)}"})


SHAPES: Final[dict[str, Callable[[random.Random, Known], Body]]] = {
    "one word": _word,
    "three words": _words,
    "boolean": _boolean,
    "phrase and word": _phrase,
    "inflected Czech, 2 facets": _czech,
    "a person by name, e-mail or phone": _person,
    "tags in a region, sorted": _tags_at_place,
    "first page, 6 facets": _first_page,
    "word and choices in 3 of 6 facets": _facets_chosen,
    "word in a pool, 1 facet": _in_pool,
    "rejected for, on, since, 2 facets": _rejected,
    "misspelled": _misspelled,
}


def mix(known: Known, each: int, seed: int) -> list[Asked]:
    """So many of each shape, by turns."""
    drawn = random.Random(seed)
    return [Asked(name, make(drawn, known)) for _ in range(each) for name, make in SHAPES.items()]
