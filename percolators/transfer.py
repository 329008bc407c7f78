"""Pools as they are shown, stored in a further pool index: the same generations, so nothing changes for anybody."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Invalid
from engine.percolator import StoredQuery, pool_key, queries_under, register
from engine.process import engine
from percolators.questions import question_of, vocabulary_for
from records.database import Session
from records.repositories import indexes
from records.repositories.filling import ShownPool
from search.asked import asked_fields
from search.criteria import parse_criteria
from search.question import Question
from search.render_stored import render_stored


@dataclass(frozen=True, slots=True)
class Shown:
    """A pool with what is to be stored of it, and its question, unless its words are not understood any more."""

    pool: ShownPool
    question: Question | None
    stored: list[StoredQuery]

    @property
    def key(self) -> str:
        """The name under which it is stored."""
        return pool_key(self.pool.id, self.pool.generation)


def compile_shown(db: Session, pools: Sequence[ShownPool], old: str | None) -> list[Shown]:
    """What this code would store of these pools. `old` is the index that serves, where there is one.

    One whose criteria are not understood any more (a tag was renamed away) goes on as it is stored there.
    """
    vocabulary = vocabulary_for(db, [parse_criteria(criteria) for pool in pools for criteria in pool.chain])
    found = []
    for pool in pools:
        key = pool_key(pool.id, pool.generation)
        try:
            question = question_of(vocabulary, pool.chain)
            found.append(Shown(pool, question, render_stored(question, key)))
        except Invalid:
            found.append(Shown(pool, None, queries_under(engine(), old, key) if old else []))
    return found


def store_shown(db: Session, shown: Sequence[Shown], index: str) -> dict[uuid.UUID, str]:
    """Store them, without making them match yet; commits. Returns a sentence about each pool the engine refused."""
    queries = [query for each in shown for query in each.stored]
    indexes.ask(db, asked_fields(queries))
    db.commit()
    owner = {query.id: each.pool for each in shown for query in each.stored}
    outcome = register(engine(), index, queries, visible=False)
    return {
        owner[query].id: f"Pool “{owner[query].name}” cannot be stored in {index}: {reason}"
        for query, reason in outcome.failed
    }
