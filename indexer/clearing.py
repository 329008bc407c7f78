"""Clearing away what the erased left in files: in segments of the index, in the free space of tables.

Nobody can find them from the moment they are erased; this is about whoever reads the disk.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from core.settings import settings
from engine.expunge import expunge
from engine.process import engine
from records.database import session
from records.repositories import erasures, indexes

log = logging.getLogger(__name__)

# All indexes together: there are two while a reindex is under way. One that is not done by then is as far as it came,
# and sooner done the next time. By schedule it is a worker's child that waits, and cannot index meanwhile; what the
# engine began goes on without it. Long enough for the engine to let go of its history (engine.expunge) and to merge.
MERGE_S = 180.0


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many of the erased are cleared away now, how many not yet, and in which indexes the engine was not done."""

    people: int
    waiting: int
    unfinished: tuple[str, ...] = ()


def clear_when_due() -> Cleared:
    """What beat asks for: clear where somebody waits for it and the last time is long enough ago."""
    with session() as db:
        standing = erasures.standing(db, settings().clear_traces_s)
    if not standing.uncleared or not standing.due:
        return Cleared(0, standing.uncleared)
    return clear()


def clear(*, rewrite: bool = False, merge_s: float = MERGE_S) -> Cleared:
    """Clear away everybody who was erased until now; whoever's tombstone is not in the index yet has to wait.

    Nobody is cleared while another process is at it. `rewrite` locks one table after the other.
    """
    with erasures.alone() as alone:
        with session() as db:
            if alone:
                erasures.forget_leftovers(db)
                db.commit()
            people = erasures.ready_to_clear(db) if alone else []
            live = indexes.live(db)
        unfinished: tuple[str, ...] = ()
        if people:
            unfinished = _forget(live.candidates, time.monotonic() + merge_s)
        if alone and (people or rewrite):
            erasures.vacuum(rewrite=rewrite)
            erasures.checkpoint()
        with session() as db:
            if people and not unfinished:
                erasures.mark_cleared(db, people)
                db.commit()
            waiting = erasures.standing(db).uncleared
    if unfinished:
        log.warning("The engine was not done forgetting in %s; it is asked again later.", ", ".join(unfinished))
        return Cleared(0, waiting, unfinished)
    if people:
        log.info("Traces of %d people who were erased are cleared.", len(people))
    return Cleared(len(people), waiting)


def _forget(names: Iterable[str], ends: float) -> tuple[str, ...]:
    """Have the engine forget in one index after the other; those it was not done with, or not begun with, by then."""
    unfinished = []
    for name in names:
        left = ends - time.monotonic()
        if left <= 0 or not expunge(engine(), name, left):
            unfinished.append(name)
    return tuple(unfinished)
