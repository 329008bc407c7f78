"""A worker's process that is killed between any two of its steps, and what has to hold of what arrived."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from records.database import session

# (delivery, all by which a far end can tell that it has it already)
Arrived = tuple[uuid.UUID, str]


@dataclass(frozen=True)
class Way:
    """One on which something leaves: a channel, or webhooks."""

    name: str
    # So many deliveries come of what `happens`.
    each: int
    happens: Callable[[int], None]
    arrived: Callable[[], list[Arrived]]
    states: Callable[[], dict[uuid.UUID, str]]
    the_next_one_works: Callable[[], None]
    # What else has to hold at the end, by the states as they were when the worker died, and where that was.
    holds: Callable[[dict[uuid.UUID, str], str], None]


class Worker:
    """The process that is killed."""

    def __init__(self, way: str, process: subprocess.Popen[str]) -> None:
        self._way, self._process = way, process

    def works(self, last: int = 0) -> tuple[int, int]:
        """Have it route and send, and die before line `last`. If it did not die: how many lines it ran, and which is
        the first one after a far end's answer.
        """
        before = backends()
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(f"{self._way} {last}\n")
        self._process.stdin.flush()
        ended, lines, answered = map(int, self._process.stdout.readline().split())
        assert ended == (signal.SIGKILL if last else 0)
        # What it held is held until PostgreSQL has noticed, too.
        ends = time.monotonic() + 20
        while backends() - before:
            assert time.monotonic() < ends
            time.sleep(0.01)
        return lines, answered


def backends() -> set[int]:
    """Of this database."""
    with session() as db:
        return set(db.scalars(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")))


@contextmanager
def worker(way: str) -> Iterator[Worker]:
    """The process, after the far end is in the environment."""
    command = [sys.executable, "-m", "tests.notifications.mortal"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Worker(way, process)


def killed(way: Way, seed: int, times: int) -> Counter[str]:
    """Kill a worker so many times, each between two other steps; what came of it. The far end is in the environment."""
    came: Counter[str] = Counter()
    with worker(way.name) as mortal:
        way.happens(0)
        # The first time, things are made that are there from then on; the second time tells how many steps there are.
        mortal.works()
        way.happens(0)
        lines, answered = mortal.works()
        came["steps"] = lines
        # One of them has the answer and did not note it yet: that delivery has to come twice.
        drawn = {answered, *random.Random(seed).sample(range(1, lines + 1), times - 1)}
        for number, last in enumerate(sorted(drawn), 1):
            way.happens(number)
            seen = len(way.arrived())
            mortal.works(last)
            at_death = way.states()
            way.the_next_one_works()
            arrived = way.arrived()[seen:]
            told = Counter(delivery for delivery, _ in arrived)
            where = f"killed before step {last}"
            assert set(way.states().values()) == {"sent"}, where
            way.holds(at_death, where)
            assert set(told) == set(way.states()) and len(told) == way.each, where
            assert len(set(arrived)) == len(told), "what comes twice comes under the same id"
            for delivery, so_often in told.items():
                assert so_often <= (2 if at_death.get(delivery) == "waiting" else 1), where
            twice = sum(so_often == 2 for so_often in told.values())
            assert twice <= 1, "only the one that was under way"
            assert twice == 1 or last != answered
            came["kills"] += 1
            came["told"] += len(told)
            came["twice"] += twice
    return came


def say(record: Callable[[str, object], None], name: str, came: Counter[str]) -> None:
    """Have the report of the run count it."""
    record(
        "notices",
        f"{name}: {came['kills']} kills between {came['steps']} steps, {came['told']} deliveries,"
        f" 0 lost, {came['twice']} came twice under the same id",
    )
