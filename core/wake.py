"""Waking a worker after a commit, without ever making the caller wait for the broker."""

from __future__ import annotations

import logging
import threading

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from core.broker import CHECK, DELIVER, EXPIRES_S, REINDEX, WAKE_CANDIDATES, WAKE_POOLS, celery

log = logging.getLogger(__name__)


class Waker:
    """One thread that sends wake-ups. Calls that come while it is sending become one message."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._thread: threading.Thread | None = None

    def candidates(self) -> None:
        """Candidates wait in the outbox."""
        self._want(WAKE_CANDIDATES)

    def pools(self) -> None:
        """Pools wait in the outbox."""
        self._want(WAKE_POOLS)

    def reindex(self) -> None:
        """A reindex has something to do."""
        self._want(REINDEX)

    def checks(self) -> None:
        """A check was asked for."""
        self._want(CHECK)

    def couriers(self) -> None:
        """Notices wait to be told on other channels than the bell."""
        self._want(DELIVER)

    def _want(self, task: str) -> None:
        with self._lock:
            self._wanted.add(task)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._send_all, name="waker", daemon=True)
                self._thread.start()
        self._something.set()

    def _send_all(self) -> None:
        while True:
            self._something.wait()
            self._something.clear()
            with self._lock:
                tasks, self._wanted = self._wanted, set()
            for task in sorted(tasks):
                try:
                    celery().send_task(task, expires=EXPIRES_S, retry=False)
                except (OperationalError, RedisError, OSError) as error:
                    log.warning("No wake-up for %s, the sweep will find the work: %s", task, error)


waker = Waker()
