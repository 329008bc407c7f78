"""What a reindex would change, and how long it would take: measured on a few, in indexes that are dropped again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.settings import settings
from engine.documents import bulk_index
from engine.indexes import create_index, drop_index, index_body
from engine.percolator import register
from engine.process import engine
from indexer.reindex.difference import Difference, differences
from indexer.reindex.filling import AT_ONCE, next_page
from mappings.installed import Serving, bodies, serving
from mappings.names import KINDS, Kind
from percolators.transfer import compile_shown
from records.database import session
from records.repositories import filling

# People and pools that are tried; the first few hundred only warm up what is warm in a real run.
PEOPLE_TRIED = 1_000
POOLS_TRIED = 500
# Verification, settling and the swap beside the filling, as a share of it (measured, docs/decisions/0014).
BESIDE = 0.15
AT_LEAST_S = 2.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What serves now, what would be different, how much there is, and the seconds it would take if nobody searches."""

    serving: Serving
    differences: dict[Kind, list[Difference]]
    people: int
    pools: int
    people_per_s: float | None
    pools_per_s: float | None
    seconds: float


def rehearse() -> Rehearsal:
    """Nothing that serves is touched, and nothing stays."""
    serves = serving(engine(), settings().index_prefix)
    with session() as db:
        people, pools = filling.how_many(db)
    with _scratch() as scratch:
        old = {"candidates": serves.candidates, "pools": serves.pools}
        changed = {
            kind: differences(index_body(engine(), old[kind]), index_body(engine(), scratch[kind])) for kind in KINDS
        }
        people_per_s = _try_people(scratch["candidates"])
        pools_per_s = _try_pools(scratch["pools"], serves.pools)
    seconds = (people / people_per_s if people_per_s else 0.0) + (pools / pools_per_s if pools_per_s else 0.0)
    return Rehearsal(serves, changed, people, pools, people_per_s, pools_per_s, AT_LEAST_S + seconds * (1 + BESIDE))


@contextmanager
def _scratch() -> Iterator[dict[Kind, str]]:
    """Indexes as they would be made, under names that nothing else takes for indexes of ours."""
    mark = uuid.uuid4().hex[:8]
    names: dict[Kind, str] = {kind: f"{settings().index_prefix}-rehearsal-{kind}-{mark}" for kind in KINDS}
    try:
        for kind, name in names.items():
            create_index(engine(), name, bodies()[kind])
        yield names
    finally:
        for name in names.values():
            drop_index(engine(), name)


def _try_people(index: str) -> float | None:
    tried, after, begun = 0, filling.FIRST, time.monotonic()
    while tried < PEOPLE_TRIED:
        with session() as db:
            page = next_page(db, after, AT_ONCE // 2)
        if page is None:
            break
        bulk_index(engine(), [index], page.documents)
        if tried == 0:
            begun = time.monotonic() if len(page.documents) == AT_ONCE // 2 else begun
        tried, after = tried + len(page.documents), page.last
    counted = tried - AT_ONCE // 2 if tried > AT_ONCE // 2 else tried
    return counted / max(time.monotonic() - begun, 0.001) if tried else None


def _try_pools(index: str, old: str) -> float | None:
    begun = time.monotonic()
    with session() as db:
        some = filling.shown_pools(db, filling.FIRST, POOLS_TRIED)
        shown = compile_shown(db, some, old)
    register(engine(), index, [query for each in shown for query in each.stored], visible=False)
    return len(some) / max(time.monotonic() - begun, 0.001) if some else None
