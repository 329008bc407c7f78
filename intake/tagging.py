"""From the names people write to tags: known ones only, or added where the caller says so."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from core.errors import Invalid, Problem
from core.text import fold
from percolators.questions import whole_vocabulary
from records.database import Session
from records.repositories import tags
from search.vocabulary import Kind

LABELS: tuple[Kind, ...] = ("skill", "label", "internal", "language")
PLACES: tuple[Kind, ...] = ("location",)


def tag_ids(db: Session, named: Iterable[tuple[str, str]], *, places: bool) -> list[uuid.UUID]:
    """The ids of tags named as (place in the request, name). Raises Invalid naming every one that is unknown."""
    named = list(named)
    found = tags.by_labels(db, (name for _, name in named))
    kinds = PLACES if places else LABELS
    wrong = [(place, name) for place, name in named if fold(name) not in found or found[fold(name)].kind not in kinds]
    if wrong:
        problems = tuple(unknown(db, wrong, places=places))
        raise Invalid(f"Some {'locations' if places else 'tags'} are unknown. {problems[0].message}", problems=problems)
    return list(dict.fromkeys(found[fold(name)].id for _, name in named))


def unknown(db: Session, wrong: Sequence[tuple[str, str]], *, places: bool) -> list[Problem]:
    """A sentence for each unknown name, with what was perhaps meant."""
    vocabulary = whole_vocabulary(db)
    what, kinds = ("location", PLACES) if places else ("tag", LABELS)
    problems = []
    for number, (place, name) in enumerate(wrong):
        other = vocabulary.find(name, LABELS if places else PLACES)
        if other:
            sentence = (
                f"“{name}” is a {other[0].kind}, not a {what}; give it under {'tags' if places else 'locations'}."
            )
        else:
            near = vocabulary.suggest(name, kinds) if number < 5 else []
            meant = f" Did you mean {' or '.join(near)}?" if near else ""
            sentence = f"There is no {what} “{name}”.{meant}"
        problems.append(Problem(place, sentence))
    return problems
