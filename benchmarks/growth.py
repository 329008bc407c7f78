"""`growth`: one percolation at 1,000, 10,000 and 100,000 pools, matches per candidate held equal.

A probe is a real profile. A few pools match it, the same ones at every size. The rest follow the real distribution
(three skills of a real requirement and a country where people live) but each shares a skill with the probe, and none
matches. For comparison the same with pools that share nothing with the probe, neither skill nor country.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.percolate import connected
from benchmarks.quantiles import median
from benchmarks.scratch import fill, pools_index
from benchmarks.world import Person, Tags, asked, person, stored, tags_of
from core.text import fold
from engine.client import Engine
from engine.percolator import percolate
from mappings.documents import percolation_view
from sample.locations import country
from sample.profiles import CandidatePayload, candidates
from sample.requirements import PoolPayload, Sources, pool, required_skills
from search.asked import asked_fields

Kind = Literal["sharing", "disjoint"]
SKILLS = 3


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    steps: tuple[int, int, int] = (1_000, 10_000, 100_000)
    probes: int = 1
    asks: int = 300
    matching: int = 20


def measure(engine_url: str, sources: Sources, size: Size, step: Callable[[str], None]) -> dict[str, Any]:
    """The keys of the report; each time is the mean of the probes' medians."""
    chosen = probes(sources, size.probes)
    with connected(engine_url) as engine:
        times: dict[Kind, dict[int, list[float]]] = {}
        kinds: tuple[Kind, ...] = ("sharing", "disjoint")
        for kind in kinds:
            times[kind] = defaultdict(list)
            for number, probe in enumerate(chosen):
                step(f"growth: pools {kind}, probe {number + 1} of {len(chosen)}")
                for pools, seconds in _grow(engine, probe, Crowd(sources, probe, number), kind, size):
                    times[kind][pools].append(seconds)
    mean = {kind: {n: sum(each) / len(each) * 1000 for n, each in by.items()} for kind, by in times.items()}
    first, last = size.steps[0], size.steps[-1]
    return {
        "growth": {str(n): round(ms, 2) for n, ms in mean["sharing"].items()},
        "growth_disjoint": {str(n): round(ms, 2) for n, ms in mean["disjoint"].items()},
        "growth_x100": round(mean["sharing"][last] / mean["sharing"][first], 2),
        "growth_x100_disjoint": round(mean["disjoint"][last] / mean["disjoint"][first], 2),
        "growth_matches": size.matching,
    }


def probes(sources: Sources, count: int) -> list[CandidatePayload]:
    """Profiles with a country and about as many skills as people of the survey have, in the order of the rows."""
    found: list[CandidatePayload] = []
    for payload in candidates(len(sources.profiles), sources.profiles):
        if 10 <= len(payload["tags"]) <= 25 and payload["locations"] and country(payload["locations"][0]):
            found.append(payload)
            if len(found) == count:
                break
    return found


class Crowd:
    """Pools around a probe: drawn as real ones are, kept when they are of the kind wanted."""

    def __init__(self, sources: Sources, probe: CandidatePayload, seed: int) -> None:
        self._drawn = random.Random(seed)
        self._skills = {fold(name) for name in probe["tags"]}
        self._place = probe["locations"][0]
        rows = [skills for row in sources.requirements if len(skills := required_skills(row)) >= SKILLS]
        # A requirement counts once for each skill it shares, as it would when skills were drawn at random.
        self._near = [(row, at) for row in rows for at, name in enumerate(row) if fold(name) in self._skills]
        self._far = [far for row in rows if len(far := [n for n in row if fold(n) not in self._skills]) >= SKILLS]
        self._lived_in = [name for row in sources.profiles if (name := country(row["country"]))]
        self._mine = list(probe["tags"])

    def matching(self, count: int) -> list[PoolPayload]:
        """Pools that the probe is in: any of one of its skills and two far ones, in its country."""
        return [
            pool([self._drawn.choice(self._mine), *self._drawn.choice(self._far)[:2]], self._place, "any")
            for _ in range(count)
        ]

    def others(self, kind: Kind) -> Iterator[PoolPayload]:
        """Endlessly many pools the probe is not in, half any and half all."""
        every = True
        while True:
            made = self._sharing(every) if kind == "sharing" else self._disjoint(every)
            if made is not None:
                yield made
                every = not every

    def _sharing(self, every: bool) -> PoolPayload | None:
        row, at = self._drawn.choice(self._near)
        skills = [row[at], *self._drawn.sample([name for n, name in enumerate(row) if n != at], SKILLS - 1)]
        place = self._drawn.choice(self._lived_in)
        shared = [name for name in skills if fold(name) in self._skills]
        if place == self._place and (not every or len(shared) == SKILLS):
            return None
        return pool(skills, place, "all" if every else "any")

    def _disjoint(self, every: bool) -> PoolPayload | None:
        place = self._drawn.choice(self._lived_in)
        if place == self._place:
            return None
        return pool(self._drawn.sample(self._drawn.choice(self._far), SKILLS), place, "all" if every else "any")


def _grow(
    engine: Engine, payload: CandidatePayload, crowd: Crowd, kind: Kind, size: Size
) -> Iterator[tuple[int, float]]:
    others = crowd.others(kind)
    everything = [*crowd.matching(size.matching), *(next(others) for _ in range(size.steps[-1] - size.matching))]
    tags = tags_of([payload], everything)
    probe = person(payload, tags, 1)
    _check(probe, everything, tags, size.matching)
    queries = [stored(each, tags, n) for n, each in enumerate(everything, 1)]
    with ExitStack() as indexes:
        filled = {}
        for step in size.steps:
            filled[step] = indexes.enter_context(pools_index(engine, f"growth-{step}"))
            fill(engine, filled[step], [query for some in queries[:step] for query in some])
        fields = asked_fields(query for some in queries for query in some)
        yield from _typical(engine, filled, percolation_view(probe.document, fields), size).items()


def _typical(engine: Engine, indexes: dict[int, str], view: dict[str, Any], size: Size) -> dict[int, float]:
    """The median time in each index. They are asked in turn, so that whatever else the machine does slows all."""
    seconds: dict[int, list[float]] = {step: [] for step in indexes}
    for _ in range(size.asks + size.asks // 2):
        for step, index in indexes.items():
            begun = time.perf_counter()
            outcome = percolate(engine, index, [view])[0]
            seconds[step].append(time.perf_counter() - begun)
            if len(outcome.generations) != size.matching:
                raise RuntimeError(f"{len(outcome.generations)} pools matched, {size.matching} should.")
    # The first third warms up.
    return {step: median(each[size.asks // 2 :]) for step, each in seconds.items()}


def _check(probe: Person, everything: Sequence[PoolPayload], tags: Tags, matching: int) -> None:
    holding = sum(asked(each, tags, n).holds(probe.tags, probe.places) for n, each in enumerate(everything))
    if holding != matching:
        raise RuntimeError(f"The probe is in {holding} pools, not {matching}.")
