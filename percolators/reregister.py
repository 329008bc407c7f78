"""Storing what every pool shows in new indexes, as it is: nobody enters, nobody leaves, no generation is drawn."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence

from core.errors import Invalid
from engine.percolator import StoredQuery, pool_key, register
from engine.process import engine
from percolators.questions import question_of, vocabulary_for
from records import gate
from records.database import session
from records.repositories import indexes, pools
from search.asked import asked_fields
from search.criteria import parse_criteria
from search.render_stored import render_stored

log = logging.getLogger(__name__)

AT_ONCE = 500


def store_shown(names: Sequence[str], progress: Callable[[int], None]) -> int:
    """Store the queries of every generation that is shown, in these indexes; returns how many pools.

    A pool whose criteria cannot be stored any more is registered anew instead, which says why. Nobody may be matching
    meanwhile. `progress` is told how many pools are done.
    """
    after, done = uuid.UUID(int=0), 0
    while True:
        with session() as db:
            page = pools.shown_after(db, after, AT_ONCE)
            vocabulary = vocabulary_for(db, [parse_criteria(c) for pool in page for c in pool.chain])
            owner: dict[str, uuid.UUID] = {}
            stored: list[StoredQuery] = []
            wrong: set[uuid.UUID] = set()
            for pool in page:
                try:
                    question = question_of(vocabulary, pool.chain)
                    queries = render_stored(question, pool_key(pool.id, pool.generation))
                except Invalid as error:
                    log.warning("Pool %s cannot be stored as it was: %s", pool.id, error.detail)
                    wrong.add(pool.id)
                    continue
                stored += queries
                owner |= {query.id: pool.id for query in queries}
            indexes.ask(db, asked_fields(stored))
            for name in names:
                wrong |= {owner[query] for query, _ in register(engine(), name, stored).failed}
            for each in sorted(wrong):
                pools.register_again(db, each)
            gate.raise_epoch(db)
            db.commit()
        done += len(page)
        progress(done)
        if len(page) < AT_ONCE:
            return done
        after = page[-1].id
