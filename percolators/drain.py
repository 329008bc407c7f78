"""Draining the outbox of pools: one process at a time, so that registrations never overtake each other."""

from __future__ import annotations

import logging

from core.errors import Unavailable
from percolators.registration import register_pools
from records import outbox
from records.database import session
from records.gate import is_only_registrar

log = logging.getLogger(__name__)

# Pools per round: one refresh and one epoch serve them all, and a crash repeats no more than these.
BATCH = 500
OUTAGE_PAUSE_S = 1.0


def drain_pools(limit: int = BATCH) -> int:
    """Register one batch of waiting pools; returns how many rows were done. 0 also while another process does it.

    Raises Unavailable when a part is down: the rows then wait, their attempts taken back.
    """
    with session() as only:
        if not is_only_registrar(only):
            return 0
        ids = outbox.count_attempt("pool", limit)
        if not ids:
            return 0
        try:
            return _work(ids)
        except Unavailable as error:
            outbox.postponed(ids, error.detail, OUTAGE_PAUSE_S)
            raise
        except Exception:
            if len(ids) == 1:
                raise
            log.exception("A batch of %d pools failed; each is tried alone.", len(ids))
        return _one_by_one(ids)


def _one_by_one(ids: list[int]) -> int:
    done = 0
    for row in ids:
        try:
            done += _work([row])
        except Unavailable as error:
            outbox.postponed([row], error.detail, OUTAGE_PAUSE_S)
            raise
        except Exception as error:  # the row is at fault, whatever it raised: counted, and in the end set aside
            log.exception("Outbox row %s failed.", row)
            with session() as db:
                outbox.failed(db, outbox.take(db, [row]), f"{type(error).__name__}: {error}")
                db.commit()
    return done


def _work(ids: list[int]) -> int:
    with session() as db:
        rows = outbox.take(db, ids)
        register_pools(db, list({row.entity_id for row in rows}))
        outbox.done(db, rows)
        db.commit()
    return len(rows)
