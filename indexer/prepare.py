"""Make a place ready: the newest migration, the first indexes, and which are written. Run before anything starts."""

from __future__ import annotations

import logging
import sys

from core.errors import Conflict
from core.settings import settings
from engine.indexes import document_count, refresh
from engine.process import engine
from mappings.installed import Serving, ensure_indexes, fields_of, is_outdated, our_indexes, serving
from mappings.names import KINDS
from records import gate, migrate
from records.copying import refuse_unfinished
from records.database import Session, session
from records.repositories import candidates, filling, indexes, pools

log = logging.getLogger(__name__)

OUTDATED = (
    "The indexes were made by another version or with other settings: they go on serving, without what is new."
    " Bring everybody to new ones with: micropools reindex"
)


def prepare() -> None:
    """Migrate the database and make the indexes that are missing. Any number of processes may do this at once.

    Indexes that were made by other code go on serving, written as far as they know the fields; the log says that a
    reindex is due. Where the engine came back empty, new ones are filled from the database, silently. Conflict where a
    restore was cut off.
    """
    refuse_unfinished()
    migrate.upgrade()
    ensure_indexes(engine(), settings().index_prefix)
    with session() as db:
        # Nobody moves the aliases meanwhile.
        gate.pass_alone(db)
        serving = _write_what_serves(db)
        db.commit()
    if is_outdated(serving.candidates) or is_outdated(serving.pools):
        log.warning(OUTDATED)


def reindex_is_due(db: Session) -> bool:
    """Whether indexes of this code and these settings are neither there nor being made."""
    live = indexes.live(db)
    return any(names and all(map(is_outdated, names)) for names in (live.candidates, live.pools))


def _write_what_serves(db: Session) -> Serving:
    prefix = settings().index_prefix
    before = indexes.live(db)
    there = {name for kind in KINDS for name in our_indexes(engine(), prefix, kind)}
    serves = serving(engine(), prefix)
    # What the engine lost is not written any more; what a reindex fills, or keeps, stays.
    indexes.remove_live(db, sorted({*before.candidates, *before.pools} - there))
    indexes.add_serving(db, serves.candidates, serves.pools)
    now = indexes.live(db)
    for name in (*now.candidates, *now.pools):
        if name not in now.known:
            indexes.set_fields(db, name, fields_of(engine(), name))
    people, shown = filling.how_many(db)
    if people and _is_empty(serves.candidates):
        log.warning("The people are brought to a new index: %d of them.", candidates.requeue_all(db))
    if shown and _is_empty(serves.pools):
        log.warning("The pools are brought to a new index: %d of them.", pools.register_all_again(db))
    return serves


def _is_empty(index: str) -> bool:
    """Whether an index holds nothing at all: the engine lost what it had, and a new one has its name."""
    refresh(engine(), index)
    return document_count(engine(), index) == 0


if __name__ == "__main__":
    try:
        prepare()
    except Conflict as refused:
        sys.exit(refused.detail)
