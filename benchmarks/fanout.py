"""`fanout_ms`: from sending the POST of a candidate until each of many open event streams of one API process has the
notice of them; and what a stream takes of that process's memory.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson
import psutil

from benchmarks.crowd import Reader, add, candidate, pools_of_topics
from benchmarks.far_ends import FarEnds
from benchmarks.post_to_bell import Sender
from benchmarks.product import Product
from benchmarks.quantiles import milliseconds
from embedded import running

NAME = "fanout"
PATIENCE_S = 30.0
# Browsers do not all come in the same moment.
OPENING_AT_ONCE = 20


class Ears(threading.Thread):
    """Many open streams, and when each had its latest notice."""

    def __init__(self, address: str, readers: Sequence[Reader]) -> None:
        super().__init__(daemon=True, name="ears")
        self._place = urlsplit(address)
        self._readers = readers
        self._changed = threading.Condition()
        self._open = 0
        self._heard: dict[str, list[float]] = {}
        self._uncounted: set[int] = set()

    def connect(self) -> None:
        """Return once all of them are open."""
        self.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self._open == len(self._readers), 4 * PATIENCE_S):
                raise RuntimeError(f"Only {self._open} of {len(self._readers)} event streams opened.")

    def wait_for(self, person: str) -> list[float]:
        """When the streams had the notice of somebody; of those that did not, nothing. Returns once all have the number
        beside the bell, too, which follows by itself a moment later.
        """
        every = len(self._readers)
        with self._changed:
            self._changed.wait_for(lambda: len(self._heard.get(person, ())) == every, PATIENCE_S)
            self._changed.wait_for(lambda: not self._uncounted, PATIENCE_S)
            return list(self._heard.get(person, ()))

    def run(self) -> None:
        """Read all of them."""
        asyncio.run(self._listen())

    async def _listen(self) -> None:
        gate = asyncio.Semaphore(OPENING_AT_ONCE)
        await asyncio.gather(*(self._hear(reader, gate) for reader in self._readers))

    async def _hear(self, reader: Reader, gate: asyncio.Semaphore) -> None:
        async with gate:
            lines, asking = await asyncio.open_connection(str(self._place.hostname), self._place.port or 80)
            asking.write(
                f"GET /v1/notifications/stream HTTP/1.1\r\nHost: {self._place.netloc}\r\n"
                f"Authorization: Bearer {reader.token}\r\n\r\n".encode()
            )
            while not (line := await lines.readline()).startswith(b"event: "):
                if not line:
                    raise RuntimeError("An event stream ended before it began.")
            with self._changed:
                self._open += 1
                self._changed.notify_all()
        kind = b""
        while line := await lines.readline():
            if line.startswith(b"event: "):
                kind = line[7:].strip()
            elif line.startswith(b"data: ") and kind == b"notice":
                at = time.perf_counter()
                person = str(orjson.loads(line[6:]).get("candidate", {}).get("id"))
                with self._changed:
                    self._heard.setdefault(person, []).append(at)
                    self._uncounted.add(reader.number)
                    self._changed.notify_all()
            elif line.startswith(b"data: ") and kind == b"unseen":
                with self._changed:
                    self._uncounted.discard(reader.number)
                    self._changed.notify_all()


def measure(
    product: Product, far: FarEnds, first: int, streams: int, rings: int, warm: int, step: Callable[[int], None]
) -> dict[str, Any]:
    """The keys of the report, and how many notices never came. All readers track one pool."""
    (pool,) = pools_of_topics(product, NAME, 1, step)
    readers = add(far, first, [[pool]] * streams, lambda _: None)
    api = _api(product)
    before = api.memory_info().rss
    ears = Ears(product.address, readers)
    ears.connect()
    opened = api.memory_info().rss
    took: list[float] = []
    firsts: list[float] = []
    lost = 0
    for at in range(warm + rings):
        # Another connection each time: one that nobody used for 5 s is closed.
        sender = Sender(product)
        begun = time.perf_counter()
        person = sender.post(orjson.dumps(candidate(NAME, 0)))
        heard = ears.wait_for(person)
        lost += streams - len(heard)
        if at >= warm and heard:
            took += [each - begun for each in heard]
            firsts.append(min(heard) - begun)
        step(at + 1)
    after = api.memory_info().rss
    return {
        "fanout_ms": milliseconds(took, 50, 95),
        "fanout_kb_per_stream": round((after - before) / streams / 1_000, 1),
        "fanout": {
            "streams": streams,
            "rings": rings,
            "first_ms": milliseconds(firsts, 50, 95),
            "kb_per_stream_before_it_rang": round((opened - before) / streams / 1_000, 1),
        },
        "fanout_lost": lost,
    }


def _api(product: Product) -> psutil.Process:
    (pid,) = [each.pid for each in running.processes(product.home) if each.name == "api"]
    return psutil.Process(pid)
