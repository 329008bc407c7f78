"""Every pool as it is shown: are exactly its queries stored, and does the engine find them without running them?"""

from __future__ import annotations

from collections.abc import Sequence

from engine.indexes import refresh
from engine.percolator import count_under, stored_queries, unextracted
from engine.process import engine
from indexer.reindex.finds import Finds
from indexer.reindex.registering import POOLS_AT_ONCE, forget_leftovers, only_registrar
from indexer.reindex.turn import Turn
from percolators.transfer import Shown, compile_shown
from records.ids import FIRST, LAST
from records.repositories import filling


def compare_pools(turn: Turn, finds: Finds) -> bool:
    """Compare a slice at a time; nobody registers pools while a slice is compared. False when the turn is over before.

    What is stored of pools that were changed or deleted meanwhile is removed first.
    """
    old, new = turn.old[1], turn.new[1]
    if turn.job.last_pool == FIRST:
        forget_leftovers(new)
    while turn.job.last_pool < LAST:
        with only_registrar() as db:
            some = filling.shown_pools(db, turn.job.last_pool, POOLS_AT_ONCE)
            shown = compile_shown(db, some, old)
            refresh(engine(), new)
            _compare(new, shown, finds)
        finds.pools += len(some)
        finds.queries += sum(len(each.stored) for each in shown)
        if len(some) < POOLS_AT_ONCE:
            _extraction(old, new, finds)
        turn.save(last_pool=some[-1].id if len(some) == POOLS_AT_ONCE else LAST, findings=finds.as_json())
        if turn.over:
            return False
    return True


def _compare(index: str, shown: Sequence[Shown], finds: Finds) -> None:
    stored = stored_queries(engine(), index, [query.id for each in shown for query in each.stored])
    counts = count_under(engine(), index, [each.key for each in shown])
    for each in shown:
        if counts.get(each.key, 0) != len(each.stored):
            finds.is_wrong(
                f"Pool “{each.pool.name}” has {counts.get(each.key, 0)} stored queries in {index} and should have"
                f" {len(each.stored)}."
            )
        elif any(stored.get(query.id) != query.body for query in each.stored):
            finds.is_wrong(f"Pool “{each.pool.name}” is stored in {index} with another question.")


def _extraction(old: str, new: str, finds: Finds) -> None:
    """A query that the engine cannot find by its terms is run for every person: slow, though never wrong."""
    before = unextracted(engine(), old)
    for key in sorted(unextracted(engine(), new)):
        sentence = f"The stored queries under {key} are run against everybody"
        if key in before:
            finds.note(f"{sentence}, as before.")
        else:
            finds.is_different(f"{sentence} in {new}, which they are not now.")
