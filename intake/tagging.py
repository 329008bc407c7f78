"""From the names people write to tags: known ones only, or added where the caller says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from core.errors import Invalid, Problem
from core.text import fold
from percolators.questions import whole_vocabulary, words_of
from records.database import Session
from records.models import Tag
from records.repositories import candidates, pools, tags
from search.vocabulary import Kind

LABELS: tuple[Kind, ...] = ("skill", "label", "internal", "language")
PLACES: tuple[Kind, ...] = ("location",)


# Comparing a name with all others of a large vocabulary costs tens of milliseconds.
MOST_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class Named:
    """A tag or a location as somebody wrote it: where in the request, and what."""

    place: str
    name: str
    is_location: bool = False

    def is_one_of(self, found: Mapping[str, tags.Found]) -> bool:
        """Whether it is known, and of the right kind."""
        tag = found.get(fold(self.name))
        return tag is not None and tag.kind in (PLACES if self.is_location else LABELS)


def tag_ids(db: Session, named: Iterable[Named]) -> list[uuid.UUID]:
    """The ids of these tags, each once. Raises Invalid naming every one that is unknown."""
    named = list(named)
    found = tags.by_labels(db, (each.name for each in named))
    wrong = [each for each in named if not each.is_one_of(found)]
    if wrong:
        problems = tuple(unknown(db, wrong))
        raise Invalid(f"Some tags are unknown. {problems[0].message}", problems=problems)
    return list(dict.fromkeys(found[fold(each.name)].id for each in named))


def ask_pools_again(db: Session, labels: Iterable[str], *, actor: uuid.UUID) -> None:
    """A word that a pool asks for has another meaning now that these labels changed; the pool is filled anew."""
    changed = {fold(label) for label in labels}
    touched = [pool for pool, text in pools.asked_words(db) if changed & {fold(word) for word in words_of(text)}]
    pools.ask_again(db, touched, actor=actor)


# Where criteria name tags.
TAG_PLACES = ("tags,any", "tags,all", "tags,none", "locations,any", "locations,none")


def merge(db: Session, tag: Tag, into: Tag, *, actor: uuid.UUID) -> tuple[int, int]:
    """Make two tags one; returns how many people's documents and how many pools change with it. The caller commits.

    Silent: nobody is told of people because of it. Pools that ask for `tag` ask for `into` from now on, which is
    written down of each. Both tags are held.
    """
    labels = [each for one in (tag, into) for each in (one.key, one.name, *tags.synonyms_of(db, [one.id])[one.id])]
    people = candidates.raise_versions_of_tagged(db, tags.branch(db, tag), actor=actor)
    for child in tags.below(db, tag):
        tags.move(db, child, into)
    tags.merge(db, tag, into)
    changed = replace_in_pools(db, TAG_PLACES, tag.key, into.key, actor=actor)
    ask_pools_again(db, labels, actor=actor)
    return people, changed


def replace_in_pools(db: Session, places: Sequence[str], key: str, by: str, *, actor: uuid.UUID) -> int:
    """Have every pool that names this key in one of these places of its criteria name another; how many there are."""
    asking = pools.naming(db, key, places)
    for each in asking:
        pool = pools.lock(db, each)
        before = pools.asked_by(pool)
        pools.change_criteria(db, pool, replaced(pool.criteria, places, key, by), actor=actor)
        pools.record_change(db, pool, before, actor)
    return len(asking)


def replaced(criteria: Mapping[str, Any], places: Sequence[str], key: str, by: str) -> dict[str, Any]:
    """The criteria with another key in these places, each key once."""
    made = deepcopy(dict(criteria))
    for place in places:
        *above, last = place.split(",")
        part = made
        for name in above:
            part = part.get(name) or {}
        if key in part.get(last, ()):
            part[last] = list(dict.fromkeys(by if each == key else each for each in part[last]))
    return made


def unknown(db: Session, wrong: Sequence[Named]) -> list[Problem]:
    """A problem for each unknown name, the first few with what was perhaps meant."""
    if not wrong:
        return []
    vocabulary = whole_vocabulary(db)
    problems = []
    for number, each in enumerate(wrong):
        kinds, other_kinds = (PLACES, LABELS) if each.is_location else (LABELS, PLACES)
        what, elsewhere = ("location", "tags") if each.is_location else ("tag", "locations")
        other = vocabulary.find(each.name, other_kinds)
        if other:
            sentence = f"“{each.name}” is a {other[0].kind}, not a {what}; give it under {elsewhere}."
        else:
            near = vocabulary.suggest(each.name, kinds) if number < MOST_SUGGESTIONS else []
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            sentence = f"There is no {what} “{each.name}”.{meant}"
        problems.append(Problem(each.place, sentence))
    return problems
