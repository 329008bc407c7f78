"""How fast to fill: as fast as the engine takes it while nobody searches, else so that searches hardly suffer.

Two things are looked at. Whether anybody searches is in the engine's own count of the searches of the index that
serves. What they suffer is found by searching oneself: a few ordinary questions, compared with what they took before
the first document was sent. From that follows how long to pause for each second of work, and how small the pieces are.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from types import TracebackType
from typing import Final, Self

from core.errors import Unavailable
from engine.door import Page, search
from engine.indexes import searches_so_far
from engine.process import engine
from mappings.names import serving_candidates
from search.compile import Parts
from search.facets import Facet
from search.question import EVERYONE, Between, Question, Word
from search.secure import Access, secure, secure_search

# Asked by turns: a first page with numbers beside it, a word, the newest.
_LATELY_DAYS: Final = 28
# Searches of our own before anything is written, to know what they take when we do not disturb.
IDLE_PROBES: Final = 24
# What they may take beside us, as a multiple; the promise to users is twice, so we stay below it.
MOST_SLOWER: Final = 1.5
# Pauses for each second of work: the least that is worth pausing, and the most, below a tenth of the full speed.
LEAST_PAUSE: Final = 0.25
MOST_PAUSE: Final = 12.0
# How often we look, and over how many looks we judge.
LOOK_S: Final = 0.15
QUIET_LOOK_S: Final = 0.5
JUDGED_OVER: Final = 12
# Without a search of anybody for so long we go at full speed.
QUIET_S: Final = 3.0


def idle_ms() -> float:
    """What ordinary searches take now, in milliseconds: the third quartile of a few."""
    taken = [_probe(number) for number in range(IDLE_PROBES)]
    return _third_quartile(taken[3:]) * 1_000


class Pace:
    """Watches from the moment it is entered. `pause` carries over from an earlier turn."""

    def __init__(self, idle_ms: float, pause: float) -> None:
        self._idle_s = idle_ms / 1_000
        self._lately: deque[float] = deque(maxlen=JUDGED_OVER)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="pace", daemon=True)
        self.pause = pause

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def portion(self, whole: int) -> int:
        """How much to send at once: the smaller, the shorter anybody waits behind it."""
        return max(whole // 10, round(whole / (1 + 2 * self.pause)))

    def rest(self, worked_s: float, over: Callable[[], bool]) -> None:
        """Pause as long as is due after so much work, or until it is over."""
        ends = time.monotonic() + worked_s * self.pause
        while (left := ends - time.monotonic()) > 0 and not over():
            time.sleep(min(left, 0.1))

    def _watch(self) -> None:
        number, seen, searched_at = 0, -1, 0.0
        while not self._stop.wait(LOOK_S if self.pause else QUIET_LOOK_S):
            try:
                so_far = searches_so_far(engine(), serving_candidates())
                if 0 <= seen < so_far:
                    searched_at = time.monotonic()
                if time.monotonic() - searched_at > QUIET_S:
                    seen = so_far
                    self._lately.clear()
                    self.pause = 0.0
                    continue
                self._lately.append(_probe(number))
                # Each shard counts a search: what ours came to is asked, not reckoned.
                number, seen = number + 1, searches_so_far(engine(), serving_candidates())
            except Unavailable:
                continue  # whoever fills finds out by itself
            self._judge()

    def _judge(self) -> None:
        if len(self._lately) < 4:
            self.pause = self.pause or LEAST_PAUSE
            return
        slower = _third_quartile(list(self._lately)) / self._idle_s
        if slower > MOST_SLOWER:
            self.pause = min(MOST_PAUSE, max(LEAST_PAUSE, self.pause * 1.3))
        elif slower < (1 + MOST_SLOWER) / 2:
            self.pause = self.pause * 0.9 if self.pause > LEAST_PAUSE else LEAST_PAUSE


def _probe(number: int) -> float:
    begun = time.perf_counter()
    since = datetime.now(UTC).date() - timedelta(days=_LATELY_DAYS)
    questions: tuple[Question, ...] = (Word("engineer"), EVERYONE, Between("created", since, None))
    question = questions[number % len(questions)]
    query = secure(question, Access.system())
    if question == EVERYONE:
        query = secure_search(Parts(EVERYONE), Access.system(), (Facet("tags"),))
    search(engine(), serving_candidates(), query, Page(20))
    return time.perf_counter() - begun


def _third_quartile(values: list[float]) -> float:
    return quantiles(values, n=4)[2] if len(values) > 1 else values[0]
