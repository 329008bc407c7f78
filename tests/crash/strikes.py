"""What is killed and when: points drawn from a seed, and the striking itself. Always SIGKILL."""

from __future__ import annotations

import logging
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

import psutil
import redis

from embedded.process import wait_until
from tests.crash.product import BACK_S, Product

log = logging.getLogger(__name__)

Point = Literal[
    "api",
    "worker parent",
    "worker child",
    "beat",
    "redis",
    "redis emptied",
    "opensearch",
    "postgres",
    "postgres backend",
]
POINTS: tuple[Point, ...] = get_args(Point)
# All of them and the supervisor at the same moment. Not among the points: the start after it takes too long.
Everything = Literal["everything"]

# So many seeds in a row cover every point.
ROUND = 3
# On top of the points that a seed was dealt.
EXTRA = 2
# From sending a request: while it is handled, just after its answer, or while the worker has its person in hand.
LONGEST_DELAY_MS = 120


@dataclass(frozen=True)
class Strike:
    """Kill at this point, so long after person number `at` was sent; `settled`: only once all before was done."""

    point: Point | Everything
    at: int
    delay_ms: int
    settled: bool


def strikes_of(seed: int, people: int) -> list[Strike]:
    """The strikes of a seed in order. The last comes with the last person: nothing later wakes anybody for them."""
    dealt = list(POINTS)
    Random(f"deal {seed // ROUND}").shuffle(dealt)
    draw = Random(f"strikes {seed}")
    points = [*dealt[seed % ROUND :: ROUND], *draw.choices(POINTS, k=EXTRA)]
    draw.shuffle(points)
    times = [*sorted(draw.sample(range(2, people - 1), len(points) - 1)), people - 1]
    return [
        Strike(point, at, draw.randrange(LONGEST_DELAY_MS), settled=draw.random() < 0.5)
        for point, at in zip(points, times, strict=True)
    ]


class Striker:
    """Kills parts of a running product, and counts."""

    def __init__(self, product: Product, seed: int = 0) -> None:
        self._product = product
        self._draw = Random(f"victims {seed}")
        self.struck: Counter[str] = Counter()

    def strike(self, strike: Strike) -> None:
        """Wait for the moment, then kill; a part that is still down from before is killed once it is back."""
        # A moment drawn at random, not a condition awaited.
        time.sleep(strike.delay_ms / 1000)
        self.kill(strike.point)

    def kill(self, point: Point | Everything) -> None:
        """Kill now."""
        ways: dict[Point | Everything, Callable[[], None]] = {
            "api": lambda: self._kill("api"),
            "worker parent": lambda: self._kill("worker"),
            "worker child": lambda: self._kill_child("worker", ""),
            "beat": lambda: self._kill("beat"),
            "redis": lambda: self._kill("valkey"),
            "redis emptied": self._empty_redis,
            "opensearch": lambda: self._kill("opensearch"),
            "postgres": self._kill_postgres,
            # A session of ours, not a process of the server's own: its title names role and database.
            "postgres backend": lambda: self._kill_child("postgres", "micropools micropools"),
            "everything": self._product.cut_power,
        }
        ways[point]()
        self.struck[point] += 1
        log.info("Killed: %s.", point)

    def _kill(self, name: str) -> None:
        self._product.await_process(name).kill()

    def _kill_child(self, name: str, title: str) -> None:
        def killed() -> bool:
            parent = self._product.process(name)
            children = [child for child in below(parent) if title in " ".join(command_of(child))] if parent else []
            if children:
                kill_all([self._draw.choice(children)])
            return bool(children)

        assert wait_until(killed, timeout_s=BACK_S), f"{name} has no children"

    def _kill_postgres(self) -> None:
        postmaster = self._product.await_process("postgres")
        kill_all([postmaster, *below(postmaster)])

    def _empty_redis(self) -> None:
        """Kill it and take its file away before it is started again; empty it once more in case we were too slow."""
        self._kill("valkey")
        shutil.rmtree(self._product.home / "valkey" / "appendonlydir", ignore_errors=True)

        def emptied() -> bool:
            try:
                with redis.Redis.from_url(self._product.urls.redis_url, socket_timeout=2) as client:
                    return bool(client.flushall())
            except redis.RedisError:
                return False

        assert wait_until(emptied, timeout_s=BACK_S), "Redis did not come back"


def below(process: psutil.Process) -> list[psutil.Process]:
    """All processes it started, and theirs."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def command_of(process: psutil.Process) -> list[str]:
    """Its command line, empty when it has ended."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def kill_all(processes: list[psutil.Process]) -> None:
    """SIGKILL, at once."""
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
