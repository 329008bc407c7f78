"""Suggestions while typing: only what the caller sees, from one request to the engine."""

from __future__ import annotations

import uuid

from pydantic import BaseModel

from api.finding import seen_among
from api.reading import access_of, positions_seen
from api.views import PoolName
from api.work import Work
from core.text import fold
from engine.door import Page, search
from engine.process import engine
from mappings.names import serving_candidates
from records.repositories import pools, positions, tags
from search.facets import Facet, read
from search.secure import Access, secure_suggestions

SUGGESTED_KINDS = ("skill", "language", "location")


class SuggestedPerson(BaseModel):
    """Somebody whose name begins like this."""

    id: uuid.UUID
    name: str
    headline: str


class SuggestedTag(BaseModel):
    """A tag, and how many people carry it."""

    key: str
    name: str
    kind: str
    people: int


class SuggestedPosition(BaseModel):
    """A position."""

    id: uuid.UUID
    title: str


class Suggestions(BaseModel):
    """What could be meant."""

    people: list[SuggestedPerson]
    tags: list[SuggestedTag]
    pools: list[PoolName]
    positions: list[SuggestedPosition]


def suggest(work: Work, typed: str, limit: int) -> Suggestions:
    """What begins with the words typed, as far as the caller sees it; nothing as long as nothing is typed."""
    if not fold(typed):
        return Suggestions(people=[], tags=[], pools=[], positions=[])
    reader = access_of(work)
    keys = tags.keys_starting(work.db, typed, SUGGESTED_KINDS)
    facets = tuple(Facet(name, limit, tuple(keys)) for name in ("tags", "locations")) if keys else ()
    secured = secure_suggestions(typed, facets, reader)
    answer = search(engine(), serving_candidates(), secured, Page(limit, "name"))
    counted = [value for facet in read(facets, answer.facets).values() for value in facet.values]
    known = tags.of_keys(work.db, [key for key, _ in counted])
    counted.sort(key=lambda value: (-value[1], value[0]))
    return Suggestions(
        people=[
            SuggestedPerson(id=person.id, name=person.name, headline=person.headline)
            for person in seen_among(work, answer.hits)
        ],
        tags=[
            SuggestedTag(key=key, name=known[key].name, kind=known[key].kind, people=people)
            for key, people in counted
            if key in known and people
        ][:limit],
        pools=_pools(work, typed, limit),
        positions=_positions(work, reader, typed, limit),
    )


def _pools(work: Work, typed: str, limit: int) -> list[PoolName]:
    only = None if work.sees_all else sorted(pools.covered_by(work.db, work.caller.id))
    return [PoolName(id=id_, name=name) for id_, name in pools.starting(work.db, typed, only, limit)]


def _positions(work: Work, reader: Access, typed: str, limit: int) -> list[SuggestedPosition]:
    only = None if work.sees_all else sorted(positions_seen(work, reader))
    return [SuggestedPosition(id=id_, title=title) for id_, title in positions.starting(work.db, typed, only, limit)]
