"""Rejections counted by what was said of them: of everybody a secured query finds, exactly, in one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.answers import whole
from engine.client import Engine
from engine.door import SecuredQuery
from engine.guard import admit

Dimension = Literal["reason", "said_by", "position", "stage", "source", "month"]
Values = tuple[str | None, ...]

# Buckets of one answer stay under the engine's bound of 65,535 with the margins beside them.
PAGE = 10_000

_FIELDS: dict[Dimension, str] = {
    "reason": "applications.reason",
    "said_by": "applications.by",
    "position": "applications.position",
    "stage": "applications.stage",
    "source": "applications.source",
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days of rejection, both included; None is open."""

    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rejections, and of how many people."""

    rejections: int
    people: int


@dataclass(frozen=True, slots=True)
class Table:
    """Counts by all dimensions together, by each of them alone, by month, and of everything.

    `more`: there are more cells than one answer holds, and these are only some of them.
    """

    total: Count
    cells: Mapping[Values, Count]
    margins: Mapping[Dimension, Mapping[Values, Count]]
    months: Mapping[Values, Count]
    more: bool


def tabulate(
    engine: Engine, index: str, query: SecuredQuery, by: Sequence[Dimension], period: Period, most: int = PAGE
) -> Table:
    """The table of the rejections in the period, of the people the query finds."""
    of_people: dict[str, Any] = {"people": {"reverse_nested": {}}}
    several = by if len(by) > 1 else ()
    tables: dict[str, Sequence[Dimension]] = {"cells": by, "months": ("month",)}
    tables |= {f"by_{each}": (each,) for each in several}
    aggregations = {name: {**_composite(dimensions, most), "aggs": of_people} for name, dimensions in tables.items()}
    counted = _ask(engine, index, query, period, aggregations | of_people)
    return Table(
        total=Count(counted["doc_count"], counted["people"]["doc_count"]),
        cells=_counts(counted["cells"], by),
        margins={each: _counts(counted[f"by_{each}"], (each,)) for each in several},
        months=_counts(counted["months"], ("month",)),
        more=len(counted["cells"]["buckets"]) >= most,
    )


def each_rejection(
    engine: Engine, index: str, query: SecuredQuery, by: Sequence[Dimension], period: Period, page: int = PAGE
) -> Iterator[tuple[str, Values]]:
    """Every such rejection by itself: the id of its application, and its values in these dimensions."""
    after: dict[str, Any] | None = None
    while True:
        table = _composite(by, page, identified=True, after=after)
        answer = _ask(engine, index, query, period, {"cells": table})["cells"]
        for bucket in answer["buckets"]:
            yield bucket["key"]["id"], tuple(bucket["key"][each] for each in by)
        after = answer.get("after_key")
        if after is None or len(answer["buckets"]) < page:
            return


def _ask(
    engine: Engine, index: str, query: SecuredQuery, period: Period, aggregations: Mapping[str, Any]
) -> dict[str, Any]:
    ends = {"gte": period.first and period.first.isoformat(), "lte": period.last and period.last.isoformat()}
    given = {side: day for side, day in ends.items() if day}
    field = "applications.rejected"
    rejected: dict[str, Any] = {"range": {field: given}} if given else {"exists": {"field": field}}
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": query.body,
        "aggs": {
            "applications": {
                "nested": {"path": "applications"},
                "aggs": {"rejected": {"filter": rejected, "aggs": dict(aggregations)}},
            }
        },
    }
    admit(body, query.rights)
    answer = whole(engine.call("POST", f"/{index}/_search", body, allow_partial_search_results=False))
    counted: dict[str, Any] = answer["aggregations"]["applications"]["rejected"]
    return counted


def _composite(
    by: Sequence[Dimension], size: int, *, identified: bool = False, after: dict[str, Any] | None = None
) -> dict[str, Any]:
    sources: list[dict[str, Any]] = [{"id": {"terms": {"field": "applications.id"}}}] if identified else []
    sources += [{each: _source(each)} for each in by]
    return {"composite": {"size": size, "sources": sources, **({"after": after} if after else {})}}


def _source(dimension: Dimension) -> dict[str, Any]:
    if dimension == "month":
        how = {"field": "applications.rejected", "calendar_interval": "month", "format": "yyyy-MM"}
        return {"date_histogram": how}
    # Not every application says where it came from.
    return {"terms": {"field": _FIELDS[dimension], "missing_bucket": True}}


def _counts(table: Mapping[str, Any], by: Sequence[Dimension]) -> dict[Values, Count]:
    return {
        tuple(bucket["key"][each] for each in by): Count(bucket["doc_count"], bucket["people"]["doc_count"])
        for bucket in table["buckets"]
    }
