"""`python -m benchmarks.pages [--json] [--people N] [--quick]`: the figures of the pages, in a real Chromium.

The product is started from nothing, filled, visited and removed. Progress goes to standard error, the report to
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
from typing import TYPE_CHECKING, Any

from rich.console import Console

from benchmarks import bell_number, facet_clicks, first_load, post_to_bell
from benchmarks.chromium import NoChromium, opened
from benchmarks.facts import facts, skill_names
from benchmarks.loading import Words, load, prepare_words, same_as_the_product
from benchmarks.match import Steps, table
from benchmarks.percolate import connected
from benchmarks.product import Product, load_pools, load_vocabulary, running
from benchmarks.readers import chosen_pools
from benchmarks.source import sources
from benchmarks.talent import Talent, talent
from benchmarks.world import Person, asked, person, tags_of
from core.settings import settings
from core.text import fold
from engine.client import Engine
from mappings.names import alias
from records.models import Role
from sample.profiles import candidates
from sample.requirements import PoolPayload
from sample.rows import SurveyRow
from web.pages.talent import HERE

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The keys that were promised, in their order; whatever else is reported follows.
PROMISED = ("facet_click_ms", "facet_click_ratio", "first_load_kb", "layout_shift", "bell_ms")
# Pools are chosen among these people, so that they are the same however many there are in all.
POOLS_FROM = 20_000
COMPARED = 50
# Of the people who are drawn to be posted most are in no pool, or have a skill nobody has yet.
DRAWN_FOR_ONE = 40


@dataclass(frozen=True)
class Plan:
    """How much is loaded and measured: clicks on facets and people who ring the bell, each after `warm` uncounted."""

    people: int = 200_000
    clicks: int = 200
    bells: int = 80
    warm: int = 20
    seed: int = 1


# Finds out whether everything works, not how fast it is.
QUICK = Plan(people=600, clicks=6, bells=3, warm=1)


def measure(plan: Plan, rows: Sequence[SurveyRow], steps: Steps) -> dict[str, Any]:
    """Everything, in one run on one product."""
    begun = time.monotonic()
    # The browser first: where there is none, nobody waits for the product to learn that.
    steps.begin("starting Chromium and the product")
    with opened() as browser, running(steps.say) as product, connected(product.urls.opensearch_url) as engine:
        report = Run(product, engine, browser, plan, rows, steps).report()
        report |= {"chromium": browser.version}
    report |= {"cores": len(os.sched_getaffinity(0)), "seconds": round(time.monotonic() - begun, 1)}
    return {**{name: report[name] for name in PROMISED}, **report}


class Run:
    """One run on one product."""

    def __init__(
        self, product: Product, engine: Engine, browser: Browser, plan: Plan, rows: Sequence[SurveyRow], steps: Steps
    ) -> None:
        self.product, self.engine, self.browser = product, engine, browser
        self.plan, self.rows, self.steps = plan, rows, steps
        self.first: list[Talent] = []

    def report(self) -> dict[str, Any]:
        """Everything but what the whole run took."""
        plan, steps, product = self.plan, self.steps, self.product
        steps.begin("places, skills, positions")
        load_vocabulary()
        words = prepare_words({name for row in self.rows for name in skill_names(row)})
        load_seconds = self._load(words)
        wanted = chosen_pools(self.first)
        steps.begin("pools, registered and filled", len(wanted))
        pools = load_pools(product, wanted, steps.at)
        recruiter = product.logins[Role.RECRUITER]
        steps.begin("facets clicked, by turns with the API", plan.warm + plan.clicks)
        clicks = facet_clicks.measure(
            self.browser,
            product.address,
            recruiter,
            plan.clicks,
            plan.warm,
            plan.seed,
            steps.at,
        )
        steps.begin("first loads, wide and phone")
        loaded = first_load.measure(self.browser, product.address, recruiter.id, HERE)
        steps.begin("people posted, number on the bell", plan.warm + plan.bells)
        rung = bell_number.measure(self.browser, product, self._posted(words, wanted, pools), plan.warm, steps.at)
        return {
            **clicks.report(),
            **loaded,
            **rung,
            "people": plan.people,
            "pools": len(pools),
            "load_seconds": round(load_seconds, 1),
        }

    def _load(self, words: Words) -> float:
        self.steps.begin("people, rows and documents", self.plan.people)
        index = alias(settings().index_prefix, "candidates")
        ids: list[uuid.UUID] = []
        begun = time.monotonic()
        load(self.engine, self.product.urls.database_url, index, words, self._people(ids), self.steps.at)
        taken = time.monotonic() - begun
        same_as_the_product(self.engine, index, [*ids[:COMPARED], *ids[-COMPARED:]])
        return taken

    def _people(self, ids: list[uuid.UUID]) -> Iterator[Talent]:
        for number in range(self.plan.people):
            somebody = talent(facts(self.rows, number))
            ids.append(somebody.id)
            if number < POOLS_FROM:
                self.first.append(somebody)
            yield somebody

    def _posted(self, words: Words, wanted: Sequence[PoolPayload], pools: Sequence[str]) -> list[Person]:
        """People who are in a pool that the hiring manager tracks from now on."""
        count = self.plan.warm + self.plan.bells
        drawn = [
            payload
            for payload in candidates(DRAWN_FOR_ONE * count, self.rows)
            # A single POST adds no tags.
            if all(fold(name) in words.tag_of for name in (*payload["tags"], *payload["locations"]))
        ]
        tags = tags_of(drawn, wanted)
        people = [person(payload, tags, number) for number, payload in enumerate(drawn, 1)]
        asks = [asked(pool, tags, number) for number, pool in enumerate(wanted)]
        inside = [each for each in people if any(one.holds(each.tags, each.places) for one in asks)][:count]
        if len(inside) < count:
            raise RuntimeError(f"Only {len(inside)} of {count} people drawn are in a pool.")
        return post_to_bell.track(self.product, inside, asks, pools)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--people", type=int, help="how many people in all (200,000)")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    given = parser.parse_args()
    # Whoever ends this run early must not find the product still running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    plan = QUICK if given.quick else Plan()
    if given.people:
        plan = replace(plan, people=given.people)
    steps = Steps(verbose=False)
    try:
        with steps.bar:
            report = measure(plan, sources()[0].profiles, steps)
    except NoChromium as error:
        sys.exit(str(error))
    if given.json:
        print(json.dumps(report))
    else:
        Console().print(table(report))


if __name__ == "__main__":
    main()
