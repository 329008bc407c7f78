"""Facets as they are asked for and shown: names for keys, and only to those whom they are for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.fields import Body, Printable
from api.work import Work
from core.errors import Invalid, Problem
from core.text import fold
from records.repositories import access, names, pools, positions, tags
from search.facets import FOR_EVERY_READER, MOST_VALUES, Counted, Facet, FacetName

# The kinds of tags whose keys a facet shows.
_KINDS: dict[FacetName, tuple[str, ...]] = {
    "tags": ("skill", "language"),
    "locations": ("location",),
    "labels": ("label",),
    "internal": ("internal",),
}
# Folders counted at once where none are named.
MOST_FOLDERS = 50


class FacetAsked(Body):
    """A facet to be counted beside the people."""

    name: FacetName
    size: Annotated[int, Field(strict=True, ge=1, le=MOST_VALUES)] = 20
    search: Annotated[str, Field(max_length=100), Printable] = Field(
        default="", description="Only values with this in their name."
    )
    pools: Annotated[tuple[uuid.UUID, ...], Field(max_length=50)] = Field(
        default=(), description="For the facet `pools`: which folders; by default those at the top."
    )


class FacetValue(TypedDict):
    """One value that could be chosen, and how many people it would leave."""

    key: str
    name: str
    people: int
    said_by: NotRequired[str]


class FacetView(TypedDict):
    """The values of a facet, most people first; `more` says that there are others: search in it."""

    values: list[FacetValue]
    more: bool


def facets_asked(work: Work, asked: Sequence[FacetAsked], place: str = "body.facets") -> tuple[Facet, ...]:
    """The facets to count. Raises Invalid for one that is not for the caller, or asked twice."""
    problems = []
    seen: set[str] = set()
    for at, facet in enumerate(asked):
        if not work.sees_all and facet.name not in FOR_EVERY_READER:
            problems.append(Problem(f"{place}[{at}].name", f"The facet “{facet.name}” is for recruiters."))
        if facet.name in seen:
            problems.append(Problem(f"{place}[{at}].name", f"The facet “{facet.name}” is asked for twice."))
        seen.add(facet.name)
    if problems:
        raise Invalid("A facet cannot be counted.", problems=tuple(problems))
    return tuple(_facet(work, facet, f"{place}[{at}]") for at, facet in enumerate(asked))


def _facet(work: Work, asked: FacetAsked, place: str) -> Facet:
    folders = _folders(work, asked.pools, place) if asked.name == "pools" else ()
    keys = _keys(work, asked.name, asked.search) if asked.search else None
    # Values that are their own names are compared where they are: in the engine.
    containing = asked.search if keys is None else ""
    return Facet(asked.name, asked.size, keys, containing, folders)


def _keys(work: Work, name: FacetName, part: str) -> tuple[str, ...] | None:
    if name in _KINDS:
        return tuple(tags.keys_containing(work.db, part, _KINDS[name]))
    if name == "positions":
        return tuple(map(str, positions.containing(work.db, part)))
    if name == "reasons":
        return tuple(reason.key for reason in positions.reasons(work.db) if fold(part) in fold(reason.name))
    return None


def _folders(work: Work, asked: Sequence[uuid.UUID], place: str) -> tuple[str, ...]:
    if not asked:
        return tuple(map(str, _tops(work)[:MOST_FOLDERS]))
    if work.sees_all:
        known = {state.id for state in access.folders(work.db, asked)}
    else:
        known = pools.covered_by(work.db, work.caller.id)
    problems = [
        Problem(f"{place}.pools[{at}]", "There is no such pool, or you may not see it.")
        for at, pool in enumerate(asked)
        if pool not in known
    ]
    if problems:
        raise Invalid("A pool is unknown.", problems=tuple(problems))
    return tuple(map(str, asked))


def _tops(work: Work) -> list[uuid.UUID]:
    if work.sees_all:
        return pools.roots(work.db, MOST_FOLDERS)
    return [state.id for state in access.rights_of(work.db, work.caller.id).folders if state.top]


def facet_views(work: Work, counted: Mapping[FacetName, Counted]) -> dict[str, FacetView]:
    """The facets with the names of their values."""
    known = names.of(
        work.db,
        tags=[key for name, facet in counted.items() if name in _KINDS for key, _ in facet.values],
        reasons=_keys_in(counted, "reasons"),
        positions=_ids_in(counted, "positions"),
        pools=_ids_in(counted, "pools"),
    )
    called: dict[FacetName, dict[str, str]] = dict.fromkeys(_KINDS, known.tags)
    called |= {"reasons": known.reasons, "positions": known.positions, "pools": known.pools}
    return {
        name: FacetView(
            values=[_value(key, named.get(key, key), people, said) for key, people in facet.values],
            more=facet.more,
        )
        for name, facet in counted.items()
        for named, said in [(called.get(name, {}), known.said_by if name == "reasons" else {})]
    }


def _value(key: str, name: str, people: int, said_by: Mapping[str, str]) -> FacetValue:
    value = FacetValue(key=key, name=name, people=people)
    if key in said_by:
        value["said_by"] = said_by[key]
    return value


def _keys_in(counted: Mapping[FacetName, Counted], name: FacetName) -> list[str]:
    return [key for key, _ in counted[name].values] if name in counted else []


def _ids_in(counted: Mapping[FacetName, Counted], name: FacetName) -> list[uuid.UUID]:
    return [uuid.UUID(key) for key in _keys_in(counted, name)]
