"""Of two beats one is the clock, and when it is killed the other one is."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from core.broker import SWEEP
from core.settings import settings
from embedded.process import Child, Command, wait_until
from embedded.product import ROOT
from records.database import database
from records.lease import StandingLease
from records.locks import CLOCK
from tests.installation import Installation

QUEUE = "celery"
# One that nobody else takes.
RIGHT = CLOCK + 1_000
# Far above what a beat takes to start on a busy machine.
PATIENCE_S = 90.0


@contextmanager
def beating(home: Path, name: str) -> Iterator[Child]:
    """A beat of this run's installation."""
    child = Child(
        Command(
            name=name,
            argv=[
                *(sys.executable, "-m", "celery", "-A", "worker.app", "beat"),
                *("--schedule", str(home / name), "--pidfile", ""),
            ],
            log=home / f"{name}.log",
            environment={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
        )
    )
    try:
        yield child
    finally:
        child.kill()


@pytest.fixture
def broker() -> Iterator[redis.Redis]:
    """The broker, with no sweep waiting in it before and after."""
    with redis.Redis.from_url(settings().redis_url) as client:
        client.delete(QUEUE)
        yield client
        client.delete(QUEUE)


def swept_by(broker: redis.Redis) -> list[int]:
    """The process ids of the beats whose sweeps wait, in the order in which they were sent."""
    waiting = [json.loads(message)["headers"] for message in reversed(broker.lrange(QUEUE, 0, -1))]
    # "gen<pid>@<host>"
    return [int(h["origin"].partition("@")[0].removeprefix("gen")) for h in waiting if h["task"] == SWEEP]


def test_of_two_beats_one_sends_until_it_is_killed(prepared: Installation, broker: redis.Redis, tmp_path: Path) -> None:
    with beating(tmp_path, "one") as one, beating(tmp_path, "other") as other:
        beats = {one.pid: one, other.pid: other}

        def stands_by(beat: Child) -> bool:
            return "Another beat is the clock" in beat.command.log.read_text()

        # Both run, and one of them has found that the other one is quicker.
        assert wait_until(lambda: any(map(stands_by, beats.values())), timeout_s=PATIENCE_S)
        assert wait_until(lambda: len(swept_by(broker)) >= 3, timeout_s=PATIENCE_S)
        (clock,) = set(swept_by(broker))
        beats.pop(clock).kill()
        (standby,) = beats
        assert wait_until(lambda: swept_by(broker)[-1] == standby, timeout_s=PATIENCE_S)
        # It did not begin before the first had ended.
        senders = swept_by(broker)
        assert set(senders[: senders.index(standby)]) == {clock}
        assert set(senders[senders.index(standby) :]) == {standby}


def test_a_lease_is_had_by_one_and_given_back_with_its_connection(prepared: Installation) -> None:
    one, other = StandingLease(RIGHT), StandingLease(RIGHT)
    try:
        assert one.held()
        assert not other.held()
        assert one.held()
        one.give_back()
        assert other.held()
        assert not one.held()
        # Its server process is killed: it learns of it when it asks, and nobody has two.
        with database().begin() as connection:
            held = "FROM pg_locks WHERE locktype = 'advisory' AND objid ="
            connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {held} {RIGHT % 2**32}")
        assert not other.held()
        assert one.held()
        assert not other.held()
    finally:
        one.give_back()
        other.give_back()
