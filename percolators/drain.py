"""Draining the outbox of pools: one process at a time, so that registrations never overtake each other."""

from __future__ import annotations

import logging

from core.errors import Unavailable
from core.pace import Pace
from percolators.registration import register_pools
from records import outbox
from records.database import session
from records.gate import is_only_registrar

log = logging.getLogger(__name__)

# Pools per round: one refresh and one epoch serve them all, and a crash repeats no more than these.
BATCH = 500
OUTAGE_PAUSE_S = 1.0
# A pool that asks what only the next indexes know is tried again so often; the swap queues it anew anyway.
EARLY_PAUSE_S = 30.0
EARLY = "It asks a field that the serving index does not know yet: run micropools reindex."

# How many of them, as the engine bears them.
_pace = Pace()


def drain_pools(limit: int = BATCH) -> int:
    """Register one batch of waiting pools; returns how many rows were done. 0 also while another process does it.

    Raises Unavailable when a part is down: the rows then wait, their attempts taken back.
    """
    with session() as only:
        if not is_only_registrar(only):
            return 0
        asked = _pace.of(limit)
        ids = outbox.count_attempt("pool", asked)
        if not ids:
            return 0
        try:
            done = _drain(ids)
        except Unavailable:
            _pace.turned_away(asked)
            raise
        if done and _pace.went_well(limit):
            outbox.hurry("pool")
        return done


def _drain(ids: list[int]) -> int:
    try:
        return _work(ids)
    except Unavailable as error:
        outbox.postponed(ids, error.detail, OUTAGE_PAUSE_S)
        raise
    except Exception as error:
        if len(ids) == 1:
            _give_up_for_now(ids[0], error)
            return 0
        log.exception("A batch of %d pools failed; each is tried alone.", len(ids))
    return _one_by_one(ids)


def _one_by_one(ids: list[int]) -> int:
    done = 0
    for at, row in enumerate(ids):
        try:
            done += _work([row])
        except Unavailable as error:
            outbox.postponed(ids[at:], error.detail, OUTAGE_PAUSE_S)
            raise
        except Exception as error:  # noqa: BLE001 - the row is at fault, whatever it raised
            _give_up_for_now(row, error)
    return done


def _give_up_for_now(row: int, error: Exception) -> None:
    """Counted, and in the end set aside, where an operator sees it."""
    log.error("Outbox row %s failed.", row, exc_info=error)
    with session() as db:
        outbox.failed(db, outbox.take(db, [row]), f"{type(error).__name__}: {error}")
        db.commit()


def _work(ids: list[int]) -> int:
    with session() as db:
        rows = outbox.take(db, ids)
        early = register_pools(db, list({row.entity_id for row in rows}))
        done = [row for row in rows if row.entity_id not in early]
        outbox.done(db, done)
        db.commit()
    if early:
        log.warning("%d pools ask what the indexes do not know yet; they wait for: micropools reindex", len(early))
        outbox.postponed([row.id for row in rows if row.entity_id in early], EARLY, EARLY_PAUSE_S)
    return len(done)
