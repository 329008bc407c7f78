"""Micro-pools as the API takes them, made from the skills that real jobs asked for."""

from __future__ import annotations

import html
import random
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypedDict

from core.text import fold
from sample.locations import country, location_labels, locations
from sample.rows import Requirement, SurveyRow, requirement_rows, survey_rows
from sample.tags import skill_name

# Beyond this it is a sentence of the advertisement, not the name of a skill.
_LONGEST = 60
# A name is a line in a list of folders.
_LONGEST_NAME = 120


class TagCriteria(TypedDict, total=False):
    """Any or all of these tags."""

    any: list[str]
    all: list[str]


class PlaceCriteria(TypedDict):
    """Any of these places."""

    any: list[str]


class PoolCriteria(TypedDict, total=False):
    """The part of the criteria that a requirement gives."""

    tags: TagCriteria
    locations: PlaceCriteria


class PoolPayload(TypedDict):
    """The body of POST /v1/pools."""

    name: str
    criteria: PoolCriteria


def required_skills(requirement: Requirement) -> list[str]:
    """The skills of a requirement by their canonical names, each once; places and sentences left out."""
    names = (skill_name(html.unescape(text)) for text in requirement)
    kept = {
        fold(name): name
        for name in names
        if len(name) <= _LONGEST and any(map(str.isalnum, name)) and fold(name) not in location_labels()
    }
    return list(kept.values())


class Shape(NamedTuple):
    """What the made pools look like: how many skills (from, to), and the share that ask for a place."""

    skills: tuple[int, int] = (1, 4)
    located: float = 0.5


class Sources(NamedTuple):
    """The rows that pools are made from."""

    requirements: Sequence[Requirement]
    profiles: Sequence[SurveyRow]

    @classmethod
    def carried(cls) -> Sources:
        """What the product carries."""
        return cls(requirement_rows(), survey_rows())


def pools(count: int, seed: int = 1, shape: Shape = Shape(), sources: Sources | None = None) -> Iterator[PoolPayload]:  # noqa: B008  # immutable
    """So many pools: some skills of a requirement, any of them or all by turns; a share of them in a place.

    Requirements are taken in a drawn order, again with other skills when there are more pools than requirements;
    countries as often as candidates live in them. The same arguments give the same pools.
    """
    drawn = random.Random(seed)  # noqa: S311  # a sample, not a secret
    rows = sources or Sources.carried()
    wanted = [skills for row in rows.requirements if len(skills := required_skills(row)) >= shape.skills[0]]
    lived_in = [name for row in rows.profiles if (name := country(row["country"]))]
    below = _children()
    order: list[int] = []
    for position in range(count):
        if not order:
            order = drawn.sample(range(len(wanted)), len(wanted))
        skills = wanted[order.pop()]
        chosen = drawn.sample(skills, min(len(skills), drawn.randint(*shape.skills)))
        place = drawn.choice(lived_in) if drawn.random() < shape.located else None
        if place in below and drawn.random() < 0.5:
            # Who looks in a large country of ours looks in a region of it as often as not.
            place = drawn.choice(below[place])
        yield pool(chosen, place, "any" if position % 2 else "all")


def pool(skills: list[str], place: str | None, how: Literal["any", "all"]) -> PoolPayload:
    """The pool of people with any or all of the skills, in a place if one is given."""
    joined = (" or " if how == "any" else " + ").join(skills)
    tags: TagCriteria = {"any": skills} if how == "any" else {"all": skills}
    criteria: PoolCriteria = {"tags": tags}
    if place:
        criteria["locations"] = {"any": [place]}
    where = f" in {place}" if place else ""
    room = _LONGEST_NAME - len(where)
    return PoolPayload(name=(joined if len(joined) <= room else joined[: room - 1] + "…") + where, criteria=criteria)


def _children() -> dict[str, list[str]]:
    names = {place.key: place.name for place in locations()}
    below: dict[str, list[str]] = {}
    for place in locations():
        if place.parent and place.parent in names:
            below.setdefault(names[place.parent], []).append(place.name)
    return below
