"""The worker's way with one person, taken in steps that a test decides: percolate, index, store.

The product's own `_work` runs in a thread of its own and is held before each of the three.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from sqlalchemy import text

import indexer.drain
from percolators import registration
from percolators.drain import drain_pools
from percolators.matching import match
from percolators.recording import record
from records.database import database

Step = Literal["percolate", "index", "store"]

# Only a test that fails waits this long.
PATIENCE_S = 60.0
END = "end"


class Course:
    """One person on their way, and before which step of the registration each of theirs is taken."""

    def __init__(self, person: uuid.UUID, percolate: str, index: str, store: str) -> None:
        self.person = person
        self.at: dict[Step, str] = {"percolate": percolate, "index": index, "store": store}
        self._may: dict[Step, threading.Event] = {step: threading.Event() for step in self.at}
        self._did: dict[Step, threading.Event] = {step: threading.Event() for step in self.at}
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def take(self, moment: str) -> None:
        """Take the steps that are due at this moment."""
        for step, at in self.at.items():
            if at == moment:
                if not self._thread.ident:
                    self._thread.start()
                    assert self._ready.wait(PATIENCE_S), "the person was never read"
                self._may[step].set()
                assert self._did[step].wait(PATIENCE_S), f"{step} never ended"
                if self._failure is not None:
                    raise self._failure

    def _run(self) -> None:
        try:
            with database().connect() as connection:
                rows = text("SELECT id FROM outbox WHERE entity_id = :person")
                ids = list(connection.scalars(rows, {"person": self.person}))
            indexer.drain._work(ids)
        except BaseException as failure:  # noqa: BLE001 - raised again in the test's own thread
            self._failure = failure
        finally:
            self._ready.set()
            for did in self._did.values():
                did.set()

    def held(self, step: Step, work: Callable[[], Any]) -> Any:
        """Do the work of a step once it may be done. What is done again (another look) is not held."""
        if self._did[step].is_set():
            return work()
        if step == "percolate":
            self._ready.set()
        assert self._may[step].wait(PATIENCE_S), f"{step} was never allowed"
        try:
            return work()
        finally:
            if step != "store":  # that one has ended when it is committed
                self._did[step].set()


@contextmanager
def held(courses: Sequence[Course]) -> Iterator[None]:
    """The worker takes its steps with these people when their courses say so."""
    by_person = {course.person: course for course in courses}
    # As it is by now: a test may have put something else in its place.
    write = vars(indexer.drain)["write"]

    def held_match(documents: dict[uuid.UUID, Any], *more: Any) -> Any:
        return by_person[next(iter(documents))].held("percolate", lambda: match(documents, *more))

    def held_write(live: Any, documents: Sequence[dict[str, Any]]) -> Any:
        return by_person[uuid.UUID(documents[0]["id"])].held("index", lambda: write(live, documents))

    def held_record(db: Any, subjects: dict[uuid.UUID, Any], *more: Any, **named: Any) -> Any:
        return by_person[next(iter(subjects))].held("store", lambda: record(db, subjects, *more, **named))

    with ThreadPoolExecutor(max(1, len(courses))) as lane, pytest.MonkeyPatch.context() as patch:
        patch.setattr(indexer.drain, "match", held_match)
        patch.setattr(indexer.drain, "write", held_write)
        patch.setattr(indexer.drain, "record", held_record)
        patch.setattr(indexer.drain, "_lane", lambda: lane)
        yield


@contextmanager
def before_steps(steps: Sequence[str], happen: Callable[[str], None]) -> Iterator[None]:
    """Call `happen` before each step of a registration, once."""

    def announced(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        told: list[str] = []

        def announcing(*arguments: Any, **named: Any) -> Any:
            if not told:
                told.append(name)
                happen(name)
            return real(*arguments, **named)

        return announcing

    with pytest.MonkeyPatch.context() as patch:
        for name in steps:
            patch.setattr(registration, name, announced(name, getattr(registration, name)))
        yield


def register_beside(steps: Sequence[str], happen: Callable[[str], None]) -> None:
    """One registration; something happens before each of its steps, and at the end."""
    with before_steps(steps, happen):
        assert drain_pools() == 1
    happen(END)
