"""`python -m benchmarks.reindex [--json] [--people N] [--few N] [--seconds S] [--quick]`: the figures of reindexing.

The product is started from nothing, filled, reindexed and removed. Progress goes to standard error, the report to
standard output: a table, or with --json one line.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from rich.console import Console

from benchmarks import asking, bulk_floor
from benchmarks.asking import Question
from benchmarks.facts import facts, skill_names
from benchmarks.floor import Line
from benchmarks.loading import Words, load, prepare_words
from benchmarks.match import Steps, table
from benchmarks.percolate import connected
from benchmarks.product import Product, load_vocabulary, running
from benchmarks.quantiles import quantile
from benchmarks.readers import Reader, fill_again, readers
from benchmarks.reindexing import Came, reindexed
from benchmarks.shapes import mix
from benchmarks.source import sources
from benchmarks.talent import Talent, talent
from core.settings import settings
from engine.client import Engine
from mappings.names import alias
from sample.rows import SurveyRow

# The keys that were promised, in their order; whatever else is reported follows.
PROMISED = ("docs_per_s", "floor_per_s", "ratio", "memory_mb", "memory_ratio", "search_p95_ms", "search_p95_ratio")
# Between two searches of the one who searches all the time: somebody who reads what they find would take longer.
THINK_S = 0.05


@dataclass(frozen=True)
class Plan:
    """How much is loaded and measured: `rounds` times floor and reindex by turns, the best of each counts."""

    people: int = 200_000
    few: int = 20_000
    rounds: int = 3
    seconds: float = 90.0
    each: int = 10
    warm: int = 60
    seed: int = 1


# Finds out whether everything works, not how fast it is.
QUICK = Plan(people=1_200, few=600, rounds=1, seconds=3.0, each=1, warm=6)


def measure(plan: Plan, rows: Sequence[SurveyRow], steps: Steps) -> dict[str, Any]:
    """Everything, in one run on one product."""
    begun = time.monotonic()
    steps.begin("starting the product")
    with running(steps.say) as product, connected(product.urls.opensearch_url) as engine:
        report = Run(product, engine, plan, rows, steps).report()
    report |= {"cores": len(os.sched_getaffinity(0)), "seconds": round(time.monotonic() - begun, 1)}
    return {**{name: report[name] for name in PROMISED}, **report}


class Run:
    """One run on one product."""

    def __init__(self, product: Product, engine: Engine, plan: Plan, rows: Sequence[SurveyRow], steps: Steps) -> None:
        self.product, self.engine, self.plan, self.rows, self.steps = product, engine, plan, rows, steps
        self.first: list[Talent] = []

    def report(self) -> dict[str, Any]:
        """Everything but what the whole run took."""
        plan, steps = self.plan, self.steps
        load_vocabulary()
        words = prepare_words({name for row in self.rows for name in skill_names(row)})
        self._load(words, range(plan.few))
        steps.begin("pools and who searches")
        everybody = readers(self.product, words, self.first, steps.at)
        speed, few = self._speed()
        self._load(words, range(plan.few, plan.people))
        steps.begin("pools, filled again")
        fill_again(everybody)
        searched, many = self._searched(everybody.recruiter)
        return {
            **speed,
            "memory_mb": {str(plan.few): round(few.memory_mb, 1), str(plan.people): round(many.memory_mb, 1)},
            "memory_ratio": round(many.memory_mb / few.memory_mb, 3),
            **searched,
            "docs_per_s_while_searched": round(many.docs_per_s, 1),
            "reindex_s": {str(plan.few): round(few.seconds, 1), str(plan.people): round(many.seconds, 1)},
        }

    def _speed(self) -> tuple[dict[str, Any], Came]:
        """Floor and reindex by turns, of the same people."""
        plan, steps, url = self.plan, self.steps, self.product.urls.opensearch_url
        steps.begin("documents of the floor, and its best size")
        made = bulk_floor.documents(plan.few)
        size = bulk_floor.best_size(self.engine, url, made)
        floors: list[float] = []
        came: list[Came] = []
        for turn in range(plan.rounds):
            steps.begin(f"floor and reindex, {turn + 1} of {plan.rounds}")
            floors.append(bulk_floor.rate(self.engine, url, made, size))
            came.append(reindexed(self.product.home))
        best = max(came, key=lambda each: each.docs_per_s)
        return {
            "docs_per_s": round(best.docs_per_s, 1),
            "floor_per_s": round(max(floors), 1),
            "ratio": round(best.docs_per_s / max(floors), 3),
            "floor_batch": size,
            "rounds": [[round(each.docs_per_s, 1), round(floor, 1)] for each, floor in zip(came, floors, strict=True)],
        }, max(came, key=lambda each: each.memory_mb)

    def _searched(self, reader: Reader) -> tuple[dict[str, Any], Came]:
        """One who searches all the time: alone, then beside a reindex, for as long as it takes or was asked for."""
        plan, steps = self.plan, self.steps
        some = asking.for_the_api(mix(reader.known, plan.each, plan.seed))
        steps.begin("searches while nothing else goes on")
        with Searches(self.product.address, reader, some) as warm:
            _wait(warm, plan.warm)
        with Searches(self.product.address, reader, some) as idle:
            time.sleep(plan.seconds)
        steps.begin("searches beside a reindex")
        beside = Searches(self.product.address, reader, some)
        begun = time.monotonic()

        def enough(_: int) -> None:
            if beside.runs and time.monotonic() - begun > 2 * plan.seconds:
                beside.stop()

        beside.__enter__()
        try:
            came = reindexed(self.product.home, enough)
        finally:
            beside.stop()
        p95 = {
            name: round(quantile(each.taken, 0.95) * 1_000, 2) for name, each in (("idle", idle), ("during", beside))
        }
        p50 = {name: round(quantile(each.taken, 0.5) * 1_000, 2) for name, each in (("idle", idle), ("during", beside))}
        return {
            "search_p95_ms": p95,
            "search_p95_ratio": round(p95["during"] / p95["idle"], 3),
            "search_p50_ms": p50,
            "searches": {"idle": len(idle.taken), "during": len(beside.taken)},
            "search_errors": idle.errors + beside.errors,
        }, came

    def _load(self, words: Words, numbers: range) -> None:
        self.steps.begin("people, rows and documents", len(numbers))
        index = alias(settings().index_prefix, "candidates")
        load(self.engine, self.product.urls.database_url, index, words, self._people(numbers), self.steps.at)

    def _people(self, numbers: range) -> Iterator[Talent]:
        for number in numbers:
            person = talent(facts(self.rows, number))
            if number < self.plan.few:
                self.first.append(person)
            yield person


class Searches:
    """Somebody who searches from the moment it is entered, one question after the other."""

    def __init__(self, address: str, reader: Reader, some: Sequence[Question]) -> None:
        self._address, self._token, self._some = address, reader.token, some
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="searches")
        self.taken: list[float] = []
        self.errors = 0

    def __enter__(self) -> Searches:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def runs(self) -> bool:
        """Whether they still search."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """They have found what they wanted."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        with closing(Line(self._address, self._token)) as line:
            for question in cycle(self._some):
                if self._end.wait(THINK_S):
                    return
                begun = time.perf_counter()
                try:
                    line.send_unread(question.call)
                except (RuntimeError, OSError):
                    self.errors += 1
                else:
                    self.taken.append(time.perf_counter() - begun)


def _wait(searches: Searches, how_many: int) -> None:
    while searches.runs and len(searches.taken) < how_many:
        time.sleep(0.05)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reindex", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--people", type=int, help="how many people in all (200,000)")
    parser.add_argument("--few", type=int, help="how many the speed is measured with (20,000)")
    parser.add_argument("--seconds", type=float, help="how long somebody searches before, and twice that beside (90)")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    given = parser.parse_args()
    # Whoever ends this run early must not find the product still running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = QUICK if given.quick else Plan()
    wanted = {name: getattr(given, name) for name in ("people", "few", "seconds") if getattr(given, name) is not None}
    plan = replace(plan, **wanted)
    steps = Steps(verbose=False)
    with steps.bar:
        report = measure(plan, sources()[0].profiles, steps)
    if given.json:
        print(json.dumps(report))
    else:
        Console().print(table(report))


if __name__ == "__main__":
    main()
