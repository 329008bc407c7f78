"""Open event streams of this process, and how they learn that a bell changed.

Redis tells at once; because a message can be lost (or Redis be down), one statement every two seconds compares where
every connected reader's bell stands. A stream itself always reads PostgreSQL: hints carry no content.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import uuid
from collections.abc import AsyncIterator, Iterable

import redis.asyncio
from redis.exceptions import RedisError
from starlette.concurrency import run_in_threadpool

from core.errors import Unavailable
from core.settings import settings
from notifications.wake import CHANNEL, listen_here, sender, stop_listening_here
from records.database import session
from records.repositories import notices, reindexing

log = logging.getLogger(__name__)

# A lost hint delays a bell by this much at most.
LOOK_S = 2.0
# Pause before the broker is tried again.
RECONNECT_S = 1.0
# Pause before a task is told once more to end.
CANCEL_S = 0.1


class Listener:
    """One open stream."""

    def __init__(self, reader: uuid.UUID) -> None:
        self.reader = reader
        self.changed = asyncio.Event()
        self.seq = 0
        # Whether this reader is told of the product itself, too: of a reindex and how far it is.
        self.watches_jobs = False


class Streams:
    """All open streams of this process."""

    def __init__(self) -> None:
        self._by_reader: dict[uuid.UUID, set[Listener]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._job_stamp = ""

    async def start(self) -> None:
        """Begin to listen and to look."""
        self._loop = asyncio.get_running_loop()
        listen_here(self._ring_from_elsewhere)
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._look())]

    async def stop(self) -> None:
        """End both."""
        stop_listening_here(self._ring_from_elsewhere)
        pending = set(self._tasks)
        while pending:
            # Again until it works: the Redis client can take a cancellation for a timeout of its own and go on.
            for task in pending:
                task.cancel()
            _, pending = await asyncio.wait(pending, timeout=CANCEL_S)

    @contextlib.asynccontextmanager
    async def listener(self, reader: uuid.UUID) -> AsyncIterator[Listener]:
        """A stream of this reader, for as long as it is open."""
        listener = Listener(reader)
        self._by_reader.setdefault(reader, set()).add(listener)
        try:
            yield listener
        finally:
            self._by_reader[reader].discard(listener)
            if not self._by_reader[reader]:
                del self._by_reader[reader]

    def count(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._by_reader.values()))

    def _ring(self, readers: Iterable[uuid.UUID]) -> None:
        for reader in readers:
            for listener in self._by_reader.get(reader, ()):
                listener.changed.set()

    def _ring_from_elsewhere(self, readers: Iterable[uuid.UUID]) -> None:
        # The loop may be closing while a thread still commits; whoever listened is gone then.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ring, readers)

    async def _listen(self) -> None:
        while True:
            broker = redis.asyncio.Redis.from_url(settings().redis_url)
            try:
                async with broker.pubsub() as hints:
                    await hints.subscribe(CHANNEL)
                    async for hint in hints.listen():
                        if hint["type"] == "message":
                            who, *readers = map(uuid.UUID, hint["data"].decode().split())
                            if who != sender(os.getpid()):
                                self._ring(readers)
            except (RedisError, OSError, ValueError) as error:
                log.warning("No hints from Redis, streams look every %.0f s: %s", LOOK_S, error)
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await broker.aclose()
            await asyncio.sleep(RECONNECT_S)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if not self._by_reader:
                continue
            watching = [each for some in self._by_reader.values() for each in some if each.watches_jobs]
            try:
                standing = await run_in_threadpool(_standing, list(self._by_reader))
                stamp = await run_in_threadpool(_job_stamp) if watching else ""
            except Unavailable:
                continue
            if watching and stamp != self._job_stamp:
                self._job_stamp = stamp
                for listener in watching:
                    listener.changed.set()
            for reader, seq in standing.items():
                if any(listener.seq < seq for listener in self._by_reader.get(reader, ())):
                    self._ring([reader])


def _standing(readers: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    with session() as db:
        return notices.bell_seqs(db, readers)


def _job_stamp() -> str:
    with session() as db:
        return reindexing.stamp(db)
