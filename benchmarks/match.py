"""`python -m benchmarks.match [--json] [--verbose] [--quick]`: every figure of matching, measured in one run.

The product is started from nothing, filled through its API, measured, and removed. Progress goes to standard error, the
report to standard output: a table, or with --json one line.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks import bulk_import, ceiling, growth, percolate, post_to_bell
from benchmarks.floor import Floor
from benchmarks.product import Product, load_pools, load_vocabulary, running
from benchmarks.source import sources
from benchmarks.world import Person, asked, person, stored, tags_of
from core.settings import settings
from core.text import fold
from mappings.names import alias
from sample.profiles import CandidatePayload, candidates
from sample.requirements import PoolPayload, Shape, Sources, pools
from search.asked import asked_fields

# A country each: with open ones, people would be in 160 of 10,000 pools; so it is about 23.
POOL_SHAPE = Shape(skills=(1, 4), located=1.0)

# The keys that were promised, in their order; whatever else is reported follows.
PROMISED = (
    *("post_to_bell_ms", "floor_ms", "ratio_p50", "import_per_s", "ceiling_per_s", "import_ratio"),
    *("percolate_per_s", "postgres_per_s", "percolate_vs_postgres", "percolate_vs_postgres_2"),
    *("growth", "growth_x100", "growth_x100_disjoint"),
)


@dataclass(frozen=True)
class Plan:
    """How much is loaded and measured."""

    pools: int = 10_000
    people: int = 50_000
    ceiling: int = 10_000
    posted: int = 1_000
    warm: int = 100
    percolate: percolate.Size = field(default_factory=percolate.Size)
    growth: growth.Size = field(default_factory=growth.Size)


# Finds out whether everything works, not how fast it is.
QUICK = Plan(
    pools=1_000,
    people=400,
    ceiling=200,
    posted=30,
    warm=5,
    percolate=percolate.Size(pools=300, people=100, rounds=1),
    growth=growth.Size(steps=(20, 200, 2_000), asks=20, matching=10),
)


class Steps:
    """Progress on standard error."""

    def __init__(self, verbose: bool) -> None:
        self.console = Console(stderr=True)
        columns = (TextColumn("{task.description:<56}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bar = Progress(*columns, console=self.console)
        self.verbose = verbose
        self._task: TaskID | None = None

    def begin(self, text: str, total: int | None = None) -> None:
        """A new step; the one before is done."""
        if self._task is not None:
            done = self.bar.tasks[self._task]
            self.bar.update(self._task, total=done.total or 1, completed=done.total or 1)
            self.bar.stop_task(self._task)
        self._task = self.bar.add_task(text, total=total)

    def at(self, count: int) -> None:
        """How far the step has come."""
        if self._task is not None:
            self.bar.update(self._task, completed=count)

    def say(self, text: str) -> None:
        """A line of the product while it starts, and what --verbose asks for."""
        self.console.print(text, highlight=False, markup=False, soft_wrap=True)


def measure(plan: Plan, steps: Steps) -> dict[str, Any]:
    """Everything, in one run against one engine."""
    begun = time.monotonic()
    rows, which = sources()
    steps.begin("starting the product")
    with running(steps.say) as product:
        report = _measure(product, plan, rows, steps)
    report |= {
        "data": which,
        "cores": len(os.sched_getaffinity(0)),
        "pools": plan.pools,
        "seconds": round(time.monotonic() - begun, 1),
    }
    return {**{name: report[name] for name in PROMISED}, **report}


def _measure(product: Product, plan: Plan, rows: Sources, steps: Steps) -> dict[str, Any]:
    everyone = list(candidates(plan.people + 2 * plan.posted, rows.profiles))
    crowd, later = everyone[: plan.people], everyone[plan.people :]
    wanted = list(pools(plan.pools, seed=10, shape=POOL_SHAPE, sources=rows))
    steps.begin("places and skills")
    load_vocabulary()
    steps.begin("pools, registered", len(wanted))
    ids = load_pools(product, wanted, steps.at)
    steps.begin("people, imported until every match is stored", len(crowd))
    report = bulk_import.measure(product, crowd, plan.people // 4, steps.at)
    tags = tags_of(everyone, wanted)
    fields = asked_fields(query for n, pool in enumerate(wanted, 1) for query in stored(pool, tags, n))
    pools_alias = alias(settings().index_prefix, "pools")
    with percolate.connected(product.urls.opensearch_url) as engine:
        measured = [person(payload, tags, n) for n, payload in enumerate(crowd[: plan.ceiling], 1)]
        report |= ceiling.measure(engine, product.urls.database_url, pools_alias, measured, fields, steps.begin)
    report["import_ratio"] = round(report["import_per_s"] / report["ceiling_per_s"], 3)
    chosen = known(later, crowd, wanted)
    posted = [person(payload, tags, n) for n, payload in enumerate(chosen, 1)]
    report |= _bell(product, plan, posted, wanted, ids, fields, steps)
    report |= percolate.measure(
        product.urls.opensearch_url, product.urls.database_url, rows, plan.percolate, steps.begin
    ).report()
    report |= growth.measure(product.urls.opensearch_url, rows, plan.growth, steps.begin)
    return report


def _bell(
    product: Product,
    plan: Plan,
    posted: list[Person],
    wanted: list[PoolPayload],
    ids: list[str],
    fields: frozenset[str],
    steps: Steps,
) -> dict[str, Any]:
    tags = tags_of([each.payload for each in posted], wanted)
    rows = [asked(pool, tags, n) for n, pool in enumerate(wanted)]
    steps.begin("tracking")
    heard = post_to_bell.track(product, posted, rows, ids)[: plan.posted]
    prefix = settings().index_prefix
    floor = Floor(product.urls.opensearch_url, alias(prefix, "candidates"), alias(prefix, "pools"), fields)
    if steps.verbose:
        steps.say("The requests of the floor, for the first candidate:")
        for call in floor.calls(heard[0]):
            steps.say(call.printed())
    steps.begin("posted one at a time, bell heard, floor measured", len(heard))
    return post_to_bell.measure(product, heard, floor, plan.warm, steps.at)


def known(
    people: list[CandidatePayload], crowd: list[CandidatePayload], wanted: list[PoolPayload]
) -> list[CandidatePayload]:
    """Those of whom every tag is known by now: a single POST adds no tags."""
    there = tags_of(crowd, wanted).key
    return [each for each in people if each["tags"] and all(fold(name) in there for name in each["tags"])]


def table(report: dict[str, Any]) -> Table:
    """The report for people."""
    made = Table("figure", "value", title="Figures", title_justify="left")
    for name, value in report.items():
        text = ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
        made.add_row(name, text)
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.match", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--verbose", action="store_true", help="print the requests of the floor")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    given = parser.parse_args()
    steps = Steps(given.verbose)
    with steps.bar:
        report = measure(QUICK if given.quick else Plan(), steps)
    if given.json:
        print(json.dumps(report))
    else:
        Console().print(table(report))


if __name__ == "__main__":
    main()
