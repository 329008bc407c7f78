"""`percolate_per_s` against `postgres_per_s`: the same pools, the same people, by one client and by two.

The engine's side is the product's own: stored queries as it compiles them, its mappings, its reading of the answer,
one request of 100 people under way at a time. Everybody returns the set of pool numbers of each person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from benchmarks import postgres_pools
from benchmarks.clients import Client, rate
from benchmarks.quantiles import median
from benchmarks.scratch import fill, pools_index
from benchmarks.world import Asked, Person, asked, person, stored, tags_of
from engine.client import Engine
from engine.percolator import CHUNK, percolate
from mappings.documents import percolation_view
from sample.locations import locations
from sample.profiles import candidates
from sample.requirements import PoolPayload, Shape, Sources, pools
from search.asked import asked_fields

Sides = dict[str, tuple[Client, Sequence[Any]]]
SHAPE = Shape(skills=(3, 3), located=1.0)
ENGINE_TIMEOUT_S = 120.0
# The engine's JVM takes ten times as long for its first documents as after fifteen thousand; servers run for weeks.
WARM_ROUNDS = 3


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    pools: int = 30_000
    people: int = 4_000
    rounds: int = 5


@dataclass(frozen=True)
class Figures:
    """Per second, by clients; medians of the rounds."""

    matches: float
    engine: dict[int, float]
    postgres: dict[int, float]
    postgres_pipelined: dict[int, float]

    def report(self) -> dict[str, Any]:
        """The keys of the report. The rival counts with the better of its two forms."""
        best = {clients: max(self.postgres[clients], self.postgres_pipelined[clients]) for clients in self.engine}
        return {
            "percolate_per_s": round(self.engine[1], 1),
            "postgres_per_s": round(best[1], 1),
            "percolate_vs_postgres": round(self.engine[1] / best[1], 3),
            "percolate_per_s_2": round(self.engine[2], 1),
            "postgres_per_s_2": round(best[2], 1),
            "percolate_vs_postgres_2": round(self.engine[2] / best[2], 3),
            "percolate_matches_per_candidate": round(self.matches, 1),
            "postgres_one_by_one_per_s": round(self.postgres[1], 1),
            "postgres_pipelined_per_s": round(self.postgres_pipelined[1], 1),
        }


def measure(engine_url: str, database_url: str, sources: Sources, size: Size, step: Callable[[str], None]) -> Figures:
    """Fill both sides, check that they agree, then let them take turns."""
    step("pools and people for the comparison with PostgreSQL")
    payloads = list(candidates(size.people, sources.profiles[:: max(1, len(sources.profiles) // size.people)]))
    wanted = country_pools(size.pools, sources)
    tags = tags_of(payloads, wanted)
    people = [person(payload, tags, n) for n, payload in enumerate(payloads, 1)]
    rows = [asked(pool, tags, n) for n, pool in enumerate(wanted, 1)]
    with (
        connected(engine_url) as engine,
        psycopg.connect(database_url, autocommit=True) as connection,
        pools_index(engine, "percolate") as index,
    ):
        step("registering stored queries")
        queries = [query for n, pool in enumerate(wanted, 1) for query in stored(pool, tags, n)]
        fill(engine, index, queries)
        numbers = postgres_pools.create(connection, rows)
        try:
            # As the product does: only the fields that pools ask.
            fields = asked_fields(queries)
            views = [percolation_view(each.document, fields) for each in people]
            questions = postgres_pools.questions(people, numbers)
            sides: Sides = {
                "engine": (Client(connected, Percolation(index), engine_url), views),
                "postgres": (Client(in_database, postgres_pools.one_by_one, database_url), questions),
                "postgres_pipelined": (Client(in_database, postgres_pools.pipelined, database_url), questions),
            }
            return _take_turns(sides, people, rows, size, step)
        finally:
            postgres_pools.drop(connection)


def _take_turns(
    sides: Sides,
    people: Sequence[Person],
    rows: Sequence[Asked],
    size: Size,
    step: Callable[[str], None],
) -> Figures:
    step("warming up")
    for client, questions in sides.values():
        for _ in range(WARM_ROUNDS):
            client.answers(questions)
    answers = {name: client.answers(questions) for name, (client, questions) in sides.items()}
    for name, found in answers.items():
        check(name, found, people, rows)
    rates: dict[str, dict[int, list[float]]] = {name: {1: [], 2: []} for name in sides}
    for round_ in range(size.rounds):
        for clients in (1, 2):
            for name, (client, questions) in sides.items():
                step(f"round {round_ + 1} of {size.rounds}, {clients} client(s): {name}")
                rates[name][clients].append(rate(client, questions, clients, warm=len(questions) // 4))
    middle = {name: {clients: median(each) for clients, each in by.items()} for name, by in rates.items()}
    matches = sum(map(len, answers["engine"])) / len(people)
    return Figures(matches, middle["engine"], middle["postgres"], middle["postgres_pipelined"])


def check(name: str, found: Sequence[frozenset[int]], people: Sequence[Person], rows: Sequence[Asked]) -> None:
    """A wrong answer is no answer: every tenth person is judged by the definition."""
    for at in range(0, len(people), 10):
        right = {row.number for row in rows if row.holds(people[at].tags, people[at].places)}
        if found[at] != right:
            raise RuntimeError(f"{name} answers wrongly for person {at}: {sorted(found[at] ^ right)[:5]}")


def country_pools(count: int, sources: Sources) -> list[PoolPayload]:
    """Pools of three skills and a country (a region would need the tree, which the rival has not)."""
    made = pools(count + count // 10, seed=30, shape=SHAPE, sources=sources)
    regions = regions_of_a_country()
    return [pool for pool in made if pool["criteria"]["locations"]["any"][0] not in regions][:count]


def regions_of_a_country() -> frozenset[str]:
    """The names of places that lie in another place."""
    return frozenset(place.name for place in locations() if place.parent)


class Percolation:
    """Asking the product's percolator, one request at a time."""

    def __init__(self, index: str) -> None:
        self._index = index

    def __call__(self, engine: Engine, views: Sequence[dict[str, Any]]) -> list[frozenset[int]]:
        found: list[frozenset[int]] = []
        for start in range(0, len(views), CHUNK):
            for outcome in percolate(engine, self._index, views[start : start + CHUNK]):
                if outcome.failed is not None:
                    raise RuntimeError(outcome.failed)
                found.append(outcome.generations)
        return found


@contextmanager
def connected(url: str) -> Iterator[Engine]:
    """A connection to the engine."""
    engine = Engine(url.split(","), ENGINE_TIMEOUT_S)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def in_database(url: str) -> Iterator[psycopg.Connection]:
    """A connection to the database."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
