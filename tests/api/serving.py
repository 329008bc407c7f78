"""The product behind a real server in this process, and a reader of event streams."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from web.app import create_app

# Far above what anything here takes, so that only what never comes fails.
PATIENCE_S = 20.0


@contextmanager
def served(port: int = 0) -> Iterator[str]:
    """An address at which the product answers, with its lifespan and its event streams; any free port, or this one."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(create_app(), log_level="warning", ws="none", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), name="served")
    thread.start()
    try:
        # The socket listens already: a request waits until somebody answers.
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listening.close()
        assert not thread.is_alive()


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    kind: str
    data: Any
    id: str | None


class Stream:
    """An open event stream. Reading waits for the next event, and fails after PATIENCE_S."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines

    def next(self) -> Event | None:
        """The next event; None when the stream has ended."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                return Event(fields["event"], json.loads(fields["data"]), fields.get("id"))
        return None

    def read(self, *kinds: str) -> list[Event]:
        """The next events, which must be of these kinds."""
        events: list[Event] = []
        for _ in kinds:
            event = self.next()
            assert event is not None, f"the stream ended after {events}"
            events.append(event)
        assert tuple(event.kind for event in events) == kinds, events
        return events

    def until(self, kind: str) -> Event:
        """The next event of this kind; others before it are passed over."""
        while (event := self.next()) is not None:
            if event.kind == kind:
                return event
        raise AssertionError(f"the stream ended without {kind}")

    def ends(self) -> list[Event]:
        """Read until the stream ends; what came before that."""
        events: list[Event] = []
        while (event := self.next()) is not None:
            events.append(event)
        return events


@contextmanager
def opened(address: str, token: str, last_event_id: str | None = None) -> Iterator[Stream]:
    """The bell of whoever has this token, live."""
    more = {"Last-Event-ID": last_event_id} if last_event_id else {}
    with opened_with(address, {"Authorization": f"Bearer {token}"} | more) as stream:
        yield stream


@contextmanager
def opened_with(address: str, headers: dict[str, str]) -> Iterator[Stream]:
    """The bell of whoever shows these headers, live."""
    with (
        httpx2.Client(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{address}/v1/notifications/stream", headers=headers) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.iter_lines())
