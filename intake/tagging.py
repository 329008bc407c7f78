"""From the names people write to tags: known ones only, or added where the caller says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.errors import Invalid, Problem
from core.text import fold
from percolators.questions import whole_vocabulary, words_of
from records.database import Session
from records.repositories import pools, tags
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
