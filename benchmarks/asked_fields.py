"""The fields that stored queries ask: a percolation needs no others, and each further one costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.percolator import StoredQuery


def asked_fields(queries: Iterable[StoredQuery]) -> frozenset[str]:
    """Every field named in a term, terms, match or range of these queries."""
    return frozenset(field for query in queries for field in _fields(query.body))


def only(view: dict[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    """The document cut to these fields."""
    return {name: value for name, value in view.items() if name in fields}


def _fields(clause: Any) -> Iterator[str]:
    if isinstance(clause, list):
        for part in clause:
            yield from _fields(part)
    elif isinstance(clause, dict):
        for kind, inner in clause.items():
            if kind in ("term", "terms", "range", "match", "match_phrase"):
                yield from (name for name in inner if name != "boost")
            else:
                yield from _fields(inner)
