"""Another system on this machine: it takes webhooks, verifies each signature by itself, and fails as it is told to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from tests.notifications.serving import serving, whole_body

Fault = tuple[int, dict[str, str]] | Literal["hang", "drop", "drip"]


@dataclass
class Arrived:
    """A delivery as it came, and which of the receiver's secrets sign it."""

    path: str
    id: str
    content: dict[str, Any]
    signed_with: list[str]

    @property
    def people(self) -> list[tuple[str, str]]:
        """(candidate, pool) each."""
        return [(each["candidate"], each["pool"]) for each in self.content["data"]["people"]]


class Receiver:
    """Takes deliveries; `faults` by path say how it answers otherwise than 204."""

    def __init__(self) -> None:
        self.arrived: list[Arrived] = []
        self.secrets: list[str] = []
        self.faults: dict[str, Fault] = {}
        self.over = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """One delivery."""

            def do_POST(self) -> None:
                """Verify it, keep it and answer."""
                if (body := whole_body(self)) is None:
                    return
                receiver.arrived.append(receiver.verified(self.path, dict(self.headers.items()), body))
                fault = receiver.faults.get(self.path, (204, {}))
                if fault == "hang":
                    receiver.over.wait()
                elif fault == "drop":
                    self.close_connection = True
                elif fault == "drip":
                    self._drip()
                else:
                    self.send_response(fault[0])
                    for name, value in fault[1].items():
                        self.send_header(name, value)
                    self.end_headers()

            def _drip(self) -> None:
                """An answer without an end, each byte in time."""
                try:
                    while not receiver.over.wait(0.02):
                        self.wfile.write(b"x")
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def verified(self, path: str, headers: dict[str, str], body: bytes) -> Arrived:
        """By the steps of the specification."""
        assert headers["Content-Type"] == "application/json"
        moment = headers["webhook-timestamp"]
        assert abs(time.time() - int(moment)) < 300
        signed = b".".join((headers["webhook-id"].encode(), moment.encode(), body))
        given = [part.split(",", 1) for part in headers["webhook-signature"].split(" ")]
        assert all(version == "v1" for version, _ in given)
        signing = []
        for secret in self.secrets:
            mark, _, key = secret.partition("_")
            assert mark == "whsec"
            digest = hmac.digest(base64.b64decode(key), signed, hashlib.sha256)
            if any(hmac.compare_digest(base64.b64decode(each), digest) for _, each in given):
                signing.append(secret)
        return Arrived(path, headers["webhook-id"], json.loads(body), signing)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver for a while."""
    made = Receiver()
    with serving(made.server, made.over):
        yield made
