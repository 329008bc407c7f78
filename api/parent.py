"""A server process that is one of several ends with the one that started it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def end_with_parent() -> None:
    """Begin to end, as after SIGTERM, once the parent is gone.

    uvicorn's server processes outlive a parent that was killed and keep its port, so no other could start.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent", daemon=True).start()
