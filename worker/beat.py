"""One clock at a time, however many beats run: the others stand by and take over when it ends."""

from __future__ import annotations

import logging
from typing import Any

from celery.beat import PersistentScheduler

from records.lease import StandingLease
from records.locks import CLOCK

log = logging.getLogger(__name__)

# How soon another one takes over.
STANDBY_S = 1.0


class OneClock(PersistentScheduler):  # type: ignore[misc]  # Celery has no types
    """Sends what is due while it is the one clock of its installation (a lease in PostgreSQL), else nothing.

    Nothing would break if two sent everything: whatever is sent is safe to be done twice. It would only be done twice.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        self._lease = StandingLease(CLOCK)
        self._was: bool | None = None
        super().__init__(*given, **named)

    def tick(self, *given: Any, **named: Any) -> float:
        """Seconds until the next look."""
        now = self._lease.held()
        if now != self._was:
            log.warning("This is the clock now." if now else "Another beat is the clock, or PostgreSQL is away.")
            self._was = now
        return float(super().tick(*given, **named)) if now else STANDBY_S

    def close(self) -> None:
        """Let another one take over at once."""
        super().close()
        self._lease.give_back()
