"""The indexes made anew from the database, while nothing else runs: what a restore ends with.

The matches and bells of the database are kept as they are, so people are indexed without being matched, and stored
queries come back under the generations that are shown. What waits in the outbox is the workers', afterwards.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from core.settings import settings
from engine.documents import bulk_index
from engine.indexes import drop_index, refresh
from engine.process import engine
from indexer.reindex.filling import AT_ONCE, next_page
from indexer.reindex.registering import POOLS_AT_ONCE
from indexer.reindex.scratch import drop_leftovers
from mappings.installed import ensure_indexes, fields_of, our_indexes
from mappings.names import KINDS
from percolators.transfer import compile_shown, store_shown
from records import gate
from records.database import session
from records.ids import FIRST
from records.repositories import candidates, filling, indexes, pools, reindexing

log = logging.getLogger(__name__)

Told = Callable[[int], None]


def rebuild(people: Told = lambda _: None, told_pools: Told = lambda _: None) -> None:
    """Drop our indexes and fill new ones with everybody, the tombstones too, and with every pool's queries.

    `people` and `told_pools` are told how many are done. Raises Unavailable where the engine is; it may be begun again.
    """
    prefix = settings().index_prefix
    # Dropped, not written over: they may hold versions above those the database was set back to.
    for kind in KINDS:
        for name in our_indexes(engine(), prefix, kind):
            drop_index(engine(), name)
    drop_leftovers()
    made = ensure_indexes(engine(), prefix)
    with session() as db:
        # Its indexes are gone, and so is what it was for.
        reindexing.give_up(db)
        # All that was noted of indexes goes too: one of these names may be noted as being filled by that reindex.
        noted = indexes.live(db)
        indexes.remove_live(db, [*noted.candidates, *noted.pools])
        indexes.add_serving(db, made.candidates, made.pools)
        for name in (made.candidates, made.pools):
            indexes.set_fields(db, name, fields_of(engine(), name))
        db.commit()
    _fill(made.candidates, people)
    _store(made.pools, told_pools)


def _fill(name: str, told: Told) -> None:
    after, done = FIRST, 0
    while True:
        with session() as db:
            page = next_page(db, after, AT_ONCE)
            if page is None:
                break
            outcome = bulk_index(engine(), [name], page.documents)
            # The workers find out what is wrong with them, and count it.
            left = [uuid.UUID(candidate) for candidate, _ in (*outcome.failed, *outcome.delayed)]
            candidates.requeue(db, left)
            db.commit()
        after, done = page.last, done + len(page.documents)
        told(done)
    refresh(engine(), name)


def _store(name: str, told: Told) -> None:
    """Nobody enters, nobody leaves, no generation is drawn.

    But a pool that cannot be stored any more is registered anew, which says why.
    """
    after, done = FIRST, 0
    while True:
        with session() as db:
            page = filling.shown_pools(db, after, POOLS_AT_ONCE)
            shown = compile_shown(db, page, None)
            wrong = {each.pool.id: "its words are not understood any more" for each in shown if each.question is None}
            wrong |= store_shown(db, shown, name)
            for pool, why in sorted(wrong.items()):
                log.warning("Pool %s cannot be stored as it was: %s", pool, why)
                pools.register_again(db, pool)
            gate.raise_epoch(db)
            db.commit()
        done += len(page)
        told(done)
        if len(page) < POOLS_AT_ONCE:
            break
        after = page[-1].id
    refresh(engine(), name)
