"""Candidates and pools of a benchmark in every form it needs: payloads, documents, stored queries, sets of tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from core.text import fold, key_of
from engine.percolator import StoredQuery, pool_key
from indexer.document import build_document
from records.repositories.candidates import TagFacts
from sample.locations import locations
from sample.profiles import CandidatePayload
from sample.requirements import PoolPayload
from sample.tags import skills
from search.compile import compile_criteria
from search.criteria import parse_criteria
from search.normalise import resolve
from search.render_stored import render_stored
from search.vocabulary import Entry, Kind, Vocabulary

_MOMENT = "2026-01-15T12:00:00+00:00"


class Tags:
    """Every tag that some candidates and pools use, as the product would keep it."""

    def __init__(self, names: Iterable[str]) -> None:
        self.key: dict[str, str] = {}
        self.facts: dict[str, TagFacts] = {}
        entries: list[Entry] = []
        for skill in skills():
            self._add(skill.key, TagFacts("skill", [skill.key], skill.name), skill.synonyms)
            entries.append(Entry(skill.key, skill.name, "skill", None, skill.synonyms))
        for place in locations():
            above = self.facts[place.parent].lineage if place.parent else []
            self._add(place.key, TagFacts("location", [*above, place.key], place.name), place.synonyms)
            entries.append(Entry(place.key, place.name, "location", place.parent, place.synonyms))
        kind: Kind = "skill"
        for name in dict.fromkeys(names):
            if fold(name) not in self.key:
                self._add(key_of(name), TagFacts(kind, [key_of(name)], name))
                entries.append(Entry(key_of(name), name, kind))
        self.vocabulary = Vocabulary.of(entries)

    def _add(self, key: str, facts: TagFacts, synonyms: Iterable[str] = ()) -> None:
        self.facts[key] = facts
        self.key.update({fold(label): key for label in (key, facts.name, *synonyms)})


@dataclass(frozen=True)
class Asked:
    """A pool whose question is any or all of some tags, at a place or anywhere: what a relational table can hold."""

    number: int
    tags: tuple[str, ...]
    place: str | None
    every: bool

    def holds(self, tags: frozenset[str], places: frozenset[str]) -> bool:
        """Whether a person with these tags and places is in the pool: the judge of every engine here."""
        if self.place is not None and self.place not in places:
            return False
        return tags.issuperset(self.tags) if self.every else not tags.isdisjoint(self.tags)


@dataclass(frozen=True)
class Person:
    """A candidate as payload and as document."""

    payload: CandidatePayload
    document: dict[str, Any]

    @cached_property
    def tags(self) -> frozenset[str]:
        """The keys of the skills."""
        return frozenset(self.document["tags"])

    @cached_property
    def places(self) -> frozenset[str]:
        """The keys of the places and of those above them."""
        return frozenset(self.document["locations"])


def tags_of(people: Sequence[CandidatePayload], pools: Sequence[PoolPayload]) -> Tags:
    """The tags that these candidates and pools use."""
    asked = (name for pool in pools for name in names_of(pool))
    return Tags([*(name for person in people for name in person["tags"]), *asked])


def names_of(pool: PoolPayload) -> list[str]:
    """The skills a pool asks for."""
    tags = pool["criteria"]["tags"]
    return [*tags.get("any", ()), *tags.get("all", ())]


def person(payload: CandidatePayload, tags: Tags, number: int) -> Person:
    """The candidate with the document that the product would index."""
    identity = uuid.UUID(int=number)
    names = [*payload["tags"], *payload["locations"]]
    row: dict[str, Any] = {
        **{k: v for k, v in payload.items() if k not in ("tags", "locations")},
        "deleted": False,
        "version": 1,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
        "profile_at": _MOMENT,
        "applications": [],
        "tags": sorted({tags.key[fold(name)] for name in names}),
    }
    return Person(payload, build_document(identity, row, tags.facts))


def asked(pool: PoolPayload, tags: Tags, number: int) -> Asked:
    """The pool as tags and a place."""
    criteria = pool["criteria"]
    place = criteria["locations"]["any"][0] if "locations" in criteria else None
    keys = tuple(dict.fromkeys(tags.key[fold(name)] for name in names_of(pool)))
    return Asked(number, keys, tags.key[fold(place)] if place else None, "all" in criteria["tags"])


def stored(pool: PoolPayload, tags: Tags, number: int) -> list[StoredQuery]:
    """The pool compiled by the product, as the queries it is stored as; `number` is its generation."""
    criteria = resolve(parse_criteria(pool["criteria"]), tags.vocabulary)
    return render_stored(compile_criteria(criteria, datetime.now(UTC).date()), pool_key(uuid.UUID(int=number), number))
