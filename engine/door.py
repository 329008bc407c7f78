"""The one door to candidates: nothing is read of them that did not pass the security filter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from engine.answers import whole
from engine.client import Engine, ndjson, refusal
from engine.counting import DEPTHS, deep, exact
from engine.guard import admit

Order = Literal["relevance", "newest", "oldest", "name", "activity", "profile", "id"]

# Every order ends in the id, so that no two people compare equal and a cursor never skips one.
SORTS: dict[Order, list[dict[str, str]]] = {
    "relevance": [{"_score": "desc"}, {"id": "asc"}],
    "activity": [{"updated": "desc"}, {"id": "asc"}],
    "profile": [{"profile_updated": "desc"}, {"id": "asc"}],
    "newest": [{"created": "desc"}, {"id": "asc"}],
    "oldest": [{"created": "asc"}, {"id": "asc"}],
    "name": [{"name.sort": "asc"}, {"id": "asc"}],
    "id": [{"id": "asc"}],
}


# Queries in one request; as with percolation, more gains nothing.
TOGETHER = 50


# What stands before and after a word that was found. Private signs that no text of ours has (search.bands.plain_text).
MARK, MARK_END = "\ue000", "\ue001"
# Words around a mark, and how many such pieces of one text.
FRAGMENT_CHARACTERS, FRAGMENTS = 140, 3


@dataclass(frozen=True, slots=True)
class SecuredQuery:
    """A query that carries the rights of the one who asks. Only search.secure makes one (a test holds that).

    `rights` and `question` are filters, and so is `chosen`, which the facets do not see; `facets` are aggregations,
    `rank` what the score is made of, `marked` which words are marked in `marked_fields`, and `names` stands for
    whatever the parts of the question are called in `Hit.parts`. `texts`: the text that everybody may read who sees
    the person comes along.
    """

    rights: dict[str, Any]
    question: dict[str, Any]
    chosen: dict[str, Any] | None = None
    facets: Mapping[str, Any] = field(default_factory=dict)
    rank: tuple[dict[str, Any], ...] = ()
    marked: dict[str, Any] | None = None
    marked_fields: tuple[str, ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    texts: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """The query: rights first."""
        query: dict[str, Any] = {"filter": [self.rights, self.question]}
        if self.rank:
            query["should"] = list(self.rank)
        return {"bool": query}


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the answer: how many, in which order, after which hit's cursor, and whether words are marked."""

    size: int = 20
    order: Order = "newest"
    after: tuple[Any, ...] | None = None
    marks: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found: the id, the version that was found, and where a next page would begin.

    `parts` are the names of the parts of the question that hold, `marks` pieces of text with the words found between
    MARK and MARK_END; `texts` the whole texts, where they were asked for.
    """

    id: str
    version: int
    cursor: tuple[Any, ...]
    profile_updated: str = ""
    parts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an answer and the exact number of all hits."""

    total: int
    hits: list[Hit]
    facets: Mapping[str, Any] = field(default_factory=dict)


def count(engine: Engine, index: str, query: SecuredQuery) -> int:
    """How many people the query finds, exactly."""
    body = {"query": query.body}
    admit(body, query.rights)
    return int(whole(engine.call("POST", f"/{index}/_count", body))["count"])


def search(engine: Engine, index: str, query: SecuredQuery, page: Page) -> Answer:
    """One page of people. Only ids leave the engine: what is shown of them is read where the rights are."""
    return _answer(_exact(engine, index, query, page, _search(engine, index, query, page, total=True)))


def search_both(
    engine: Engine, index: str, first: tuple[SecuredQuery, Page], second: tuple[SecuredQuery, Page]
) -> tuple[Answer, Answer]:
    """Two searches in one request."""
    asked = (first, second)
    bodies = [(_options(query, page), _body(query, page, total=True)) for query, page in asked]
    one, other = (
        _answer(_exact(engine, index, query, page, answer))
        for (query, page), answer in zip(asked, _together(engine, index, bodies), strict=True)
    )
    return one, other


def _answer(answer: dict[str, Any]) -> Answer:
    return Answer(answer["hits"]["total"]["value"], _hits(answer), answer.get("aggregations", {}))


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
        page = Page(batch, "id")
        bodies = [(_options(query, page), _body(query, page, total=False)) for query in chunk]
        for at, (query, answer) in enumerate(zip(chunk, _together(engine, index, bodies), strict=True)):
            hits = _hits(answer)
            if hits:
                yield start + at, [(hit.id, hit.version) for hit in hits]
            if len(hits) == batch:
                for more in matching_ids(engine, index, query, batch, after=hits[-1].cursor):
                    yield start + at, more


def _together(
    engine: Engine, index: str, bodies: Sequence[tuple[dict[str, Any], dict[str, Any]]]
) -> Iterator[dict[str, Any]]:
    """The answers to several searches sent as one request, in their order; raises where one of them failed."""
    lines = [line for options, body in bodies for line in map(orjson.dumps, ({"index": index, **options}, body))]
    for response in engine.call("POST", "/_msearch", ndjson(lines))["responses"]:
        if "error" in response:
            raise refusal(response.get("status", 400), response["error"])
        yield whole(response)


def _exact(engine: Engine, index: str, query: SecuredQuery, page: Page, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, or the one to the same search asked more thoroughly where the numbers of its facets may be off."""
    for depth in DEPTHS[1:]:
        if exact(query.facets, answer.get("aggregations", {})):
            break
        answer = _search(engine, index, query, page, total=True, depth=depth)
    return answer


def _search(
    engine: Engine, index: str, query: SecuredQuery, page: Page, *, total: bool, depth: int | None = None
) -> dict[str, Any]:
    body = _body(query, page, total=total, depth=depth)
    return whole(engine.call("POST", f"/{index}/_search", body, **_options(query, page)))


def _options(query: SecuredQuery, page: Page) -> dict[str, Any]:
    """How to ask, beside what. Half an answer is none.

    Where rank decides, two people must not be told apart by where they lie: how rare a word is is counted over all
    shards first. And the pages of one question come from the same copies, since copies keep those who are gone for
    different times and so count differently. Other orders are the same everywhere, and go to whoever is free.
    """
    options: dict[str, Any] = {"allow_partial_search_results": False}
    if page.order == "relevance" and query.rank:
        options["search_type"] = "dfs_query_then_fetch"
        options["preference"] = hashlib.sha256(orjson.dumps(query.rank)).hexdigest()[:16]
    return options


def _body(query: SecuredQuery, page: Page, *, total: bool, depth: int | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "size": page.size,
        "query": query.body,
        "sort": SORTS[page.order],
        "track_total_hits": total,
        "docvalue_fields": ["id", "version", *(["profile_updated"] if page.marks else [])],
        "_source": False,
    }
    if query.chosen is not None:
        body["post_filter"] = query.chosen
    if query.facets:
        body["aggs"] = deep(query.facets, depth or DEPTHS[0])
    if page.after is not None:
        body["search_after"] = list(page.after)
    if query.texts:
        body["stored_fields"] = ["text"]
    if page.marks and query.marked is not None:
        body["highlight"] = _marking(query.marked, query.marked_fields)
    admit(body, query.rights)
    return body


def _marking(marked: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    how = {
        "type": "unified",
        "number_of_fragments": FRAGMENTS,
        "fragment_size": FRAGMENT_CHARACTERS,
        "pre_tags": [MARK],
        "post_tags": [MARK_END],
        "highlight_query": marked,
    }
    return {"fields": dict.fromkeys(fields, how)}


def _hits(answer: dict[str, Any]) -> list[Hit]:
    return [
        Hit(
            hit["fields"]["id"][0],
            int(hit["fields"]["version"][0]),
            tuple(hit["sort"]),
            next(iter(hit["fields"].get("profile_updated", ())), ""),
            tuple(hit.get("matched_queries", ())),
            tuple(piece for pieces in hit.get("highlight", {}).values() for piece in pieces),
            tuple(hit["fields"].get("text", ())),
        )
        for hit in answer["hits"]["hits"]
    ]
