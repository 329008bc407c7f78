"""A reindex while people arrive, pools are made and everybody searches; its process, and other parts, are killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from uuid import uuid4

import pytest

from embedded.process import wait_until
from tests.crash.audit import audit
from tests.crash.poster import Poster
from tests.crash.product import BACK_S, PREFIX, ROOT
from tests.crash.run import PEOPLE, TOGETHER, arrive
from tests.crash.scene import READERS, Crowd, crowd
from tests.crash.stage import Stage
from tests.crash.strikes import Point, Striker

# Another word each time, so that each reindex makes another mapping.
WORDS = {"KEPT_WORDS": "kubernetes,engineering"}
STEPS = ("making", "filling", "registering", "settling", "verifying", "swapping", "kept")
ENDS_S = 240.0
# What a reindex must survive besides its own end.
STRUCK: tuple[Point, ...] = ("worker parent", "worker child", "opensearch", "api", "postgres", "redis")


class Searcher:
    """Searches all the time. Whoever was found once is found ever after, and every search is answered."""

    def __init__(self, poster: Poster, words: str) -> None:
        self._poster, self._criteria = poster, {"text": words}
        self._found: set[uuid.UUID] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="searcher")
        self.wrong: list[str] = []
        self.asked = 0

    def __enter__(self) -> Searcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.02):
            found = self._poster.search(self._criteria)
            self.asked += 1
            if found is None:
                self.wrong.append(f"search {self.asked} was not answered")
                continue
            if missed := self._found - found:
                self.wrong.append(f"search {self.asked} missed {len(missed)} people who were found before")
            self._found |= found


def command(stage: Stage, *words: str, **variables: str) -> subprocess.Popen[str]:
    """A command of the product, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.Popen(
        [sys.executable, "-m", "cli", *words, "--home", str(stage.product.home)],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT), "INDEX_PREFIX": PREFIX, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def done(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it printed as JSON, once it ended well."""
    out, err = process.communicate(timeout=ENDS_S)
    assert process.returncode == 0, f"{out}\n{err}"
    report: dict[str, Any] = json.loads(out.splitlines()[-1])
    return report


def step_of(stage: Stage) -> str | None:
    """Where the newest job stands."""
    rows = stage.query("SELECT step FROM reindex_jobs WHERE ended_at IS NULL")
    return str(rows[0][0]) if rows else None


def killed_at(stage: Stage, step: str, process: subprocess.Popen[str], late_s: float) -> bool:
    """Kill the process once the job has come to this step, or a little later; false if it ended before."""

    def there() -> bool:
        now = step_of(stage)
        past = now is not None and now in STEPS and STEPS.index(now) >= STEPS.index(step)
        return past or process.poll() is not None

    assert wait_until(there, timeout_s=ENDS_S, interval_s=0.005)
    time.sleep(late_s)  # a moment drawn at random, not a condition awaited
    alive = process.poll() is None
    process.kill()
    process.communicate()
    return alive


@contextmanager
def arriving(stage: Stage, poster: Poster, people: Crowd) -> Iterator[None]:
    """While this lasts people arrive, are tagged, and a pool is made; afterwards all of it was answered."""
    with ThreadPoolExecutor(1) as sending:
        sent = sending.submit(arrive, stage, poster, people, Striker(stage.product), {})
        try:
            yield
        finally:
            sent.result()


def people_of(seed: int) -> tuple[Crowd, str]:
    """A crowd, and a word that finds all of it."""
    word = f"x{uuid4().hex[:8]}"
    return crowd(f"reindexed {word}", seed, PEOPLE, TOGETHER), word


def no_drift(stage: Stage) -> list[str]:
    """What the check finds in both pairs."""
    out, err = command(stage, "check", "--json").communicate(timeout=ENDS_S)
    report = json.loads(out.splitlines()[-1]) if out else {"drift": err, "examples": []}
    return [] if report["drift"] == 0 else [f"the check finds {report['drift']}: {report['examples']}"]


def ended(stage: Stage) -> None:
    """No job is left from an earlier test."""
    step = step_of(stage)
    if step is not None:
        command(stage, "reindex", "--finish" if step == "kept" else "--abandon").communicate(timeout=ENDS_S)
    assert step_of(stage) is None


@pytest.mark.long
@pytest.mark.parametrize("seed", range(6))
def test_a_reindex_whose_process_is_killed_again_and_again_loses_nothing_and_misses_nobody(
    stage: Stage, seed: int
) -> None:
    ended(stage)
    draw = Random(f"reindex {seed}")
    people, word = people_of(seed)
    steps = sorted(draw.sample(STEPS[:-1], 3), key=STEPS.index)
    with stage.poster() as poster, stage.poster() as asking, ExitStack() as listening:
        ears = {name: listening.enter_context(stage.ear(name)) for name in READERS}
        with Searcher(asking, word) as searcher:
            with arriving(stage, poster, people):
                for step in steps:
                    process = command(stage, "reindex", "--accept-differences", **WORDS)
                    killed_at(stage, step, process, draw.random() * 0.05)
                if step_of(stage) != "kept":
                    process = command(stage, "reindex", "--accept-differences", "--json", **WORDS)
                    process.communicate(timeout=ENDS_S)
                assert wait_until(lambda: step_of(stage) == "kept", timeout_s=ENDS_S), stage.product.log("worker")
            assert stage.await_quiet(), stage.product.log("worker")
            assert audit(stage, people, poster.ledger, ears) + no_drift(stage) == []
            # And back again, while they search.
            assert done(command(stage, "reindex", "--rollback", "--json", **WORDS))["state"] == "rolled_back"
            assert stage.await_quiet(), stage.product.log("worker")
        assert audit(stage, people, poster.ledger, ears) + no_drift(stage) == []
    assert searcher.wrong == []
    assert searcher.asked > 10


@pytest.mark.long
@pytest.mark.parametrize("point", STRUCK)
@pytest.mark.parametrize("seed", range(2))
def test_a_reindex_in_a_worker_survives_whatever_is_killed_beside_it(stage: Stage, point: Point, seed: int) -> None:
    ended(stage)
    draw = Random(f"struck {point} {seed}")
    people, _ = people_of(seed)
    striker = Striker(stage.product, seed)
    with stage.poster() as poster, stage.poster("administrator") as administrator, ExitStack() as listening:
        ears = {name: listening.enter_context(stage.ear(name)) for name in READERS}
        with arriving(stage, poster, people):
            job = administrator.create("/v1/reindex", {"accept_differences": True})
            target = draw.choice(STEPS[:-1])
            wait_until(
                lambda: (now := _step(stage, job)) in STEPS and STEPS.index(now) >= STEPS.index(target),
                timeout_s=ENDS_S,
                interval_s=0.005,
            )
            striker.kill(point)
        stage.product.await_whole()
        assert wait_until(lambda: _step(stage, job) == "kept", timeout_s=BACK_S), stage.product.log("worker")
        assert stage.await_quiet(), stage.product.log("worker")
        assert audit(stage, people, poster.ledger, ears) + no_drift(stage) == []
        assert done(command(stage, "reindex", "--finish", "--json"))["state"] == "finished"
        assert audit(stage, people, poster.ledger, ears) + no_drift(stage) == []


def _step(stage: Stage, job: uuid.UUID) -> str:
    try:
        return str(stage.query("SELECT step FROM reindex_jobs WHERE id = %(job)s", job=job)[0][0])
    except Exception:  # noqa: BLE001 - PostgreSQL may be the one that was struck
        return ""
