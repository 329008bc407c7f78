"""The express lane: what was just written is worked off without a worker; what it cannot do is left to one."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence

import pytest

from core.errors import Unavailable
from core.wake import waker
from indexer import express as module
from indexer.drain import Drained, drain_batch, drain_people
from indexer.express import ExpressLane
from records import outbox
from records.database import session
from tests.installation import Installation

PATIENCE_S = 30.0


@pytest.fixture
def lane() -> Iterator[ExpressLane]:
    """A lane that takes people."""
    made = ExpressLane()
    made.start()
    yield made
    made.stop()


class Drain:
    """Stands where the lane works: says when it is in there, and goes on when it is let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fails: Exception | None = None) -> None:
        self.seen: list[uuid.UUID] = []
        self.entered = threading.Semaphore(0)
        self.may_go = threading.Semaphore(0)
        self._fails = fails
        monkeypatch.setattr(module, "drain_people", self)

    def __call__(self, people: Sequence[uuid.UUID]) -> Drained:
        self.seen += people
        self.entered.release()
        assert self.may_go.acquire(timeout=PATIENCE_S)
        if self._fails:
            raise self._fails
        return drain_people(people)

    def is_in(self) -> bool:
        """Wait until the lane has somebody in hand."""
        return self.entered.acquire(timeout=PATIENCE_S)


def waiting() -> int:
    with session() as db:
        return sum(row.waiting for row in outbox.backlog(db))


def test_it_brings_a_person_to_index_pool_and_bell_without_a_worker(world: Installation, lane: ExpressLane) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    person = world.candidate("Ada", ["Java"])
    assert lane.offer([person])
    lane.stop()  # waits for whoever is in hand
    assert world.members(pool) == {person}
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(person)]
    assert waiting() == 0


def test_it_takes_nobody_before_it_is_started_or_once_it_is_stopped() -> None:
    lane = ExpressLane()
    assert not lane.offer([uuid.uuid4()])
    lane.start()
    lane.stop()
    assert not lane.offer([uuid.uuid4()])


def test_with_somebody_in_hand_and_somebody_waiting_it_is_busy(
    world: Installation, lane: ExpressLane, monkeypatch: pytest.MonkeyPatch
) -> None:
    drain = Drain(monkeypatch)
    first, second, third = (world.candidate(f"Person {n}") for n in range(3))
    assert lane.offer([first])
    assert drain.is_in()
    assert lane.offer([second])
    assert not lane.offer([third])
    drain.may_go.release()
    assert drain.is_in()
    drain.may_go.release()
    lane.stop()
    assert drain.seen == [first, second]
    assert waiting() == 1


@pytest.mark.parametrize("error", [Unavailable("OpenSearch is away."), RuntimeError("a mistake")])
def test_what_fails_in_it_is_left_to_the_workers_and_it_goes_on(
    world: Installation, lane: ExpressLane, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    drain = Drain(monkeypatch, fails=error)
    first, second = world.candidate("First"), world.candidate("Second")
    for person in (first, second):
        drain.may_go.release()
        assert lane.offer([person])
        assert drain.is_in()
    lane.stop()
    with session() as db:
        assert len(outbox.count_attempt("candidate", 9)) == 2
        assert [row.attempts for row in outbox.take(db, outbox.count_attempt("candidate", 9))] == []
    assert waiting() == 2


def test_rows_that_a_worker_holds_are_not_worked_off_twice(world: Installation) -> None:
    person = world.candidate("Ada")
    with session() as db:
        assert len(outbox.take(db, outbox.count_attempt("candidate", 1))) == 1
        assert drain_people([person]) == Drained()
    assert waiting() == 1


def test_a_write_that_the_lane_does_not_take_wakes_a_worker(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waker, "candidates", lambda: woken.append("candidates"))
    monkeypatch.setattr("api.work.express.offer", lambda people: False)
    world.candidate("Ada")
    assert woken == ["candidates"]
    monkeypatch.setattr("api.work.express.offer", lambda people: True)
    world.candidate("Bob")
    assert woken == ["candidates"]


def test_what_the_lane_did_a_worker_finds_done(world: Installation) -> None:
    person = world.candidate("Ada")
    assert drain_people([person]) == Drained(claimed=1, done=1)
    assert drain_batch().nothing_due
