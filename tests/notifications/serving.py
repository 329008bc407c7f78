"""Local servers that stand in for the outside world, for as long as a test needs them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer


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
