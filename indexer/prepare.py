"""Make a place ready: the newest migration, the indexes, and which of them are written. Run before anything starts."""

from __future__ import annotations

import logging
import sys

from core.errors import Conflict
from core.settings import settings
from engine.indexes import drop_index
from engine.process import engine
from mappings.installed import ensure_indexes, outdated_indexes
from records import migrate
from records.copying import refuse_unfinished
from records.database import session
from records.repositories import candidates, indexes, pools

log = logging.getLogger(__name__)


def prepare() -> None:
    """Migrate the database and make the indexes that are missing. Any number of processes may do this at once.

    Where the indexes were made by other code (another mapping), new ones take their place and everybody is brought to
    them from the database, silently; searches find them as they come. Conflict where a restore was cut off.
    """
    refuse_unfinished()
    migrate.upgrade()
    prefix = settings().index_prefix
    live = ensure_indexes(engine(), prefix)
    with session() as db:
        before = indexes.live(db)
        indexes.set_live(db, "candidates", live.candidates)
        indexes.set_live(db, "pools", live.pools)
        if before.candidates and not set(before.candidates) & set(live.candidates):
            log.warning("The people are brought to a new index: %d of them.", candidates.requeue_all(db))
        if before.pools and not set(before.pools) & set(live.pools):
            log.warning("The pools are brought to a new index: %d of them.", pools.register_all_again(db))
        db.commit()
    for name in outdated_indexes(engine(), prefix):
        drop_index(engine(), name)


if __name__ == "__main__":
    try:
        prepare()
    except Conflict as refused:
        sys.exit(refused.detail)
