"""What a reindex would change, and how long it would take: measured on a few, in indexes that are dropped again."""

from __future__ import annotations

import time
from dataclasses import dataclass

from core.settings import settings
from engine.documents import bulk_index
from engine.indexes import index_body
from engine.percolator import register
from engine.process import engine
from indexer.reindex.difference import Difference, differences
from indexer.reindex.filling import AT_ONCE, next_page
from indexer.reindex.scratch import scratch
from mappings.installed import Serving, serving
from mappings.names import KINDS, Kind
from percolators.transfer import compile_shown
from records.database import session
from records.ids import FIRST
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
    """Nothing that serves is touched, and nothing stays. Raises Conflict while another one is under way."""
    serves = serving(engine(), settings().index_prefix)
    with session() as db:
        people, pools = filling.how_many(db)
    with scratch() as made:
        old = {"candidates": serves.candidates, "pools": serves.pools}
        changed = {
            kind: differences(index_body(engine(), old[kind]), index_body(engine(), made[kind])) for kind in KINDS
        }
        people_per_s = _try_people(made["candidates"])
        pools_per_s = _try_pools(made["pools"], serves.pools)
    seconds = (people / people_per_s if people_per_s else 0.0) + (pools / pools_per_s if pools_per_s else 0.0)
    return Rehearsal(serves, changed, people, pools, people_per_s, pools_per_s, AT_LEAST_S + seconds * (1 + BESIDE))


def _try_people(index: str) -> float | None:
    tried, after, begun = 0, FIRST, time.monotonic()
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
        some = filling.shown_pools(db, FIRST, POOLS_TRIED)
        shown = compile_shown(db, some, old)
    register(engine(), index, [query for each in shown for query in each.stored], visible=False)
    return len(some) / max(time.monotonic() - begun, 0.001) if some else None
