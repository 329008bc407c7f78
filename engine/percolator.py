"""Reverse search: stored queries are registered, and a document is asked which of them it matches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from engine.answers import whole
from engine.client import Engine, ndjson, refusal
from engine.documents import BulkOutcome, send_bulk
from engine.errors import NOT_NOW, EngineRefused, EngineUnavailable
from engine.indexes import refresh

# Documents in one multi-search. More gains nothing (measured, docs/decisions/0002) and makes one failure cost more.
CHUNK = 100
# Chunks under way at once: while one is read here, the other keeps the engine's second core busy.
LANES = 2
# Stored queries in one bulk request: about a megabyte of small queries.
REGISTER_CHUNK = 2_000
# Pools per document that one answer brings. A person in more pools than this is rare; the rest is paged for.
POOLS_AT_ONCE = 2_000
# Page of the complete list: below the engine's limit on buckets (65,535) with room to spare.
PAGE = 10_000
# A pool is stored as 64 queries at most (search/render_stored.py).
MOST_UNDER_A_KEY = 1_000
# What a stored query that throws makes of the whole request; a missing index (404), say, is nobody's query's fault.
BAD_REQUEST = 400
GONE = 404


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """One of the queries a pool is stored as; the pool matches where any of them does.

    `pool` is the pool's key (see pool_key), `n` its number within the pool, `body` the query.
    `exact` says that we expect the engine to decide it from its index of terms, without running it.
    """

    pool: str
    n: int
    body: dict[str, Any]
    exact: bool

    @property
    def id(self) -> str:
        """The document id: fixed, so that registering twice stores once."""
        return f"{self.pool}.{self.n}"


@dataclass(frozen=True, slots=True)
class PercolateOutcome:
    """The generations of the pools one document matches; or why that is not known.

    Numbers and not keys: they are read from numeric doc values, 1.5 to 2 times faster than keywords (measured,
    docs/decisions/0002). A generation's number is unique among all pools.

    `failed` holds the engine's reason when some stored query throws on this document: see find_broken.
    """

    generations: frozenset[int]
    failed: str | None = None


def pool_key(pool_id: UUID, generation: int) -> str:
    """The name under which one generation of a pool's criteria is stored."""
    return f"{pool_id.hex}.{generation}"


def parse_pool_key(key: str) -> tuple[UUID, int]:
    """The pool and generation of a key."""
    pool, _, generation = key.partition(".")
    return UUID(hex=pool), int(generation)


def register(engine: Engine, index: str, stored: Sequence[StoredQuery], *, visible: bool = True) -> BulkOutcome:
    """Store the queries and make them match; when this returns, every later percolation sees them.

    Where nobody percolates yet (an index that is being filled) that can wait: `visible` says whether to refresh.

    A query that the engine refuses (it cannot be parsed) is in `failed` under its id; the others are stored.
    Raises EngineUnavailable when one was turned away with "not now".
    """
    outcome = BulkOutcome()
    for start in range(0, len(stored), REGISTER_CHUNK):
        chunk = stored[start : start + REGISTER_CHUNK]
        lines: list[bytes] = []
        for query in chunk:
            lines.append(orjson.dumps({"index": {"_index": index, "_id": query.id}}))
            _, generation = parse_pool_key(query.pool)
            lines.append(orjson.dumps({"pool": query.pool, "generation": generation, "query": query.body}))
        for query, (status, reason) in zip(chunk, send_bulk(engine, lines), strict=True):
            if status < 300:
                outcome.indexed.append(query.id)
            elif status in NOT_NOW:
                # Nothing is wrong with the query; storing all of them again does no harm.
                raise EngineUnavailable(f"The search engine cannot store queries now: {reason}")
            else:
                outcome.failed.append((query.id, reason))
    if visible:
        refresh(engine, index)
    return outcome


def forget(engine: Engine, index: str, pool_id: UUID, older_than: int | None = None) -> int:
    """Delete what is stored of a pool, all of it or the generations before one; how many queries went.

    Never what is newer: another process may just have stored it.

    Refreshed before (a deletion by query sees only what is visible) and after (they stop matching).
    """
    parts: list[dict[str, Any]] = [{"prefix": {"pool": f"{pool_id.hex}."}}]
    if older_than is not None:
        parts.append({"range": {"generation": {"lt": older_than}}})
    return _delete(engine, index, {"filter": parts})


def forget_key(engine: Engine, index: str, key: str) -> int:
    """Delete what is stored under one key, whatever wrote it; how many queries went."""
    return _delete(engine, index, {"filter": [{"term": {"pool": key}}]})


def _delete(engine: Engine, index: str, query: dict[str, Any]) -> int:
    try:
        refresh(engine, index)
        answer = engine.call(
            "POST", f"/{index}/_delete_by_query", {"query": {"bool": query}}, refresh=True, conflicts="proceed"
        )
    except EngineRefused as refused:
        if refused.engine_status == GONE:
            return 0  # dropped meanwhile: nothing is stored in it
        raise
    if answer["failures"]:
        raise EngineUnavailable(f"{len(answer['failures'])} stored queries could not be deleted.")
    return int(answer["deleted"])


def percolate(engine: Engine, index: str, documents: Sequence[dict[str, Any]]) -> list[PercolateOutcome]:
    """The pools each document matches, in the order of the documents.

    Raises EngineUnavailable or EnginePartial when the answer for any document is missing: nothing is then known.
    A stored query that throws spoils only the documents it throws on.
    """
    chunks = [documents[start : start + CHUNK] for start in range(0, len(documents), CHUNK)]
    if len(chunks) <= 1:
        return _percolate_chunk(engine, index, documents)
    with ThreadPoolExecutor(max_workers=LANES, thread_name_prefix="percolate") as lanes:
        answered = lanes.map(lambda chunk: _percolate_chunk(engine, index, chunk), chunks)
        return [outcome for chunk in answered for outcome in chunk]


def find_broken(engine: Engine, index: str, document: dict[str, Any]) -> list[str]:
    """The keys of the pools whose stored queries throw on this document, found by halving the range of keys.

    Raises EngineRefused when it is the document itself that the engine refuses: then no pool is to blame.
    """
    whole(_search(engine, index, _question(document, [{"term": {"pool": ""}}])))
    keys = [key for key, _ in registered(engine, index)]
    broken: list[str] = []
    ranges = [(0, len(keys))] if keys else []
    while ranges:
        start, end = ranges.pop()
        between = {"range": {"pool": {"gte": keys[start], "lte": keys[end - 1]}}}
        try:
            whole(_search(engine, index, _question(document, [between])))
        except EngineRefused:
            if end - start == 1:
                broken.append(keys[start])
            else:
                middle = (start + end) // 2
                ranges += [(middle, end), (start, middle)]
    return broken


def count_unextracted(engine: Engine, index: str) -> int:
    """Stored queries that the engine runs against every document because it could extract nothing from them."""
    query = {"query": {"term": {"query.extraction_result": "failed"}}}
    return int(whole(engine.call("POST", f"/{index}/_count", query))["count"])


def stored_queries(engine: Engine, index: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The bodies of these stored queries by id, refreshed or not; absent ones are left out."""
    if not ids:
        return {}
    body = {"docs": [{"_id": each, "_source": ["query"]} for each in ids]}
    found = engine.call("POST", f"/{index}/_mget", body)["docs"]
    return {doc["_id"]: doc["_source"]["query"] for doc in found if doc.get("found")}


def queries_under(engine: Engine, index: str, key: str) -> list[StoredQuery]:
    """Everything stored under one pool key (as of the last refresh), as it was stored."""
    body = {"size": MOST_UNDER_A_KEY, "query": {"term": {"pool": key}}, "_source": ["query"]}
    hits = whole(_search(engine, index, body))["hits"]["hits"]
    return [StoredQuery(key, int(hit["_id"].rpartition(".")[2]), hit["_source"]["query"], exact=False) for hit in hits]


def count_under(engine: Engine, index: str, keys: Sequence[str]) -> dict[str, int]:
    """How many queries are stored under each of these keys (at most PAGE of them); one with none is left out."""
    by_key = {"terms": {"field": "pool", "size": max(1, len(keys))}}
    body = {"size": 0, "query": {"terms": {"pool": list(keys)}}, "aggs": {"keys": by_key}}
    buckets = whole(_search(engine, index, body))["aggregations"]["keys"]["buckets"]
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}


def unextracted(engine: Engine, index: str) -> set[str]:
    """The keys of pools that the engine has to run against everybody (the first PAGE of them)."""
    query = {"term": {"query.extraction_result": "failed"}}
    body = {"size": 0, "query": query, "aggs": {"keys": {"terms": {"field": "pool", "size": PAGE}}}}
    return {bucket["key"] for bucket in whole(_search(engine, index, body))["aggregations"]["keys"]["buckets"]}


def registered(
    engine: Engine, index: str, after: str | None = None, up_to: str | None = None
) -> Iterator[tuple[str, int]]:
    """Each stored pool key after this text and up to that one, with the number of its stored queries, in key order."""
    bounds = {name: value for name, value in (("gt", after), ("lte", up_to)) if value is not None}
    yield from _pages(engine, index, "pool", {"range": {"pool": bounds}} if bounds else {"match_all": {}})


def past(pool_id: UUID) -> str:
    """A text that stands after every key of this pool and before every key of the next one."""
    # The sign after the full stop.
    return f"{pool_id.hex}/"


def _percolate_chunk(engine: Engine, index: str, documents: Sequence[dict[str, Any]]) -> list[PercolateOutcome]:
    if not documents:
        return []
    if len(documents) == 1:
        return [_percolate_one(engine, index, documents[0])]
    header = orjson.dumps({"index": index, "request_cache": False, "allow_partial_search_results": False})
    lines: list[bytes] = []
    for document in documents:
        lines += [header, orjson.dumps(_question(document))]
    answer = engine.call("POST", "/_msearch", ndjson(lines))
    outcomes: list[PercolateOutcome] = []
    for document, response in zip(documents, answer["responses"], strict=True):
        if "error" in response:
            error = refusal(response.get("status", 400), response["error"])
            if isinstance(error, EngineUnavailable) or error.engine_status != BAD_REQUEST:
                raise error
            outcomes.append(PercolateOutcome(frozenset(), error.reason))
        else:
            outcomes.append(_read(engine, index, document, response))
    return outcomes


def _percolate_one(engine: Engine, index: str, document: dict[str, Any]) -> PercolateOutcome:
    try:
        answer = _search(engine, index, _question(document))
    except EngineRefused as refused:
        if refused.engine_status != BAD_REQUEST:
            raise
        return PercolateOutcome(frozenset(), refused.reason)
    return _read(engine, index, document, answer)


def _search(engine: Engine, index: str, body: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = engine.call(
        "POST", f"/{index}/_search", body, request_cache=False, allow_partial_search_results=False
    )
    return answer


def _read(engine: Engine, index: str, document: dict[str, Any], answer: dict[str, Any]) -> PercolateOutcome:
    pools = whole(answer)["aggregations"]["pools"]
    if pools["sum_other_doc_count"] > 0:
        return PercolateOutcome(
            frozenset(key for key, _ in _pages(engine, index, "generation", _percolation(document)))
        )
    return PercolateOutcome(frozenset(bucket["key"] for bucket in pools["buckets"]))


def _percolation(document: dict[str, Any]) -> dict[str, Any]:
    return {"percolate": {"field": "query", "document": document}}


def _question(document: dict[str, Any], filters: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """No hits and no scores: the pools are read from doc values by an aggregation (ten times faster, measured)."""
    return {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": [*filters, _percolation(document)]}},
        "aggs": {"pools": {"terms": {"field": "generation", "size": POOLS_AT_ONCE}}},
    }


def _pages(engine: Engine, index: str, field: str, query: dict[str, Any]) -> Iterator[tuple[Any, int]]:
    after: dict[str, Any] = {}
    while True:
        composite = {"size": PAGE, "sources": [{"key": {"terms": {"field": field}}}], **after}
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"bool": {"filter": [query]}},
            "aggs": {"pools": {"composite": composite}},
        }
        pools = whole(_search(engine, index, body))["aggregations"]["pools"]
        yield from ((bucket["key"]["key"], bucket["doc_count"]) for bucket in pools["buckets"])
        if "after_key" not in pools:
            return
        after = {"after": pools["after_key"]}
