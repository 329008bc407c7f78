"""The pools a person is in, and what of each pool's question holds of them now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from indexer.document import build_document
from percolators.questions import question_of, vocabulary_for
from records.database import Session
from records.repositories import candidates, matching, pools
from search.criteria import parse_criteria
from search.explain import holding
from search.question import Is


@dataclass(frozen=True, slots=True)
class Membership:
    """A pool somebody is in, since when, and the keywords that hold. Words of the text are not explained."""

    id: uuid.UUID
    name: str
    since: datetime
    why: list[Is]


def memberships(db: Session, candidate: uuid.UUID) -> list[Membership]:
    """The candidate's pools by name."""
    rows = matching.pools_of(db, candidate)
    definitions = {each.id: each for each in pools.definitions(db, [pool for pool, _, _ in rows])}
    vocabulary = vocabulary_for(db, [parse_criteria(c) for each in definitions.values() for c in each.chain])
    snapshot = candidates.load(db, [candidate])
    document = build_document(candidate, snapshot.people[candidate], snapshot.tags)
    return [
        Membership(pool, name, since, holding(question_of(vocabulary, definitions[pool].chain), document))
        for pool, name, since in rows
    ]
