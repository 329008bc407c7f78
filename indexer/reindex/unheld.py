"""Pools that a pool index cannot hold, because it was made by code that did not know the fields they ask."""

from __future__ import annotations

from indexer.reindex.registering import POOLS_AT_ONCE
from percolators.transfer import compile_shown
from records.database import Session
from records.ids import FIRST
from records.repositories import filling, indexes
from search.asked import asked_fields


def pools_unheld(db: Session, shown_in: str, index: str) -> list[int]:
    """The live generations that `index` cannot hold, while those of `shown_in` serve. Commits.

    Percolated against that index nobody would match them, and at their next change people would leave, though nothing
    of them was changed that matters. Let nobody register meanwhile.
    """
    footing = indexes.footing(db)
    known = footing.live.known.get(index)
    db.commit()
    if known is None or footing.fields <= known.keys():
        return []
    found: list[int] = []
    after = FIRST
    while some := filling.shown_pools(db, after, POOLS_AT_ONCE):
        shown = compile_shown(db, some, shown_in)
        db.commit()
        found += [each.pool.generation for each in shown if not asked_fields(each.stored) <= known.keys()]
        after = some[-1].id
    return found
