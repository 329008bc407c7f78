"""A reader who listens to their bell all the time, and connects again with Last-Event-ID whenever they are cut off."""

from __future__ import annotations

import json
import threading
import uuid
from collections import Counter
from types import TracebackType
from typing import Any, Self

import httpx2

from embedded.process import wait_until

# A silence this long ends the connection from our side, too: being cut off is what is tried here.
SILENCE_S = 1.0
HEARD_S = 60.0


class Ear:
    """Hears from the moment it is entered."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx2.Client(
            base_url=address,
            headers={"Authorization": f"Bearer {token}"},
            timeout=httpx2.Timeout(10.0, read=SILENCE_S),
            trust_env=False,
        )
        self._thread = threading.Thread(target=self._listen, name="ear")
        self._stop = threading.Event()
        self._last = ""
        # By notice and by its place in the order: a notice that changes is told again under a new one.
        self._times: Counter[tuple[str, int]] = Counter()
        self._notices: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self._thread.start()
        assert wait_until(lambda: bool(self._last), timeout_s=HEARD_S), "the stream did not begin"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._client.close()

    def await_pairs(self, expected: set[tuple[uuid.UUID, uuid.UUID]]) -> None:
        """Return once all of them were heard, or when no more can be hoped for."""
        wait_until(lambda: expected <= self.pairs.keys(), timeout_s=HEARD_S)

    @property
    def pairs(self) -> Counter[tuple[uuid.UUID, uuid.UUID]]:
        """How many notices spoke of each (person, pool), of notices about one person."""
        heard = list(self._notices.values())
        return Counter(
            (uuid.UUID(notice["candidate"]["id"]), uuid.UUID(pool["id"]))
            for notice in heard
            if "candidate" in notice
            for pool in notice["pools"]
        )

    @property
    def repeated(self) -> list[str]:
        """The notices that were told twice without having changed."""
        return [notice for (notice, _), times in self._times.items() if times > 1]

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                with self._client.stream("GET", "/v1/notifications/stream", headers=self._since()) as answer:
                    if answer.status_code == 200:
                        self._read(answer)
            except httpx2.TransportError:
                pass
            self._stop.wait(0.1)

    def _since(self) -> dict[str, str]:
        return {"Last-Event-ID": self._last} if self._last else {}

    def _read(self, answer: httpx2.Response) -> None:
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.removeprefix(" ")
                continue
            # An event counts once it is whole: one that was cut off comes again.
            self._hear(fields)
            fields = {}
            if self._stop.is_set():
                return

    def _hear(self, fields: dict[str, str]) -> None:
        if fields.get("event") == "notice":
            notice = json.loads(fields["data"])
            self._notices[notice["id"]] = notice
            self._times[notice["id"], notice["seq"]] += 1
        elif fields.get("event") == "withdrawn":
            self._notices.pop(json.loads(fields["data"])["id"], None)
        if "id" in fields:
            self._last = fields["id"]
