"""The express lane: a thread beside the API that takes people who were just written straight to their bells.

A message to a worker and its way to a child process cost as much as the work for one person. So whoever wrote offers
it here first; what comes while the lane is busy (imports, many writes at once) is left to the workers, and so is
whatever fails here: the outbox rows stay until somebody's work on them is committed, and the sweep finds them.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Sequence

from core.errors import Unavailable
from indexer.drain import drain_people

log = logging.getLogger(__name__)

# How long a process that ends waits for the person in hand; the rows of one that is cut off are found by the sweep.
LAST_S = 5.0


class ExpressLane:
    """One thread with somebody in hand, and one offer that waits. Takes nothing before `start` and after `stop`."""

    def __init__(self) -> None:
        self._waiting: list[uuid.UUID] = []
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to take people."""
        with self._change:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="express", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take no more, and wait a little for those who were taken."""
        with self._change:
            thread, self._thread = self._thread, None
            self._change.notify()
        if thread is not None:
            thread.join(LAST_S)

    def offer(self, people: Sequence[uuid.UUID]) -> bool:
        """Whether these will be taken care of here; if not, wake a worker. Their rows are committed already."""
        with self._change:
            if self._thread is None or self._waiting:
                return False
            self._waiting = list(people)
            self._change.notify()
            return True

    def _run(self) -> None:
        while people := self._next():
            try:
                drain_people(people)
            except Unavailable as error:
                log.warning("People wait for the sweep: %s", error.detail)
            except Exception:
                # Counted, tried one by one and in the end set aside where every row is: in a worker.
                log.exception("%d people are left to the workers.", len(people))

    def _next(self) -> list[uuid.UUID]:
        """Whoever waits; nobody once nobody does and the lane takes no more."""
        with self._change:
            self._change.wait_for(lambda: self._waiting or self._thread is not threading.current_thread())
            people, self._waiting = self._waiting, []
            return people


express = ExpressLane()
