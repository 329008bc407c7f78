"""A connected tracker: one open event stream, and when each notice arrived on it."""

from __future__ import annotations

import http.client
import queue
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import orjson

PATIENCE_S = 30.0


class Tracker(threading.Thread):
    """Listens to the stream of one user until the process ends."""

    def __init__(self, address: str, token: str) -> None:
        super().__init__(daemon=True, name="tracker")
        self._address = urlsplit(address)
        self._token = token
        self._open = threading.Event()
        self._heard: queue.SimpleQueue[tuple[float, dict[str, Any]]] = queue.SimpleQueue()

    def connect(self) -> None:
        """Return once the stream is open."""
        self.start()
        if not self._open.wait(PATIENCE_S):
            raise RuntimeError("The event stream did not open.")

    def run(self) -> None:
        """Read the stream; a notice is noted with the moment at which its data had arrived."""
        connection = http.client.HTTPConnection(str(self._address.hostname), self._address.port or 80)
        connection.request("GET", "/v1/notifications/stream", headers={"Authorization": f"Bearer {self._token}"})
        answer = connection.getresponse()
        kind = b""
        while line := answer.readline():
            if line.startswith(b"event: "):
                kind = line[7:].strip()
                self._open.set()
            elif line.startswith(b"data: ") and kind == b"notice":
                self._heard.put((time.perf_counter(), orjson.loads(line[6:])))

    def wait_for(self, candidate: str) -> float:
        """When the notice about this candidate had arrived; notices about others are passed over."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                at, notice = self._heard.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise RuntimeError(f"No bell rang for {candidate} within {PATIENCE_S:.0f} s.") from None
            if notice.get("candidate", {}).get("id") == candidate:
                return at
