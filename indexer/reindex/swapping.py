"""The swap: one call moves both aliases, and whoever found somebody a moment ago finds them a moment later.

  1. the serving index is refreshed no more                  -> nobody new becomes visible in it
  2. whoever is writing right now ends                       -> whatever is visible in the old is written in the new
  3. the new indexes are refreshed                           -> and visible there
  4. alone in the gate: aliases, the note of what serves, and the epoch
                                                             -> whoever percolated against the old looks again
  5. the old index is refreshed again as before

Every step may run twice. The same way back is the rollback.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.settings import settings
from core.wake import waker
from engine.errors import EngineRefused
from engine.indexes import change_settings, move_aliases, refresh
from engine.percolator import GONE
from engine.process import engine
from indexer.reindex.registering import only_registrar
from indexer.reindex.turn import Turn, writers_are_gone
from indexer.reindex.unheld import pools_unheld
from mappings.installed import bodies
from mappings.names import KINDS, alias
from records import gate
from records.repositories import indexes, pools
from records.repositories.reindexing import Step

# A batch of a worker takes a second or two. Whoever writes longer than this (an import in one transaction) is not
# waited for: the price is that somebody who was just found may be found again a second later.
WRITERS_S = 10.0


def swap(turn: Turn) -> None:
    """From the old pair to the new one."""
    _move(turn, turn.old, turn.new, "matching")


def match_anew(turn: Turn) -> None:
    """Where the new indexes answer differently, pools are registered and filled anew, silently. Then it is done."""
    # Whoever moved the aliases may have died, or lost the engine, before it came to that; searches go back to it yet.
    refresh_as_usual(turn.old[0])
    if turn.job.reads_differently:
        pools.register_all_again(turn.db)
    turn.go_to("kept", state="swapped")
    waker.pools()


def swap_back(turn: Turn) -> None:
    """From the new pair to the old one, which was written all the while; the new one is then written no more.

    Pools that the old one cannot hold stay as last known until another pair knows what they ask: they wait for it with
    the generation that is drawn here, because what knows other fields reads differently.
    """
    _move(turn, turn.new, turn.old, None)
    if turn.job.reads_differently:
        pools.register_all_again(turn.db)
    indexes.remove_live(turn.db, turn.new)
    turn.go_to("dropping_new")
    waker.pools()


def refresh_as_usual(name: str) -> None:
    """Set back what `_move` sets, wherever it was cut off."""
    usual = bodies()["candidates"]["settings"]["index"]["refresh_interval"]
    try:
        change_settings(engine(), name, {"refresh_interval": usual})
    except EngineRefused as refused:
        if refused.engine_status != GONE:
            raise


def _move(turn: Turn, away: tuple[str, str], to: tuple[str, str], then: Step | None) -> None:
    with only_registrar(), _nobody_new_in(away[0]):
        writers_are_gone(turn.db, WRITERS_S)
        for name in to:
            refresh(engine(), name)
        # It served once before, perhaps, and was left without.
        refresh_as_usual(to[0])
        unheld = pools_unheld(turn.db, away[1], to[1])
        turn.hold()
        gate.pass_alone(turn.db)
        move_aliases(engine(), by_alias(to), by_alias(away))
        indexes.set_serving(turn.db, to)
        pools.freeze(turn.db, unheld)
        gate.raise_epoch(turn.db)
        if then is None:
            turn.save()
        else:
            turn.go_to(then)


def by_alias(pair: tuple[str, str]) -> dict[str, str]:
    """The two indexes by the aliases that point to them where they serve."""
    return {alias(settings().index_prefix, kind): name for kind, name in zip(KINDS, pair, strict=True)}


@contextmanager
def _nobody_new_in(name: str) -> Iterator[None]:
    change_settings(engine(), name, {"refresh_interval": "-1"})
    try:
        yield
    finally:
        refresh_as_usual(name)
