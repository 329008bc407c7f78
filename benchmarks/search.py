"""`python -m benchmarks.search [--json] [--people N] [--seconds S] [--profiles FILE] [--quick]`: the figures of search.

The product is started from nothing, filled, measured, and removed. Progress goes to standard error, the report to
standard output: a table, or with --json one line.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import asking, relevance, together
from benchmarks.asking import Question, Sides
from benchmarks.facts import Facts, facts, skill_names
from benchmarks.judged import REPORTED, reported, tuning
from benchmarks.loading import Words, load, prepare_words, same_as_the_product
from benchmarks.match import Steps
from benchmarks.percolate import connected
from benchmarks.product import Product, load_vocabulary, running
from benchmarks.readers import Reader, Readers, fill_again, readers
from benchmarks.shapes import SHAPES, mix
from benchmarks.source import sources
from benchmarks.talent import Talent, talent
from benchmarks.tap import Tap, tapped
from core.settings import settings
from engine.client import Engine
from mappings.names import alias
from percolators.questions import understand
from records.database import session
from sample.rows import SurveyRow, read_survey
from search.compile import compile_criteria
from search.criteria import parse_criteria
from search.question import Question as Compiled

# The keys that were promised, in their order; whatever else is reported follows.
PROMISED = ("recruiter", "manager", "concurrent", "growth", "ndcg10")
# Questions are chosen among these people, so that they are the same however many there are in all.
QUESTIONS_FROM = 5_000
COMPARED = 50


@dataclass(frozen=True)
class Plan:
    """How much is loaded and measured. `each`: questions of every shape; `growth`: the same for each of its points;

    `warm`: questions of every shape that are asked before and not counted.
    """

    people: int = 200_000
    few: int = 20_000
    each: int = 40
    growth: int = 15
    warm: int = 5
    judged: int = REPORTED
    seconds: float = 60.0
    seed: int = 1


# Finds out whether everything works, not how fast it is.
QUICK = Plan(people=600, few=300, each=1, growth=1, warm=0, judged=10, seconds=1.0)


def measure(plan: Plan, rows: Sequence[SurveyRow], steps: Steps, tuned: bool = False) -> dict[str, Any]:
    """Everything, in one run on one product."""
    begun = time.monotonic()
    steps.begin("starting the product")
    with running(steps.say) as product, connected(product.urls.opensearch_url) as engine:
        report = Run(product, engine, plan, rows, steps, tuned).report()
    report |= {
        "cores": len(os.sched_getaffinity(0)),
        "profiles": len(rows),
        "seconds": round(time.monotonic() - begun, 1),
    }
    return {**{name: report[name] for name in PROMISED}, **report}


class Run:
    """One run on one product: loads, measures, reports."""

    def __init__(
        self, product: Product, engine: Engine, plan: Plan, rows: Sequence[SurveyRow], steps: Steps, tuned: bool
    ) -> None:
        self.product, self.engine = product, engine
        self.plan, self.rows, self.steps, self.tuned = plan, rows, steps, tuned
        self.sides = Sides(product.address, product.urls.opensearch_url)
        self.index = alias(settings().index_prefix, "candidates")
        self.everybody: dict[str, Facts] = {}
        self.first: list[Talent] = []
        self.load_seconds = 0.0

    def report(self) -> dict[str, Any]:
        """Everything but what the whole run took."""
        plan, steps = self.plan, self.steps
        steps.begin("places, skills, positions")
        load_vocabulary()
        words = prepare_words({name for row in self.rows for name in skill_names(row)})
        self._load(words, range(plan.few))
        steps.begin("pools and who tracks them")
        everybody = readers(self.product, words, self.first, steps.at)
        few = self._growth(everybody, seed=plan.seed + 1)
        self._load(words, range(plan.few, plan.people))
        steps.begin("pools, filled again")
        fill_again(everybody)
        many = self._growth(everybody, seed=plan.seed + 2)
        with tapped(self.sides.engine) as tap:
            asked = self._asked(tap, (everybody.recruiter, everybody.manager), plan.each, plan.seed)
            judged = self._relevance(tap, everybody.recruiter)
        times = self._times("recruiter and manager, beside the engine", asked)
        steps.begin(f"{together.USERS} users at once", round(plan.seconds))
        crowd = together.measure(
            self.sides,
            self.product.home,
            asked,
            plan.seconds,
            lambda done: steps.at(round(done)),
        )
        names = [reader.name for reader, _ in asked]
        return {
            **{name: each.report() for name, each in zip(names, times, strict=True)},
            "concurrent": crowd,
            "growth": {
                "people_p95_ms": {
                    str(count): {name: grown[name].p95_ms() for name in names}
                    for count, grown in ((plan.few, few), (plan.people, many))
                },
                "pools_p95_ms": {
                    str(len(reader.known.pools)): many[reader.name].p95_ms()
                    for reader in (everybody.one_pool, everybody.many_pools)
                },
            },
            "ndcg10": judged,
            "shapes": {name: each.shapes() for name, each in zip(names, times, strict=True)},
            "people": plan.people,
            "loaded": "rows by COPY and documents in bulk by the benchmark, compared with the product's own;"
            " pools registered and filled by the product",
            "load_seconds": round(self.load_seconds, 1),
        }

    def _load(self, words: Words, numbers: range) -> None:
        self.steps.begin("people, rows and documents", len(numbers))
        begun = time.monotonic()
        load(self.engine, self.product.urls.database_url, self.index, words, self._people(numbers), self.steps.at)
        self.load_seconds += time.monotonic() - begun
        ids = list(map(uuid.UUID, self.everybody))
        same_as_the_product(self.engine, self.index, [*ids[:COMPARED], *ids[-COMPARED:]])

    def _people(self, numbers: range) -> Iterator[Talent]:
        for number in numbers:
            person = talent(facts(self.rows, number))
            self.everybody[str(person.id)] = person.facts
            if number < self.plan.few:
                self.first.append(person)
            yield person

    def _growth(self, everybody: Readers, seed: int) -> dict[str, asking.Times]:
        each = self.plan.growth
        asked = [(reader, asking.for_the_api(mix(reader.known, each, seed))) for reader in everybody.all]
        times = self._times(f"{len(self.everybody)} people", asked)
        return {reader.name: each for (reader, _), each in zip(asked, times, strict=True)}

    def _asked(self, tap: Tap, whom: Sequence[Reader], each: int, seed: int) -> list[tuple[Reader, list[Question]]]:
        self.steps.begin("the engine requests of every question")
        return [(reader, asking.questions(tap, reader, mix(reader.known, each, seed))) for reader in whom]

    def _times(self, text: str, asked: Sequence[tuple[Reader, list[Question]]]) -> list[asking.Times]:
        longest = max(len(some) for _, some in asked)
        self.steps.begin(text, longest)
        return asking.measure(self.sides, asked, min(longest, self.plan.warm * len(SHAPES)), self.steps.at)

    def _relevance(self, tap: Tap, reader: Reader) -> dict[str, Any]:
        people = list(self.everybody.values())[:QUESTIONS_FROM]
        needs = tuning(people) if self.tuned else reported(people)[: self.plan.judged]
        self.steps.begin("judged questions", len(needs))
        return relevance.measure(tap, self.sides, reader, needs, _understood, self.everybody, self.steps.at)


def _understood(body: dict[str, Any]) -> Compiled:
    with session() as db:
        return compile_criteria(understand(db, parse_criteria(body["criteria"])), datetime.now(UTC).date())


def table(report: dict[str, Any]) -> Table:
    """The report for people."""
    made = Table("figure", "value", title="Search", title_justify="left")
    for name, value in report.items():
        parts = value if isinstance(value, dict) else {"": value}
        for part, each in parts.items():
            text = ", ".join(f"{k}: {v}" for k, v in each.items()) if isinstance(each, dict) else str(each)
            made.add_row(f"{name} {part}".strip(), text)
    return made


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--people", type=int, help="how many people in all (200,000)")
    parser.add_argument("--seconds", type=float, help="how long several users search at once (60)")
    parser.add_argument("--profiles", type=Path, help="rows of the survey (.jsonl.gz) instead of those carried")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    parser.add_argument("--tuning", action="store_true", help="judge the questions the weights were chosen with")
    given = parser.parse_args()
    # Whoever ends this run early must not find the product still running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = QUICK if given.quick else Plan()
    if given.people:
        plan = replace(plan, people=given.people, few=min(plan.few, given.people // 10 or 1))
    if given.seconds:
        plan = replace(plan, seconds=given.seconds)
    rows = read_survey(given.profiles) if given.profiles else sources()[0].profiles
    steps = Steps(verbose=False)
    with steps.bar:
        report = measure(plan, rows, steps, given.tuning)
    if given.json:
        print(json.dumps(report))
    else:
        Console().print(table(report))


if __name__ == "__main__":
    main()
