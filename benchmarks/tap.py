"""The very requests that the API sends to the engine, written down on their way.

The application runs in this process for it, with a listener between it and the engine; what is measured later is sent
from here to the engine itself.
"""

from __future__ import annotations

import http.client
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi.testclient import TestClient

from api.app import create_app
from benchmarks.floor import Call
from core.settings import settings
from engine.process import forget_engine

_KEPT: Final = ("content-type", "content-encoding")


class Tap:
    """Asks the application, and says which engine requests that made."""

    def __init__(self, client: TestClient, heard: list[Call]) -> None:
        self._client = client
        self._heard = heard

    def calls(self, token: str, body: dict[str, Any]) -> list[Call]:
        """The engine requests of one search, in order."""
        self._heard.clear()
        answer = self._client.post("/v1/search", json=body, headers={"Authorization": f"Bearer {token}"})
        if answer.status_code != 200:
            raise RuntimeError(f"{body}: {answer.status_code} {answer.text}")
        return list(self._heard)


@contextmanager
def tapped(engine_url: str) -> Iterator[Tap]:
    """For the length of the block this process reaches the engine through the listener."""
    heard: list[Call] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(engine_url, heard))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True, name="tap").start()
    before = os.environ["OPENSEARCH_URL"]
    _reach(f"http://127.0.0.1:{server.server_port}")
    try:
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        # Without its lifespan: no express lane, no event streams.
        yield Tap(TestClient(create_app()), heard)
    finally:
        _reach(before)
        server.shutdown()
        server.server_close()


def _reach(engine_url: str) -> None:
    os.environ["OPENSEARCH_URL"] = engine_url
    settings.cache_clear()
    forget_engine()


def _handler(engine_url: str, heard: list[Call]) -> type[BaseHTTPRequestHandler]:
    place = urlsplit(engine_url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            kind = self.headers.get("content-type", "application/json")
            heard.append(Call("POST", self.path, body, kind))
            connection = http.client.HTTPConnection(str(place.hostname), place.port or 9200)
            connection.request("POST", self.path, body, {"content-type": kind})
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            self.send_response(answer.status)
            for name in _KEPT:
                if value := answer.getheader(name):
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: what passes is written down."""

    return Handler
