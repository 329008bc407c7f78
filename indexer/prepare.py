"""Make a place ready: the newest migration, the first indexes, and which are written. Run before anything starts."""

from __future__ import annotations

import logging
import sys

from core.errors import Conflict
from core.settings import settings
from engine.indexes import drop_index
from engine.process import engine
from mappings.installed import Serving, ensure_indexes, fields_of, is_outdated, our_indexes
from mappings.names import KINDS
from records import gate, migrate
from records.copying import refuse_unfinished
from records.database import Session, session
from records.repositories import candidates, indexes, pools, reindexing

log = logging.getLogger(__name__)

OUTDATED = (
    "The indexes were made by another version or with other settings: they go on serving, without what is new."
    " Bring everybody to new ones with: micropools reindex"
)


def prepare() -> None:
    """Migrate the database and make the indexes that are missing. Any number of processes may do this at once.

    Indexes that were made by other code go on serving, written as far as they know the fields; the log says that a
    reindex is due. Where the engine came back empty, new ones are filled from the database, silently, and a reindex
    that was under way is given up. Conflict where a restore was cut off.
    """
    refuse_unfinished()
    migrate.upgrade()
    with session() as db:
        # Nobody moves the aliases, or gives names, meanwhile.
        gate.pass_alone(db)
        serving, left = _write_what_serves(db)
        db.commit()
    for name in left:
        drop_index(engine(), name)
    if is_outdated(serving.candidates) or is_outdated(serving.pools):
        log.warning(OUTDATED)


def reindex_is_due(db: Session) -> bool:
    """Whether indexes of this code and these settings are neither there nor being made."""
    live = indexes.live(db)
    return any(names and all(map(is_outdated, names)) for names in (live.candidates, live.pools))


def _write_what_serves(db: Session) -> tuple[Serving, list[str]]:
    """Which indexes serve, and those of a reindex given up here: they are written no more, and nobody needs them."""
    prefix = settings().index_prefix
    before = indexes.live(db)
    serves = ensure_indexes(engine(), prefix, reindexing.names_ever_used(db))
    there = {name for kind in KINDS for name in our_indexes(engine(), prefix, kind)}
    people_lost = bool(before.candidates) and serves.candidates not in before.candidates
    pools_lost = bool(before.pools) and serves.pools not in before.pools
    # What the engine lost is not written any more; what a reindex fills, or keeps, stays.
    gone, left = {*before.candidates, *before.pools} - there, list[str]()
    if people_lost or pools_lost:
        # A reindex compares with the pair that served, and goes back to it: without that it is of no use.
        reindexing.give_up(db)
        left = sorted({*before.candidates, *before.pools} - gone - {serves.candidates, serves.pools})
    indexes.remove_live(db, sorted({*gone, *left}))
    indexes.add_serving(db, serves.candidates, serves.pools)
    now = indexes.live(db)
    for name in (*now.candidates, *now.pools):
        if name not in now.known:
            indexes.set_fields(db, name, fields_of(engine(), name))
    if people_lost:
        log.warning("The people are brought to a new index: %d of them.", candidates.requeue_all(db))
    if pools_lost:
        log.warning("The pools are brought to a new index: %d of them.", pools.register_all_again(db))
    return serves, left


if __name__ == "__main__":
    try:
        prepare()
    except Conflict as refused:
        sys.exit(refused.detail)
