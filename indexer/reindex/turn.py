"""What a step of the job works with: the job as it stands, the lease it is written under, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

from records.database import Session
from records.ids import FIRST
from records.models import ReindexJob
from records.repositories import reindexing
from records.repositories.reindexing import Step

# A rate over the last so many seconds: long enough to be steady, short enough to follow a throttle.
RATE_OVER_S = 10.0

# Where a walk over people and pools begins.
FROM_THE_START: dict[str, Any] = {"last_candidate": FIRST, "last_pool": FIRST}

Watch = Callable[[ReindexJob], None]


class Overtaken(Exception):
    """Somebody asked for another step meanwhile (to abandon it, say); whoever runs it looks again where it stands."""


class Turn:
    """One stretch of work on the open job. Everything it saves is committed at once, through the lease."""

    def __init__(self, db: Session, job: ReindexJob, ends: float, watch: Watch) -> None:
        self.db = db
        self.job = job
        self._ends = ends
        self._watch = watch
        self._lately: list[tuple[float, int]] = []

    @property
    def over(self) -> bool:
        """Whether it is time to give the place back; the next turn goes on."""
        return time.monotonic() >= self._ends

    @property
    def new(self) -> tuple[str, str]:
        """The candidate and the pool index that are being made."""
        return _both(self.job.new_candidates, self.job.new_pools)

    @property
    def old(self) -> tuple[str, str]:
        """The candidate and the pool index that served when it began."""
        return _both(self.job.old_candidates, self.job.old_pools)

    def save(self, **values: Any) -> None:
        """Write down how far this step is. Raises Overtaken when the job does not stand there any more."""
        self._change(values)

    def go_to(self, step: Step, **values: Any) -> None:
        """This step is done, and the next one begins."""
        self._change({"rate": None, **values, "step": step})

    def hold(self) -> None:
        """Until the next commit nobody can ask for another step. Raises Overtaken when somebody did."""
        if reindexing.hold(self.db, self.job.id).step != self._step:
            self.db.rollback()
            raise Overtaken

    def rate(self, done: int) -> float | None:
        """How many a second lately, given how many were done in all so far."""
        now = time.monotonic()
        self._lately = [(at, count) for at, count in self._lately if now - at <= RATE_OVER_S]
        self._lately.append((now, done))
        first_at, first = self._lately[0]
        return (done - first) / (now - first_at) if now > first_at else None

    @property
    def _step(self) -> Step:
        return cast("Step", self.job.step)

    def _change(self, values: dict[str, Any]) -> None:
        step = self._step
        if not reindexing.change(self.db, self.job.id, [step], **values):
            self.db.rollback()
            raise Overtaken
        self.db.commit()
        self.job = reindexing.as_it_stands(self.db, self.job.id)
        self.db.commit()
        if values:
            self._watch(self.job)


def _both(candidates: str | None, pools: str | None) -> tuple[str, str]:
    assert candidates is not None and pools is not None, "the names are chosen in the first step"
    return candidates, pools


def wait_until(holds: Callable[[], bool], within_s: float, every_s: float = 0.05) -> bool:
    """Whether it came to hold within the time."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every_s)
    return True


def writers_are_gone(db: Session, within_s: float) -> bool:
    """Whether every transaction that is writing now ended within the time.

    What they had read, the list of live indexes for one, is then acted on no more.
    """
    before = reindexing.writers(db)
    db.commit()

    def gone() -> bool:
        still = reindexing.writers(db)
        db.commit()
        return not before & still

    return wait_until(gone, within_s)
