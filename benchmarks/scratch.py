"""Indexes of a benchmark's own on the product's engine, with the product's mappings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from engine.client import Engine
from engine.indexes import create_index, drop_index, refresh
from engine.percolator import StoredQuery, register
from mappings.indexes import candidate_index, pool_index

PREFIX = "benchmark"
_CHUNK = 2_000


@contextmanager
def pools_index(engine: Engine, name: str) -> Iterator[str]:
    """An empty pool index for the length of the block."""
    with _index(engine, f"{PREFIX}-{name}", pool_index()) as index:
        yield index


@contextmanager
def candidates_index(engine: Engine, name: str) -> Iterator[str]:
    """An empty candidate index for the length of the block."""
    with _index(engine, f"{PREFIX}-{name}", candidate_index()) as index:
        yield index


def fill(engine: Engine, index: str, queries: Sequence[StoredQuery]) -> None:
    """Register the queries as the product does, and let the engine finish its own merging."""
    for start in range(0, len(queries), _CHUNK):
        outcome = register(engine, index, queries[start : start + _CHUNK])
        if outcome.failed:
            raise RuntimeError(f"{len(outcome.failed)} queries were refused, the first: {outcome.failed[0]}")
    refresh(engine, index)


@contextmanager
def _index(engine: Engine, name: str, body: dict[str, Any]) -> Iterator[str]:
    drop_index(engine, name)
    create_index(engine, name, body)
    try:
        yield name
    finally:
        drop_index(engine, name)
