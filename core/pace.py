"""How much at once is asked of a part that may be on its knees: half of it after each refusal, twice after a success.

One for each process and kind of work, in memory: what another process learned of the part it will learn itself with its
next request, and a process that starts again has every reason to try.
"""

from __future__ import annotations

import threading


class Pace:
    """A size between one and whatever is wanted. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # None: whatever is wanted.
        self._most: int | None = None
        self._away = False

    def of(self, wanted: int) -> int:
        """As much of this as may be asked now."""
        with self._lock:
            return wanted if self._most is None else max(1, min(wanted, self._most))

    def turned_away(self, asked: int) -> None:
        """Asked for so much, the part said "not now" or nothing at all: half of it next time."""
        with self._lock:
            self._most = max(1, asked // 2)
            self._away = True

    def went_well(self, wanted: int) -> bool:
        """It took what it was asked for. True the first time after it had not: what rests may go on."""
        with self._lock:
            if self._most is not None:
                self._most *= 2
                if self._most >= wanted:
                    self._most = None
            came_back, self._away = self._away, False
            return came_back
