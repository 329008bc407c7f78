"""However many shards people and pools lie on, every answer is the same; and a shard that is away is no empty one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from embedded.process import wait_until
from engine import door
from engine.client import Engine
from engine.counting import exact
from engine.documents import Document, bulk_index, versions_of
from engine.door import SORTS, Order, Page, SecuredQuery
from engine.errors import EnginePartial, EngineUnavailable
from engine.indexes import drop_index, refresh
from engine.percolator import POOLS_AT_ONCE, StoredQuery, count_unextracted, percolate, pool_key, register, registered
from mappings.indexes import candidate_index, pool_index
from search.compile import Parts
from search.facets import Facet, FacetName, read
from search.question import EVERYONE, Word
from search.secure import Access, secure, secure_search
from tests.on_engine import OwnIndexes, own_indexes

PEOPLE = 1_200
VALUES = 900
# Fewer than there are different values on a shard, so that it matters which a shard sends at first.
FEW = (100, 10_000)
WORDS = ("java", "python", "kotlin", "brno", "praha", "senior", "tester", "analytik")
RECRUITER = Access(uuid4(), "recruiter")
COUNTED: tuple[FacetName, ...] = ("tags", "positions", "stages", "sources")

THREE_SHARDS: dict[str, object] = {"number_of_shards": 3}
# As on a machine with eight cores: one shard is searched in four parts at a time.
IN_SLICES: dict[str, object] = {
    "number_of_shards": 1,
    "search.concurrent_segment_search.mode": "all",
    "search.concurrent.max_slice_count": 4,
}


def people() -> list[dict[str, Any]]:
    """Some values are frequent, most are rare: the ones that a shard of its own finds unimportant."""
    draw = random.Random("people on shards")

    def value() -> str:
        return f"v{min(int(draw.paretovariate(0.6)), VALUES) if draw.random() < 0.2 else draw.randrange(VALUES):04}"

    def person(n: int) -> dict[str, Any]:
        text = " ".join(draw.choices(WORDS, k=draw.randint(1, 40)))
        applied = {"id": str(n), "position": value(), "stage": value(), "source": value(), "applied": "2026-01-02"}
        return {
            "id": f"{n:05}",
            "version": n + 1,
            "state": "live",
            "name": f"{draw.choice('ABČDEŽ')}. {draw.choice(WORDS)}",
            "created": f"2026-01-{draw.randint(1, 28):02}",
            "updated": f"2026-02-{draw.randint(1, 28):02}T00:00:00.000Z",
            "profile_updated": f"2026-02-{draw.randint(1, 28):02}T00:00:00.000Z",
            "text": text,
            "tags": sorted({value() for _ in range(3)}),
            "applications": [applied],
            "positions": [applied["position"]],
            "stages": [applied["stage"]],
            "sources": [applied["source"]],
        }

    return [person(n) for n in range(PEOPLE)]


CROWD = people()


@pytest.fixture(scope="module")
def plain(engine: Engine) -> Iterator[OwnIndexes]:
    """Everybody on one shard that is searched from one end to the other."""
    whole: dict[str, object] = {"number_of_shards": 1, "search.concurrent_segment_search.mode": "none"}
    with own_indexes(engine, **whole) as indexes:
        yield filled(engine, indexes)


@pytest.fixture(scope="module", params=[THREE_SHARDS, IN_SLICES], ids=["three shards", "in slices"])
def spread(engine: Engine, request: pytest.FixtureRequest) -> Iterator[OwnIndexes]:
    """The same people where each part of the engine sees only some of them."""
    with own_indexes(engine, **request.param) as indexes:
        yield filled(engine, indexes)


def filled(engine: Engine, indexes: OwnIndexes) -> OwnIndexes:
    ready = [Document(each["id"], each["version"], orjson.dumps(each)) for each in CROWD]
    # In parts, so that there are several segments to be searched at the same time.
    for start in range(0, PEOPLE, 200):
        assert bulk_index(engine, [indexes.serving.candidates], ready[start : start + 200]).failed == []
        refresh(engine, indexes.candidates)
    return indexes


def walked(engine: Engine, indexes: OwnIndexes, query: SecuredQuery, order: Order) -> list[str]:
    found: list[str] = []
    after: tuple[Any, ...] | None = None
    while True:
        hits = door.search(engine, indexes.candidates, query, Page(300, order, after)).hits
        found += [hit.id for hit in hits]
        if len(hits) < 300:
            return found
        after = hits[-1].cursor


@pytest.mark.parametrize("order", SORTS)
def test_every_order_shows_the_same_people_in_the_same_order(
    engine: Engine, plain: OwnIndexes, spread: OwnIndexes, order: Order
) -> None:
    query = secure_search(Parts(Word("java")), RECRUITER, ranked=order == "relevance")
    there = walked(engine, spread, query, order)
    assert there == walked(engine, plain, query, order)
    assert set(there) == {each["id"] for each in CROWD if "java" in each["text"].split()}


def most_frequent(values: Sequence[str], size: int) -> list[tuple[str, int]]:
    return sorted(Counter(values).items(), key=lambda counted: (-counted[1], counted[0]))[:size]


@pytest.mark.parametrize("size", [1, 20, 200])
def test_facets_count_everybody_and_show_the_most_frequent_values(
    engine: Engine, spread: OwnIndexes, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "DEPTHS", FEW)
    facets = tuple(Facet(name, size) for name in COUNTED)
    query = secure_search(Parts(EVERYONE), RECRUITER, facets)
    answer = door.search(engine, spread.candidates, query, Page(0))
    counted = read(facets, answer.facets)
    for name in COUNTED:
        assert list(counted[name].values) == most_frequent([v for each in CROWD for v in each[name]], size), name
        assert counted[name].more
    # What the engine answers when it is asked as one would ask a single shard is not that.
    body = {"size": 0, "query": {"match_all": {}}, "aggs": dict(query.facets)}
    careless = engine.call("POST", f"/{spread.candidates}/_search", body)["aggregations"]
    if size > 1:
        assert read(facets, careless)["tags"] != counted["tags"]


def test_facets_of_shared_applications_are_exact_too(
    engine: Engine, spread: OwnIndexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These are ordered by people, where the engine does not know how far off it may be."""
    monkeypatch.setattr(door, "DEPTHS", FEW)
    shared = [each for each in CROWD if int(each["id"]) % 3]
    manager = Access(uuid4(), "hiring_manager", applications=tuple(each["applications"][0]["id"] for each in shared))
    facets = (Facet("positions", 50), Facet("sources", 50))
    answer = door.search(engine, spread.candidates, secure_search(Parts(EVERYONE), manager, facets), Page(0))
    for name, counted in read(facets, answer.facets).items():
        assert list(counted.values) == most_frequent([v for each in shared for v in each[name]], 50)


@pytest.mark.parametrize(
    ("found", "certain"),
    [
        ({}, True),
        ({"doc_count_error_upper_bound": 0, "buckets": [(9, 0), (8, 0)]}, True),
        ({"doc_count_error_upper_bound": 7, "buckets": [(9, 0), (8, 0)]}, True),
        # One that is not shown may have as many, and a name that comes first.
        ({"doc_count_error_upper_bound": 8, "buckets": [(9, 0), (8, 0)]}, False),
        ({"doc_count_error_upper_bound": 7, "buckets": [(9, 1), (8, 0)]}, False),
        ({"doc_count_error_upper_bound": -1, "buckets": [(9, 0)]}, False),
        ({"doc_count_error_upper_bound": 1, "buckets": []}, False),
    ],
)
def test_numbers_are_certain_only_where_nothing_missed_could_change_them(found: dict[str, Any], certain: bool) -> None:
    buckets = [{"doc_count": n, "doc_count_error_upper_bound": off} for n, off in found.get("buckets", ())]
    answer = {"g": {"tags": {**found, "buckets": buckets}}} if found else {"g": {}}
    assert exact({"g": {"filter": {}, "aggs": {"tags": {"terms": {}}}}}, answer) is certain


@pytest.mark.parametrize("how_many", [POOLS_AT_ONCE // 10, POOLS_AT_ONCE + 500])
def test_every_pool_on_every_shard_matches(engine: Engine, how_many: int) -> None:
    """Each pool of two queries, which lie on shards of their own; once in one answer, once in pages."""
    keys = [pool_key(UUID(int=n), n) for n in range(1, how_many + 1)]
    stored = [StoredQuery(key, n, {"term": {"tags": tag}}, exact=True) for key in keys for n, tag in enumerate("ab")]
    other = StoredQuery(pool_key(uuid4(), how_many + 1), 0, {"term": {"tags": "c"}}, exact=True)
    with own_indexes(engine, **THREE_SHARDS) as indexes:
        register(engine, indexes.pools, [*stored, other])
        both, one, none = percolate(engine, indexes.pools, [{"tags": ["a", "b"]}, {"tags": ["b"]}, {"tags": ["x"]}])
        assert both.generations == one.generations == frozenset(range(1, how_many + 1))
        assert none.generations == frozenset()
        assert list(registered(engine, indexes.pools)) == sorted([*((key, 2) for key in keys), (other.pool, 1)])


def test_a_shard_that_nobody_holds_is_never_taken_for_an_empty_one(engine: Engine) -> None:
    with half_held(engine, candidate_index()) as candidates, half_held(engine, pool_index()) as stored:
        everybody = secure(EVERYONE, RECRUITER)
        wanted: dict[str, Callable[[], object]] = {
            "count": lambda: door.count(engine, candidates, everybody),
            "search": lambda: door.search(engine, candidates, everybody, Page()),
            "list": lambda: list(door.matching_ids_of_many(engine, candidates, [everybody])),
            "versions": lambda: versions_of(engine, candidates, list(map(str, range(20)))),
            "one person": lambda: percolate(engine, stored, [{"tags": ["java"]}]),
            "two people": lambda: percolate(engine, stored, [{"tags": ["java"]}] * 2),
            "stored queries": lambda: list(registered(engine, stored)),
            "unextracted": lambda: count_unextracted(engine, stored),
        }
        answered = {name: outcome(ask) for name, ask in wanted.items()}
        assert answered == dict.fromkeys(wanted, "unavailable")


def outcome(ask: Callable[[], object]) -> object:
    try:
        return ask()
    except EngineUnavailable:
        return "unavailable"


@contextmanager
def half_held(engine: Engine, body: dict[str, Any]) -> Iterator[str]:
    """An index of two shards of which a node may hold one, and only one node may."""
    name = f"test-{uuid4().hex[:12]}"
    node = next(iter(engine.call("GET", "/_nodes/http")["nodes"].values()))["name"]
    body["settings"]["index"] = {
        "number_of_shards": 2,
        "number_of_replicas": 0,
        "routing.allocation.total_shards_per_node": 1,
        "routing.allocation.require._name": node,
        "analysis": body["settings"]["index"]["analysis"],
    }
    engine.call("PUT", f"/{name}", body, wait_for_active_shards="0")
    try:
        assert wait_until(lambda: held(engine, name) == ["STARTED", "UNASSIGNED"], timeout_s=30)
        yield name
    finally:
        drop_index(engine, name)


def held(engine: Engine, index: str) -> list[str]:
    """The states of its shards."""
    return sorted(shard["state"] for shard in engine.call("GET", f"/_cat/shards/{index}", format="json"))


def test_a_refresh_that_missed_a_copy_is_told() -> None:
    class Missed(Engine):
        def call(self, method: str, path: str, body: object = None, **params: object) -> Any:
            return {"_shards": {"total": 2, "successful": 1, "failed": 1}}

    engine = Missed(["http://127.0.0.1:1"], 1.0)
    with pytest.raises(EnginePartial, match="1 of 2 copies"):
        refresh(engine, "any")
    engine.close()
