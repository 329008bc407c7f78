"""A pool whose stored query throws is taken out of matching, and its owner is told why."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable

from engine.percolator import forget_key, parse_pool_key
from engine.process import engine
from notifications.wake import ring_streams
from records.database import Session, session
from records.models import Pool, Role
from records.repositories import indexes, notices, pools, users

log = logging.getLogger(__name__)


def quarantine(keys: Iterable[str], reason: str) -> None:
    """Mark the pools behind these stored keys as broken, then remove the stored queries.

    In this order: if we die between the two, the next document that fails finds the rest. The people in the pool
    stay in it as last known; new criteria for the pool lift the quarantine.
    """
    # Sorted, so that two who quarantine the same pools wait for each other and not in a circle.
    keys = sorted(keys)
    with session() as db:
        told: list[notices.Notice] = []
        for key in keys:
            try:
                pool, generation = parse_pool_key(key)
            except ValueError:
                log.warning("A stored query under the unknown key %r fails and is removed: %s", key, reason)
                continue
            broken = pools.set_broken(db, pool, generation, reason)
            if broken is not None:
                log.warning("Pool %s is quarantined, its stored query fails: %s", pool, reason)
                group = f"broken:{pool}:{generation}"
                told += [notices.Notice(user, "pool_broken", group, pool=pool) for user in owners(db, broken)]
        readers = notices.ring(db, told)
        live = indexes.live(db)
        db.commit()
    for key in keys:
        for index in live.pools:
            forget_key(engine(), index, key)
    ring_streams(readers)


def owners(db: Session, pool: Pool) -> list[uuid.UUID]:
    """Whoever answers for a pool: its maker while active and allowed to change it, else the administrators."""
    makers = [pool.created_by] if pool.created_by else []
    found = users.active_among(db, makers, [Role.RECRUITER, Role.ADMINISTRATOR])
    return found or users.active_of_roles(db, [Role.ADMINISTRATOR])
