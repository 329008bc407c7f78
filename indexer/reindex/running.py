"""The job, step by step. Any process may run it, one at a time; whoever is killed leaves it where it was.

making        names are chosen, indexes made; from the commit at its end all writes go to old and new
filling       everybody from PostgreSQL, in id order
registering   every pool as it is shown
settling      refreshed, merged and copied like any index
verifying     counts, versions, documents, pools, and the same questions asked of both; or it stops here ("failed")
swapping      both aliases in one call
matching      where texts are read differently, all pools are registered anew
kept          the old pair is still written: back with "rolling_back", on with "finishing"
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Mapping

from core.errors import MicropoolsError, Unavailable
from indexer.reindex import filling, leaving, making, registering, settling, swapping
from indexer.reindex.turn import Overtaken, Turn, Watch
from indexer.reindex.verifying import verify
from mappings.indexes import mapping_version
from records.database import Session, session
from records.lease import lease
from records.locks import REINDEX
from records.models import ReindexJob
from records.repositories import reindexing

log = logging.getLogger(__name__)

STEPS: Mapping[str, Callable[[Turn], None]] = {
    "making": making.make,
    "filling": filling.fill,
    "registering": registering.store_pools,
    "settling": settling.settle,
    "verifying": verify,
    "swapping": swapping.swap,
    "matching": swapping.match_anew,
    "finishing": leaving.finish,
    "rolling_back": swapping.swap_back,
    "dropping_new": leaving.drop_new,
    "abandoning": leaving.abandon,
}
# Steps that fill the new indexes with what this code makes of people and pools.
_MADE_BY_CODE = frozenset({"making", "filling", "registering", "settling", "verifying"})


def is_running(job: ReindexJob | None) -> bool:
    """Whether there is something to do on a job; else it waits for an operator, or has ended."""
    return job is not None and job.state == "running"


def is_ours(job: ReindexJob) -> bool:
    """Whether this code, with these settings, makes the indexes of the job; other code would fill them wrongly."""
    return job.step not in _MADE_BY_CODE or job.version == mapping_version()


def seconds_left(job: ReindexJob) -> float | None:
    """Of the step that is under way, at its rate of late; None where nobody can tell."""
    left = {
        "filling": job.people_total - job.people_done,
        "registering": job.pools_total - job.pools_done,
    }.get(job.step)
    return None if left is None or not job.rate else round(left / job.rate, 1)


def has_work() -> bool:
    """Whether there is an open job that this process could bring forward."""
    with session() as db:
        job = reindexing.open_job(db)
    return job is not None and is_running(job) and is_ours(job)


def advance(*, seconds: float = math.inf, watch: Watch = lambda _: None) -> bool:
    """Bring the open job forward until it rests, or for about so long; false if another process is doing it.

    Raises Unavailable when a part is down: the job stands where it was, and goes on later.
    """
    ends = time.monotonic() + seconds
    with lease(REINDEX) as db:
        if db is None:
            return False
        while time.monotonic() < ends:
            job = reindexing.open_job(db)
            db.commit()
            if job is None or not is_running(job) or not is_ours(job):
                break
            watch(job)
            _step(db, job, Turn(db, job, ends, watch))
    return True


def _step(db: Session, job: ReindexJob, turn: Turn) -> None:
    try:
        STEPS[job.step](turn)
    except Overtaken:
        db.rollback()
    except Unavailable:
        db.rollback()
        raise
    except Exception as error:
        db.rollback()
        log.exception("The reindex stopped while %s.", job.step)
        reason = error.detail if isinstance(error, MicropoolsError) else f"{type(error).__name__}: {error}"
        reindexing.change(db, job.id, [job.step], state="failed", error=reason[:2_000])  # type: ignore[list-item]
        db.commit()
