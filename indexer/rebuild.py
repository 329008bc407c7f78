"""The indexes made anew from the database, while nothing else runs: what a restore ends with.

The matches and bells of the database are kept as they are, so people are indexed without being matched, and stored
queries come back under the generations that are shown. What waits in the outbox is the workers', afterwards.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import orjson

from core.settings import settings
from engine.documents import Document, bulk_index
from engine.indexes import drop_index, refresh
from engine.process import engine
from indexer.document import build_document
from mappings.installed import ensure_indexes, live_indexes, outdated_indexes
from percolators.reregister import store_shown
from records.database import session
from records.repositories import candidates, indexes

# A bulk of some megabytes.
PAGE = 500

Told = Callable[[int], None]


def rebuild(people: Told = lambda _: None, pools: Told = lambda _: None) -> None:
    """Drop our indexes and fill new ones with everybody, the tombstones too, and with every pool's queries.

    `people` and `pools` are told how many are done. Raises Unavailable where the engine is; it may be begun again.
    """
    prefix = settings().index_prefix
    there = live_indexes(engine(), prefix)
    # Dropped, not written over: they may hold versions above those the database was set back to.
    for name in (*there.candidates, *there.pools, *outdated_indexes(engine(), prefix)):
        drop_index(engine(), name)
    made = ensure_indexes(engine(), prefix)
    with session() as db:
        indexes.set_live(db, "candidates", made.candidates)
        indexes.set_live(db, "pools", made.pools)
        db.commit()
    _fill(made.candidates, people)
    store_shown(made.pools, pools)


def _fill(names: tuple[str, ...], told: Told) -> None:
    after, done = uuid.UUID(int=0), 0
    while True:
        with session() as db:
            page = [row.id for row in candidates.versions_after(db, after, PAGE)]
            snapshot = candidates.load(db, page)
            documents = [build_document(each, snapshot.people[each], snapshot.tags) for each in page]
            ready = [Document(d["id"], d["version"], orjson.dumps(d)) for d in documents]
            outcome = bulk_index(engine(), names, ready)
            # The workers find out what is wrong with them, and count it.
            left = [uuid.UUID(candidate) for candidate, _ in (*outcome.failed, *outcome.delayed)]
            candidates.requeue(db, left)
            db.commit()
        done += len(page)
        told(done)
        if len(page) < PAGE:
            break
        after = page[-1]
    for name in names:
        refresh(engine(), name)
