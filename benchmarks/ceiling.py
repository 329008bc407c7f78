"""`ceiling_per_s`: the bare work of an import in sequence, with everything prepared beforehand.

COPY of candidates, bulk indexing of prebuilt documents, best batched percolation of prebuilt documents (only the
fields that pools ask), COPY of the match rows. Tables and indexes are made like the product's, the pools are its own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from benchmarks.scratch import candidates_index
from benchmarks.world import Person
from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.percolator import percolate
from mappings.documents import percolation_view

BULK = 500
TABLES = {"benchmark_candidates": "candidates", "benchmark_matches": "matches"}
_CANDIDATE = ("id", "name", "email", "phone", "headline", "cv_text", "source", "years_experience", "languages")
_MATCH = ("candidate_id", "pool_id", "generation", "candidate_version", "arrived", "matched_at")


def measure(
    engine: Engine,
    database_url: str,
    pools: str,
    people: Sequence[Person],
    fields: frozenset[str],
    step: Callable[[str], None],
) -> dict[str, Any]:
    """The keys of the report. `pools` is the index that the product percolates in."""
    rows = [_row(person) for person in people]
    documents = [Document(p.document["id"], 1, orjson.dumps(p.document)) for p in people]
    views = [percolation_view(person.document, fields) for person in people]
    seconds: dict[str, float] = {}
    with psycopg.connect(database_url, autocommit=True) as connection, candidates_index(engine, "ceiling") as index:
        make_tables(connection)
        pool_ids = _pool_ids(connection)
        try:
            percolate(engine, pools, views[:BULK])
            step("ceiling: COPY of candidates")
            seconds["copy_candidates"] = _timed(lambda: _copy(connection, "benchmark_candidates", _CANDIDATE, rows))
            step("ceiling: bulk indexing")
            seconds["index"] = _timed(lambda: _index(engine, index, documents))
            step("ceiling: percolation")
            begun = time.perf_counter()
            outcomes = percolate(engine, pools, views)
            seconds["percolate"] = time.perf_counter() - begun
            now = datetime.now(UTC)
            matches = [
                (rows[at][0], pool_ids[generation], generation, 1, True, now)
                for at, outcome in enumerate(outcomes)
                for generation in outcome.generations
            ]
            step("ceiling: COPY of matches")
            seconds["copy_matches"] = _timed(lambda: _copy(connection, "benchmark_matches", _MATCH, matches))
        finally:
            drop_tables(connection)
    total = sum(seconds.values())
    return {
        "ceiling_per_s": round(len(people) / total, 1),
        "ceiling_share": {name: round(each / total, 3) for name, each in seconds.items()},
        "ceiling_candidates": len(people),
        "ceiling_matches_per_candidate": round(len(matches) / len(people), 2),
    }


def make_tables(connection: psycopg.Connection) -> None:
    """Empty tables with the columns, constraints and indexes of the product's."""
    drop_tables(connection)
    for table, like in TABLES.items():
        connection.execute(f"CREATE TABLE {table} (LIKE {like} INCLUDING ALL)")


def drop_tables(connection: psycopg.Connection) -> None:
    """Remove them."""
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")


def _row(person: Person) -> tuple[Any, ...]:
    payload = person.payload
    return (uuid.uuid4(), *(payload[name] for name in _CANDIDATE[1:-1]), Jsonb(payload["languages"]))  # type: ignore[literal-required]


def _copy(connection: psycopg.Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _index(engine: Engine, index: str, documents: Sequence[Document]) -> None:
    for start in range(0, len(documents), BULK):
        outcome = bulk_index(engine, [index], documents[start : start + BULK])
        if outcome.failed:
            raise RuntimeError(f"The engine refused {outcome.failed[0]}")


def _pool_ids(connection: psycopg.Connection) -> dict[int, uuid.UUID]:
    return dict(connection.execute("SELECT live_generation, id FROM pools").fetchall())


def _timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
