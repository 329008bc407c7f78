"""The one door to candidates: nothing is read of them that did not pass the security filter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from engine.answers import whole
from engine.client import Engine, ndjson, refusal

Order = Literal["newest", "oldest", "name", "id"]

# Every order ends in the id, so that no two people compare equal and a cursor never skips one.
SORTS: dict[Order, list[dict[str, str]]] = {
    "newest": [{"created": "desc"}, {"id": "asc"}],
    "oldest": [{"created": "asc"}, {"id": "asc"}],
    "name": [{"name.sort": "asc"}, {"id": "asc"}],
    "id": [{"id": "asc"}],
}


# Queries in one request; as with percolation, more gains nothing.
TOGETHER = 50


@dataclass(frozen=True, slots=True)
class SecuredQuery:
    """A query that carries the rights of the one who asks. Only search.secure makes one (a test holds that)."""

    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the answer: how many, in which order, and after which hit's cursor."""

    size: int = 20
    order: Order = "newest"
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found: the id, the version that was found, and where a next page would begin."""

    id: str
    version: int
    cursor: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an answer and the exact number of all hits."""

    total: int
    hits: list[Hit]


def count(engine: Engine, index: str, query: SecuredQuery) -> int:
    """How many people the query finds, exactly."""
    return int(whole(engine.call("POST", f"/{index}/_count", {"query": query.body}))["count"])


def search(engine: Engine, index: str, query: SecuredQuery, page: Page) -> Answer:
    """One page of people. Only ids leave the engine: what is shown of them is read where the rights are."""
    answer = _search(engine, index, query, page, total=True)
    return Answer(answer["hits"]["total"]["value"], _hits(answer))


def matching_ids(
    engine: Engine, index: str, query: SecuredQuery, batch: int = 5_000, after: tuple[Any, ...] | None = None
) -> Iterator[list[tuple[str, int]]]:
    """Everyone the query finds, as (id, version) in id order, a batch at a time and however many they are."""
    while True:
        hits = _hits(_search(engine, index, query, Page(batch, "id", after), total=False))
        if hits:
            yield [(hit.id, hit.version) for hit in hits]
        if len(hits) < batch:
            return
        after = hits[-1].cursor


def matching_ids_of_many(
    engine: Engine, index: str, queries: Sequence[SecuredQuery], batch: int = 2_000
) -> Iterator[tuple[int, list[tuple[str, int]]]]:
    """Everyone each of the queries finds, as (number of the query, some of its people).

    The first page of many queries is one request: most pools of an installation hold few people, and a round trip
    for each would be most of the time.
    """
    for start in range(0, len(queries), TOGETHER):
        chunk = queries[start : start + TOGETHER]
        header = orjson.dumps({"index": index, "allow_partial_search_results": False})
        lines: list[bytes] = []
        for query in chunk:
            lines += [header, orjson.dumps(_body(query, Page(batch, "id"), total=False))]
        answer = engine.call("POST", "/_msearch", ndjson(lines))
        for at, (query, response) in enumerate(zip(chunk, answer["responses"], strict=True)):
            if "error" in response:
                raise refusal(response.get("status", 400), response["error"])
            hits = _hits(whole(response))
            if hits:
                yield start + at, [(hit.id, hit.version) for hit in hits]
            if len(hits) == batch:
                for more in matching_ids(engine, index, query, batch, after=hits[-1].cursor):
                    yield start + at, more


def _search(engine: Engine, index: str, query: SecuredQuery, page: Page, *, total: bool) -> dict[str, Any]:
    body = _body(query, page, total=total)
    return whole(engine.call("POST", f"/{index}/_search", body, allow_partial_search_results=False))


def _body(query: SecuredQuery, page: Page, *, total: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "size": page.size,
        "query": {"bool": {"filter": [query.body]}},
        "sort": SORTS[page.order],
        "track_total_hits": total,
        "docvalue_fields": ["id", "version"],
        "_source": False,
    }
    if page.after is not None:
        body["search_after"] = list(page.after)
    return body


def _hits(answer: dict[str, Any]) -> list[Hit]:
    return [
        Hit(hit["fields"]["id"][0], int(hit["fields"]["version"][0]), tuple(hit["sort"]))
        for hit in answer["hits"]["hits"]
    ]
