"""Looks at the database, put together: whoever asks while others are being answered is answered with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

Asked = TypeVar("Asked")
Found = TypeVar("Found")


class Looks(Generic[Asked, Found]):
    """`look` answers many at once, in a thread: for each what it found, or the error that is the asker's alone.

    At most `threads` of them run at a time, of their own, so that no request waits for them.
    """

    def __init__(
        self, look: Callable[[Sequence[Asked]], Sequence[Found | Exception]], *, most: int, threads: int
    ) -> None:
        self._look = look
        self._most = most
        self._limiter = CapacityLimiter(threads)
        self._waiting: list[tuple[Asked, asyncio.Future[Found]]] = []
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, asked: Asked) -> Found:
        """What is found for this, or its error raised."""
        found: asyncio.Future[Found] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, found))
        if self._running < self._limiter.total_tokens:
            self._running += 1
            task = asyncio.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await found

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._answer()
        finally:
            # In the same step as the last look at who waits, so that nobody is left behind in between.
            self._running -= 1

    async def _answer(self) -> None:
        batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        # Whoever was cancelled meanwhile wants nothing any more.
        batch = [each for each in batch if not each[1].done()]
        if not batch:
            return
        answers: Sequence[Found | Exception]
        try:
            answers = await run_sync(self._look, [asked for asked, _ in batch], limiter=self._limiter)
        except Exception as error:  # noqa: BLE001  # whatever it is, each of those who asked is told
            answers = [error] * len(batch)
        for (_, found), answer in zip(batch, answers, strict=True):
            if found.done():
                continue
            if isinstance(answer, Exception):
                found.set_exception(answer)
            else:
                found.set_result(answer)
