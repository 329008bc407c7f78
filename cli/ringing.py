"""The main job, timed: post a person, hear the bells of everyone who tracks a pool they fell into."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from cli.accounts import Login
from cli.console import Api

# Nobody should wait a tenth of this; after it the demo says that the bell did not ring.
PATIENCE_S = 30.0


class Ear(threading.Thread):
    """One reader's open event stream; notes when each notice arrived."""

    def __init__(self, address: str, login: Login) -> None:
        super().__init__(daemon=True)
        self.login = login
        self.open = threading.Event()
        self.heard = threading.Condition()
        self.notices: list[tuple[float, dict[str, Any]]] = []
        self._address = address

    def run(self) -> None:
        """Read the stream until it or the process ends."""
        # The product may be stopped while we listen; what was heard until then stands.
        with contextlib.suppress(httpx2.TransportError):
            self._listen()

    def _listen(self) -> None:
        headers = {"Authorization": f"Bearer {self.login.token}"}
        url = f"{self._address}/v1/notifications/stream"
        with httpx2.stream("GET", url, headers=headers, timeout=None) as answer:
            kind = ""
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                    self.open.set()
                elif line.startswith("data: ") and kind == "notice":
                    with self.heard:
                        self.notices.append((time.perf_counter(), json.loads(line.removeprefix("data: "))))
                        self.heard.notify_all()

    def wait_for(self, candidate: str) -> tuple[float, dict[str, Any]] | None:
        """When the notice about this candidate came, and the notice; None if it did not come in time."""
        deadline = time.monotonic() + PATIENCE_S
        with self.heard:
            while True:
                for at, notice in self.notices:
                    if notice.get("candidate", {}).get("id") == candidate:
                        return at, notice
                left = deadline - time.monotonic()
                if left <= 0 or not self.heard.wait(left):
                    return None


@dataclass(slots=True)
class Rung:
    """What happened, with milliseconds from sending the POST."""

    candidate: str
    accepted_ms: float
    pools: list[dict[str, Any]]
    bells: list[tuple[Login, float, dict[str, Any]]] = field(default_factory=list)

    @property
    def last_bell_ms(self) -> float:
        """When the last bell had rung."""
        return max((ms for _, ms, _ in self.bells), default=float("nan"))


def listen(address: str, logins: Sequence[Login]) -> list[Ear]:
    """Open the streams and wait until all are."""
    ears = [Ear(address, login) for login in logins]
    for ear in ears:
        ear.start()
    for ear in ears:
        ear.open.wait(PATIENCE_S)
    return ears


def post_and_hear(api: Api, ears: Sequence[Ear], person: Mapping[str, Any]) -> Rung:
    """Post the person and wait for each reader's bell."""
    sent = time.perf_counter()
    receipt = api.call("POST", "/v1/candidates", dict(person))
    accepted = (time.perf_counter() - sent) * 1000
    rung = Rung(receipt["id"], accepted, [])
    for ear in ears:
        heard = ear.wait_for(receipt["id"])
        if heard is not None:
            rung.bells.append((ear.login, (heard[0] - sent) * 1000, heard[1]))
    rung.pools = api.call("GET", f"/v1/candidates/{receipt['id']}/pools")
    return rung
