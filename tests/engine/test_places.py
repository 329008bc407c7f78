"""A hanging engine holds up so many threads and no more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.settings import Settings
from embedded.process import wait_until
from engine.client import PLACES, connect
from engine.errors import EngineUnavailable


def test_when_all_places_wait_the_next_request_is_refused_until_one_is_free() -> None:
    go_on = threading.Event()
    waiting: list[str] = []

    class Hanging(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            waiting.append(self.path)
            go_on.wait()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hanging)
    threading.Thread(target=server.serve_forever).start()
    engine = connect(Settings(OPENSEARCH_URL=f"http://127.0.0.1:{server.server_port}"))
    try:
        with ThreadPoolExecutor(PLACES) as askers:
            asked = [askers.submit(engine.call, "GET", "/") for _ in range(PLACES)]
            assert wait_until(lambda: len(waiting) == PLACES, timeout_s=30)
            with pytest.raises(EngineUnavailable, match="too many"):
                engine.call("GET", "/")
            go_on.set()
            assert [each.result() for each in asked] == [{}] * PLACES
        assert engine.call("GET", "/") == {}
    finally:
        go_on.set()
        engine.close()
        server.shutdown()
        server.server_close()
