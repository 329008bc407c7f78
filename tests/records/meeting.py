"""Two transactions that meet: one runs beside the other until it has to wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sqlalchemy import text

from records.database import Session, database, session

# Far more than any wait of these tests; only a test that fails takes this long.
PATIENCE_S = 30.0

_WAITING = text("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = :pid AND wait_event_type = 'Lock')")

_SOMEBODY_WAITS = text(
    "SELECT EXISTS (SELECT FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active')"
)


def await_a_wait() -> None:
    """Return once anybody's statement waits for a lock in this database."""
    deadline = time.monotonic() + PATIENCE_S
    with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(_SOMEBODY_WAITS):
            assert time.monotonic() < deadline, "nobody waits"
            time.sleep(0.005)


class Beside:
    """Work in another transaction of another thread, committed at its end; leaving the block waits for it.

    `waits()` returns once the work has to wait for a lock, and tells whether it did before it ended.
    """

    def __init__(self, work: Callable[[Session], object]) -> None:
        self._work = work
        self._pid: int | None = None
        self._ended = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            with session() as db:
                self._pid = db.scalar(text("SELECT pg_backend_pid()"))
                self._work(db)
                db.commit()
        except BaseException as failure:  # noqa: BLE001 - raised again where the test can see it
            self.failure = failure
        finally:
            self._ended.set()

    def waits(self) -> bool:
        """True once it waits for somebody, False if it ended without."""
        deadline = time.monotonic() + PATIENCE_S
        with database().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while time.monotonic() < deadline:
                if self._pid is not None and connection.scalar(_WAITING, {"pid": self._pid}):
                    return True
                if self._ended.wait(0.005):
                    return False
        raise TimeoutError("neither waiting nor done")

    def ended(self) -> None:
        """Wait for the end, and raise what it raised."""
        assert self._ended.wait(PATIENCE_S), "it still waits for somebody"
        if self.failure is not None:
            raise self.failure

    def expected_failure(self) -> BaseException | None:
        """Wait for the end, and give what it raised instead of raising it."""
        assert self._ended.wait(PATIENCE_S), "it still waits for somebody"
        failure, self.failure = self.failure, None
        return failure

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._ended.wait(PATIENCE_S)
        if kind is None and self.failure is not None:
            raise self.failure
