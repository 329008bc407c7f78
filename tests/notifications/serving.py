"""Local servers that stand in for the outside world, for as long as a test needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serving(server: ThreadingHTTPServer, over: threading.Event) -> Iterator[None]:
    """Answer until the end of the block; `over` is set then, for answers that wait for it."""
    running = threading.Thread(target=server.serve_forever)
    running.start()
    try:
        yield
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        running.join()


def whole_body(handler: BaseHTTPRequestHandler) -> bytes | None:
    """The body of a request; None where its sender ended before all of it was there: then nothing came."""
    length = int(handler.headers.get("Content-Length") or 0)
    body = handler.rfile.read(length)
    if len(body) == length:
        return body
    handler.close_connection = True
    return None
