"""The same work by one client, or by several processes that begin at the same moment."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

# A client that failed before the start would leave the others waiting.
START_S = 60.0


class Client:
    """One side of a comparison: what to connect, what to ask, and how. Everything in it can be sent to a process."""

    def __init__(self, connect: Callable[[str], Any], ask: Callable[[Any, Sequence[Any]], Any], url: str) -> None:
        self._connect = connect
        self._ask = ask
        self._url = url

    def answers(self, asked: Sequence[Any]) -> Any:
        """The answers, for checking."""
        with self._connect(self._url) as connection:
            return self._ask(connection, asked)

    def seconds(self, asked: Sequence[Any], warm: int, start: Barrier | None = None) -> float:
        """How long all of it takes, connected and warmed up first."""
        with self._connect(self._url) as connection:
            self._ask(connection, asked[:warm])
            if start is not None:
                start.wait(START_S)
            begun = time.perf_counter()
            self._ask(connection, asked)
            return time.perf_counter() - begun


def rate(client: Client, asked: Sequence[Any], clients: int, warm: int) -> float:
    """Questions answered per second by this many clients, each with its share of the questions."""
    if clients == 1:
        return len(asked) / client.seconds(asked, warm)
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager:
        start = manager.Barrier(clients)
        with context.Pool(clients) as processes:
            each = processes.starmap(client.seconds, [(asked[n::clients], warm, start) for n in range(clients)], 1)
    return len(asked) / max(each)
