"""Which fields stored queries ask: only those need be percolated, and each further one costs (docs/decisions/0007)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.percolator import StoredQuery
from mappings.fields import PERCOLATED


def asked_fields(queries: Iterable[StoredQuery]) -> frozenset[str]:
    """Every field that any of these queries names, whatever it asks of it."""
    return frozenset(name for query in queries for name in _names(query.body) if name in PERCOLATED)


def _names(clause: Any) -> Iterator[str]:
    if isinstance(clause, list):
        for part in clause:
            yield from _names(part)
    elif isinstance(clause, dict):
        for name, inner in clause.items():
            yield name
            yield from _names(inner)
