"""From criteria as stored or sent to the question they ask, with the vocabulary they need read from the records."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.text import fold
from records.database import Session
from records.repositories import access, positions, tags
from search.compile import compile_criteria, conjoin
from search.criteria import Criteria, CriteriaInvalid, parse_criteria
from search.normalise import ResolvedCriteria, resolve
from search.question import EVERYONE, Not, Phrase, Question, Word, atoms
from search.text_query import TextProblem, parse_text
from search.vocabulary import Entry, Kind, Vocabulary

# What every reader may know the names of. What else has a name they know as far as it is of an application they see.
READERS_KINDS: tuple[Kind, ...] = ("skill", "location", "language")


def question_of(vocabulary: Vocabulary, chain: Iterable[Mapping[str, Any]]) -> Question:
    """The question of a pool: its own criteria and those of every pool above it, all of which must hold."""
    today = datetime.now(UTC).date()
    return conjoin([compile_criteria(resolve(parse_criteria(dict(c)), vocabulary), today) for c in chain])


def understand_for_reader(
    db: Session, criteria: Criteria, reader: uuid.UUID, positions_seen: Collection[str]
) -> ResolvedCriteria:
    """The same for somebody who must not know every name: one they may not know is one that nobody answers to.

    A tag that only hidden people carry, and one that does not exist, then give the same answer. Asked for as a tag
    both find nobody; as a word of the text only a tag that somebody they see carries lends its other names. A reason
    that no application they see ended for must not even be one of two that a name may mean.
    """
    known = vocabulary_for(db, [criteria])
    words = {fold(word) for word in words_of(criteria.text)}
    entries = [entry for of_key in known.by_key.values() for entry in of_key]
    lent = [e.key for e in entries if e.synonyms and words & {fold(name) for name in (e.name, *e.synonyms)}]
    hidden = {*lent} - access.carried_by_seen(db, reader, lent)
    reasons_seen = access.reasons_seen(db, reader) if any(entry.kind == "reason" for entry in entries) else ()
    seen = [
        entry
        for entry in entries
        if (entry.kind in READERS_KINDS and entry.key not in hidden)
        or (entry.kind == "position" and entry.key in positions_seen)
        or (entry.kind == "reason" and entry.key in reasons_seen)
    ]
    return resolve(criteria, Vocabulary.of(seen), unknown_is_nobody=True)


def understand(db: Session, criteria: Criteria) -> ResolvedCriteria:
    """Criteria in keys. Names that mean nothing are refused, with the place and what was perhaps meant."""
    try:
        return resolve(criteria, vocabulary_for(db, [criteria]))
    except CriteriaInvalid:
        # Suggestions need every name there is, and only they do: a right question never pays for that.
        return resolve(criteria, whole_vocabulary(db))


def vocabulary_for(db: Session, questions: Sequence[Criteria]) -> Vocabulary:
    """The vocabulary of just the names these criteria use."""
    labels = {label for criteria in questions for label in labels_of(criteria)}
    asks_rejections = any(_rejections(criteria) for criteria in questions)
    entries = [_tag(entry) for entry in tags.vocabulary(db, labels)] if labels else []
    return Vocabulary.of([*entries, *(_of_rejections(db, questions) if asks_rejections else ())])


def whole_vocabulary(db: Session) -> Vocabulary:
    """Every tag, reason and open or closed position."""
    return Vocabulary.of([*map(_tag, tags.vocabulary(db)), *_of_rejections(db, None)])


def labels_of(criteria: Criteria) -> set[str]:
    """The names of tags, places and languages in the criteria, as written."""
    spoken = (*criteria.languages.any, *criteria.languages.all, *criteria.languages.none)
    return {
        *criteria.tags.any,
        *criteria.tags.all,
        *criteria.tags.none,
        *criteria.locations.any,
        *criteria.locations.none,
        *(language.code for language in spoken),
        *words_of(criteria.text),
    }


def words_of(text: str) -> set[str]:
    """The words and phrases of a text that is asked for: each may be the name of a tag."""
    parsed = parse_text(text) if text.strip() else EVERYONE
    if isinstance(parsed, TextProblem):
        return set()
    found = (part.atom if isinstance(part, Not) else part for part in atoms(parsed))
    return {atom.text for atom in found if isinstance(atom, Word | Phrase)}


def _rejections(criteria: Criteria) -> list[str]:
    rejections = [criteria.rejections, *([criteria.rejections.none] if criteria.rejections.none else [])]
    applications = [criteria.applications, *([criteria.applications.none] if criteria.applications.none else [])]
    return [
        *(name for rejection in rejections for name in (*rejection.reasons, *rejection.positions)),
        *(name for application in applications for name in application.positions),
    ]


def _of_rejections(db: Session, questions: Sequence[Criteria] | None) -> list[Entry]:
    every = positions.reasons(db)
    # One that was merged is another name of the one it was merged into.
    names = {
        row.id: [each for other in every if other.merged_into == row.id for each in (other.name, other.key)]
        for row in every
    }
    reasons = [
        Entry(row.key, row.name, "reason", None, tuple(names[row.id])) for row in every if row.merged_into is None
    ]
    asked = None if questions is None else {name for criteria in questions for name in _rejections(criteria)}
    return reasons + [Entry(str(row.id), row.title, "position") for row in positions.named(db, asked)]


def _tag(entry: tags.Entry) -> Entry:
    synonyms = tuple(label for label in entry.labels if label not in (entry.key, entry.name))
    parent = entry.lineage[-2] if len(entry.lineage) > 1 else None
    return Entry(entry.key, entry.name, entry.kind, parent, synonyms)  # type: ignore[arg-type]  # the CHECK on tags.kind
