"""Values counted exactly, however many shards they lie on.

Asked for the values that occur most, every shard (and, on a machine with several cores, every slice of one) sends only
those that occur most in itself. A value that is rare in one and frequent in another is then counted too low, or not
shown at all. The engine says how far off its numbers may be; where that could change what is shown, it is asked once
more for longer lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

Clause = dict[str, Any]

# How many values each shard sends, at first and then where those were too few. The first covers every facet but tags,
# places and positions of a large installation, and usually those: what is frequent is among the first everywhere. The
# last is as many buckets as the engine makes; only with more different values than that can a number be off.
DEPTHS: Final = (1_000, 10_000, 60_000)


def deep(aggregations: Mapping[str, Any], depth: int) -> Clause:
    """The same aggregations with so many values of each shard, and with how far off each number may be."""
    asked: Clause = {}
    for name, aggregation in aggregations.items():
        asked[name] = dict(aggregation)
        if "terms" in aggregation:
            asked[name]["terms"] = {
                **aggregation["terms"],
                "shard_size": max(depth, aggregation["terms"]["size"]),
                "show_term_doc_count_error": True,
            }
        if "aggs" in aggregation:
            asked[name]["aggs"] = deep(aggregation["aggs"], depth)
    return asked


def exact(aggregations: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    """Whether the values shown are those that occur most, with their true numbers."""
    for name, aggregation in aggregations.items():
        # Of nobody the engine counts nothing at all.
        found = answer.get(name, {})
        if "terms" in aggregation and not _exact_terms(found):
            return False
        # What is counted inside a bucket is only ever a number, or stands in a bucket that is there once.
        if "aggs" in aggregation and "terms" not in aggregation and not exact(aggregation["aggs"], found):
            return False
    return True


def _exact_terms(found: Mapping[str, Any]) -> bool:
    # The most that a value which is not shown may have; below zero where the engine cannot tell.
    missed = found.get("doc_count_error_upper_bound", 0)
    if missed == 0:
        return True
    shown = found["buckets"]
    if missed < 0 or any(bucket["doc_count_error_upper_bound"] != 0 for bucket in shown):
        return False
    # As many as the last one shown would be a tie, which the name decides.
    return bool(shown) and shown[-1]["doc_count"] > missed
