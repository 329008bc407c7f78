"""Suggestions while typing: only what the caller sees, from one request to the engine."""

from __future__ import annotations

import uuid

from pydantic import BaseModel

from api.reading import access_of
from api.views import PoolName
from api.work import Work
from core.settings import settings
from core.text import fold
from engine.door import Page, search
from engine.process import engine
from mappings.names import alias
from records.models import Role
from records.repositories import access, pools, positions, tags
from search.facets import Facet, read
from search.secure import secure_suggestions

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
    answer = search(engine(), alias(settings().index_prefix, "candidates"), secured, Page(limit, "name"))
    ids = [uuid.UUID(hit.id) for hit in answer.hits]
    seen = access.still_seen(work.db, work.caller.id, ids, everything=work.sees_all)
    counted = [value for facet in read(facets, answer.facets).values() for value in facet.values]
    known = tags.of_keys(work.db, [key for key, _ in counted])
    counted.sort(key=lambda value: (-value[1], value[0]))
    return Suggestions(
        people=[SuggestedPerson(id=p.id, name=p.name, headline=p.headline) for id_ in ids if (p := seen.get(id_))],
        tags=[
            SuggestedTag(key=key, name=known[key].name, kind=known[key].kind, people=people)
            for key, people in counted
            if key in known and people
        ][:limit],
        pools=_pools(work, typed, limit),
        positions=_positions(work, typed, limit),
    )


def _pools(work: Work, typed: str, limit: int) -> list[PoolName]:
    only = [state.id for state in access.tracked_folders(work.db, work.caller.id)] if _is_manager(work) else None
    return [PoolName(id=id_, name=name) for id_, name in pools.starting(work.db, typed, only, limit)]


def _positions(work: Work, typed: str, limit: int) -> list[SuggestedPosition]:
    only = None
    if _is_manager(work):
        shared = access.shared_with(work.db, work.caller.id)
        only = [*shared.positions, *positions.of_applications(work.db, shared.applications)]
    return [SuggestedPosition(id=id_, title=title) for id_, title in positions.starting(work.db, typed, only, limit)]


def _is_manager(work: Work) -> bool:
    return work.caller.role == Role.HIRING_MANAGER
