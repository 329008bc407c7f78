"""The third step: every pool, as it is shown, into the new pool index.

A slice of pools is read and stored while nobody else registers; whoever registers before or after writes to every live
pool index by themselves, the new one among them. So what is stored is what is shown, however pools change meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Unavailable
from engine.indexes import refresh
from engine.percolator import forget_key, parse_pool_key, registered
from engine.process import engine
from indexer.reindex.finds import Finds
from indexer.reindex.pace import Pace
from indexer.reindex.turn import Turn, wait_until
from percolators.drain import drain_pools
from percolators.transfer import compile_shown, store_shown
from records import outbox
from records.database import Session, session
from records.gate import is_only_registrar
from records.repositories import filling, pools

POOLS_AT_ONCE = 500
# A registration of thousands of pools with its back-fill may hold us up for so long; then the turn is given back.
REGISTRAR_WAIT_S = 60.0
KEYS_AT_ONCE = 5_000


@contextmanager
def only_registrar() -> Iterator[Session]:
    """A transaction during which nobody else stores or forgets queries of pools."""
    with session() as db:
        if not wait_until(lambda: _alone(db), REGISTRAR_WAIT_S):
            raise Unavailable("Pools are being registered; the reindex waits for that.")
        yield db


def _alone(db: Session) -> bool:
    return is_only_registrar(db)


def store_pools(turn: Turn) -> None:
    """Go on after the last pool that is stored; ends with all stored, or when the turn is over."""
    with Pace(turn.job.idle_ms or 1.0, turn.job.pause) as pace:
        while not turn.over:
            if outbox.is_due("pool"):
                # Whoever made a pool does not wait for us.
                drain_pools()
            with only_registrar() as db:
                begun = time.monotonic()
                some = filling.shown_pools(db, turn.job.last_pool, pace.portion(POOLS_AT_ONCE))
                shown = compile_shown(db, some, turn.old[1])
                with session() as asking:
                    refused = store_shown(asking, shown, turn.new[1])
                worked_s = time.monotonic() - begun
            if not some:
                turn.go_to("settling")
                return
            finds = Finds.of(turn.job)
            for sentence in refused.values():
                finds.note(sentence)
            done = turn.job.pools_done + len(some)
            turn.save(
                last_pool=some[-1].id,
                pools_done=done,
                pools_total=max(done, turn.job.pools_total),
                rate=turn.rate(done),
                pause=pace.pause,
                findings=finds.as_json(),
            )
            pace.rest(worked_s, lambda: turn.over)


def forget_leftovers(index: str) -> int:
    """Remove what is stored in the new index of pools that were changed, taken out or deleted meanwhile."""
    removed = 0
    with only_registrar() as db:
        refresh(engine(), index)
        keys: list[str] = []
        for key, _ in registered(engine(), index):
            keys.append(key)
            if len(keys) == KEYS_AT_ONCE:
                removed += _forget_unwanted(db, index, keys)
                keys = []
        removed += _forget_unwanted(db, index, keys)
    return removed


def _forget_unwanted(db: Session, index: str, keys: list[str]) -> int:
    parsed = {key: parse_pool_key(key) for key in keys}
    wanted = pools.wanted_among(db, [generation for _, generation in parsed.values()])
    return sum(forget_key(engine(), index, key) for key, pair in parsed.items() if pair not in wanted)
