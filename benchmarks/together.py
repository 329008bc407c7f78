"""`concurrent`: several users at once through the API, and the same requests straight to the engine, slice by slice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from benchmarks import cpu
from benchmarks.asking import Question, Sides
from benchmarks.floor import Line
from benchmarks.quantiles import milliseconds
from benchmarks.readers import Reader

USERS: Final = 8
# Short against what disturbs a shared machine, long against a garbage collection.
SLICE_S: Final = 5.0


@dataclass(slots=True)
class Side:
    """What one side came to: seconds of every answer, how long it ran, CPU seconds by part, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    errors: int = 0

    @property
    def per_s(self) -> float:
        """Searches answered per second by all users together."""
        return len(self.seconds) / self.lasted

    def cpu_ms(self) -> dict[str, float]:
        """Milliseconds of CPU for one search, by the parts that had any."""
        each = {part: round(used / len(self.seconds) * 1000, 2) for part, used in self.cpu.items() if self.seconds}
        return {part: used for part, used in each.items() if used >= 0.1}


def measure(
    sides: Sides,
    home: Path,
    asked: Sequence[tuple[Reader, Sequence[Question]]],
    seconds: float,
    step: Callable[[float], None],
) -> dict[str, Any]:
    """The keys of the report. Each side works for so many seconds, in slices by turns; readers take turns as users."""
    users = [asked[n % len(asked)] for n in range(USERS)]
    api = [_Api(sides.api, reader, some, n) for n, (reader, some) in enumerate(users)]
    bare = [_Bare(sides.engine, some, n) for n, (_, some) in enumerate(users)]
    came_to = {True: Side(), False: Side()}
    slices = max(1, round(seconds / SLICE_S))
    with ExitStack() as opened:
        for line in (*(user.line for user in api), *(user.line for user in bare)):
            opened.callback(line.close)
        for turn in range(slices):
            for through_api in (True, False):
                side, before = came_to[through_api], cpu.seconds(home)
                _slice(api if through_api else bare, seconds / slices, side)
                for part, used in cpu.seconds(home).items():
                    side.cpu[part] = side.cpu.get(part, 0.0) + used - before.get(part, 0.0)
            step((turn + 1) * seconds / slices)
    per_s, engine_per_s = came_to[True].per_s, came_to[False].per_s
    return {
        "per_s": round(per_s, 1),
        "engine_per_s": round(engine_per_s, 1),
        "overhead": round(engine_per_s / per_s, 3) if per_s else None,
        "errors": came_to[True].errors + came_to[False].errors,
        "cpu_ms": came_to[True].cpu_ms(),
        "engine_cpu_ms": came_to[False].cpu_ms(),
        "users": USERS,
        "seconds": seconds,
        **{f"{name}_ms": value for name, value in milliseconds(came_to[True].seconds, 50, 95).items()},
        **{f"engine_{name}_ms": value for name, value in milliseconds(came_to[False].seconds, 50, 95).items()},
    }


class _Api:
    """A user of the API, with a connection of their own."""

    def __init__(self, address: str, reader: Reader, some: Sequence[Question], first: int) -> None:
        self.line = Line(address, reader.token)
        self._questions = cycle([*some[first * 7 :], *some[: first * 7]])

    def ask(self) -> None:
        """The next question."""
        self.line.send_unread(next(self._questions).call)


class _Bare:
    """The same questions to the engine."""

    def __init__(self, engine_url: str, some: Sequence[Question], first: int) -> None:
        self.line = Line(engine_url)
        self._questions = cycle([*some[first * 7 :], *some[: first * 7]])

    def ask(self) -> None:
        """The next question, in as many requests as the API makes."""
        for call in next(self._questions).engine:
            self.line.send_unread(call)


def _slice(users: Sequence[_Api | _Bare], seconds: float, side: Side) -> None:
    begun = time.perf_counter()
    results: list[Side] = [Side() for _ in users]

    def work(user: _Api | _Bare, result: Side) -> None:
        while (start := time.perf_counter()) < begun + seconds:
            try:
                user.ask()
            except (RuntimeError, OSError):
                result.errors += 1
            else:
                result.seconds.append(time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=each) for each in zip(users, results, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Until the last one is answered: what was begun in time is counted, and so is the time it took.
    side.lasted += time.perf_counter() - begun
    for result in results:
        side.seconds += result.seconds
        side.errors += result.errors
