"""The last look at a search before it leaves: it carries its filter of rights and asks nothing that passes by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Clause = dict[str, Any]

# Of these nothing shows more than the query finds. What is not named is refused: `global` and significant terms look
# at everybody, `suggest`, `explain` and `profile` tell of terms and statistics of everybody.
BODY: Final = frozenset(
    {
        "size", "query", "post_filter", "aggs", "sort", "search_after", "track_total_hits", "track_scores",
        "docvalue_fields", "stored_fields", "_source", "highlight",
    }
)  # fmt: skip
READ_BY_ALL: Final = frozenset({"text"})
AGGREGATIONS: Final = frozenset(
    {"terms", "filter", "filters", "nested", "reverse_nested", "date_histogram", "composite", "value_count"}
)


class Unguarded(AssertionError):
    """A search was built wrongly: it lacks its rights, or asks for what may not be asked. Never the caller's fault."""


def admit(body: Mapping[str, Any], rights: Clause) -> None:
    """Raise Unguarded unless the rights are the first filter of the query and everything else is known to be safe."""
    unknown = body.keys() - BODY
    if unknown:
        raise Unguarded(f"A search may not have {', '.join(sorted(unknown))}.")
    query = body.get("query", {})
    if list(query) != ["bool"] or next(iter(query["bool"].get("filter", [])), None) != rights or not rights:
        raise Unguarded("A search without its filter of rights was about to leave.")
    if set(body.get("stored_fields", ())) - READ_BY_ALL:
        raise Unguarded("Of a person found only the text leaves that everybody may read who sees them.")
    _admit_aggregations(body.get("aggs", {}))
    for field in body.get("highlight", {}).get("fields", {}).values():
        if "highlight_query" not in field:
            raise Unguarded("Marks without a query of their own would show what rights ask.")


def _admit_aggregations(aggregations: Mapping[str, Any]) -> None:
    for name, aggregation in aggregations.items():
        kinds = aggregation.keys() - {"aggs"}
        if not kinds or kinds - AGGREGATIONS:
            raise Unguarded(f"The aggregation “{name}” is of a kind that is not known to be safe.")
        for kind in kinds:
            if isinstance(aggregation[kind], Mapping) and aggregation[kind].get("min_doc_count", 1) < 1:
                raise Unguarded(f"The aggregation “{name}” would name values that nobody visible has.")
        _admit_aggregations(aggregation.get("aggs", {}))
