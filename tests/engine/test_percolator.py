"""Registered queries match, all of them, and a broken one is found."""

from __future__ import annotations

from itertools import count
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.client import Engine
from engine.errors import EngineRefused, EngineUnavailable
from engine.percolator import (
    CHUNK,
    PAGE,
    PercolateOutcome,
    StoredQuery,
    count_unextracted,
    find_broken,
    forget,
    forget_key,
    parse_pool_key,
    percolate,
    pool_key,
    register,
    registered,
)
from tests.on_engine import OwnIndexes

numbers = count(1)


def key(generation: int | None = None) -> str:
    """The key of some pool; its generation is a number no other pool of this run has, unless it is given."""
    return pool_key(uuid4(), generation or next(numbers))


def tagged(tag: str, pool: str | None = None, n: int = 0) -> StoredQuery:
    return StoredQuery(pool or key(), n, {"term": {"tags": tag}}, exact=True)


def generations(*stored: StoredQuery) -> frozenset[int]:
    return frozenset(parse_pool_key(query.pool)[1] for query in stored)


def throwing(tag: str) -> StoredQuery:
    """A query that no criteria compile to: dividing by nothing where the tag is there."""
    script = {"script": {"script": {"source": "1 / params.nothing > 0", "params": {"nothing": 0}}}}
    body = {"bool": {"filter": [{"term": {"tags": tag}}, script]}}
    return StoredQuery(key(), 0, body, exact=False)


@given(st.uuids(), st.integers(0, 2**31))
def test_a_pool_key_is_read_back(pool: UUID, generation: int) -> None:
    assert parse_pool_key(pool_key(pool, generation)) == (pool, generation)


def test_a_pool_matches_as_soon_as_it_is_registered(engine: Engine, indexes: OwnIndexes) -> None:
    stored = tagged("java")
    assert register(engine, indexes.pools, [stored]).indexed == [stored.id]
    assert percolate(engine, indexes.pools, [{"tags": ["java"]}]) == [PercolateOutcome(generations(stored))]
    assert percolate(engine, indexes.pools, [{"tags": ["php"]}]) == [PercolateOutcome(frozenset())]


def test_registering_twice_stores_once(engine: Engine, indexes: OwnIndexes) -> None:
    pool = key()
    queries = [tagged("java", pool, n=0), tagged("php", pool, n=1)]
    register(engine, indexes.pools, queries)
    register(engine, indexes.pools, queries)
    assert list(registered(engine, indexes.pools)) == [(pool, 2)]


def test_a_pool_of_several_queries_is_one_match(engine: Engine, indexes: OwnIndexes) -> None:
    both = [tagged("java", pool := key(), n=0), tagged("php", pool, n=1)]
    register(engine, indexes.pools, both)
    (outcome,) = percolate(engine, indexes.pools, [{"tags": ["java", "php"]}])
    assert outcome.generations == generations(both[0])


def test_a_query_the_engine_cannot_read_fails_alone(engine: Engine, indexes: OwnIndexes) -> None:
    bad = StoredQuery(key(), 0, {"no_such_query": {}}, exact=False)
    unknown_field = StoredQuery(key(), 0, {"term": {"no_such_field": "x"}}, exact=False)
    good = tagged("java")
    outcome = register(engine, indexes.pools, [bad, good, unknown_field])
    assert outcome.indexed == [good.id]
    assert [failed for failed, _ in outcome.failed] == [bad.id, unknown_field.id]


def test_forgetting_what_is_older_keeps_what_is_newer_too(engine: Engine, indexes: OwnIndexes) -> None:
    pool = uuid4()
    old, new, newer = (tagged("java", pool_key(pool, generation)) for generation in (71, 72, 73))
    other = tagged("java")
    register(engine, indexes.pools, [old, new, newer, other])
    assert forget(engine, indexes.pools, pool, older_than=72) == 1
    assert matched(engine, indexes) == generations(new, newer, other)
    assert forget(engine, indexes.pools, pool) == 2
    assert forget(engine, indexes.pools, pool) == 0
    assert matched(engine, indexes) == generations(other)


def test_a_key_that_nobody_of_ours_wrote_is_forgotten_too(engine: Engine, indexes: OwnIndexes) -> None:
    ours = tagged("java")
    register(engine, indexes.pools, [ours])
    stray = {"pool": "stray", "generation": 9, "query": {"term": {"tags": "java"}}}
    engine.call("PUT", f"/{indexes.serving.pools}/_doc/stray", stray)
    assert forget_key(engine, indexes.pools, "stray") == 1
    assert matched(engine, indexes) == generations(ours)


def matched(engine: Engine, indexes: OwnIndexes) -> frozenset[int]:
    (outcome,) = percolate(engine, indexes.pools, [{"tags": ["java"]}])
    return outcome.generations


@pytest.mark.parametrize("size", [0, 1, 2, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_outcomes_come_in_the_order_of_the_documents(engine: Engine, shared_indexes: OwnIndexes, size: int) -> None:
    stored = {n: tagged(f"order-{size}-{n}") for n in range(0, size, 2)}
    register(engine, shared_indexes.pools, list(stored.values()))
    outcomes = percolate(engine, shared_indexes.pools, [{"tags": [f"order-{size}-{n}"]} for n in range(size)])
    assert [outcome.generations for outcome in outcomes] == [
        generations(stored[n]) if n in stored else frozenset() for n in range(size)
    ]


def test_all_of_more_than_ten_thousand_pools_match_one_person(engine: Engine, indexes: OwnIndexes) -> None:
    """One more than fits in a page of the complete list, and far more than the ten hits a search shows by default."""
    stored = [tagged("java") for _ in range(PAGE + 1)]
    register(engine, indexes.pools, stored)
    alone, beside = percolate(engine, indexes.pools, [{"tags": ["java"]}, {"tags": ["php"]}])
    assert alone.generations == generations(*stored)
    assert beside.generations == frozenset()
    assert matched(engine, indexes) == generations(*stored)
    assert [stored_key for stored_key, _ in registered(engine, indexes.pools)] == sorted(q.pool for q in stored)


@pytest.mark.long
def test_more_pools_than_an_engine_counts_buckets_match_one_person(engine: Engine, indexes: OwnIndexes) -> None:
    stored = [tagged("java") for _ in range(65_536 + 1)]
    register(engine, indexes.pools, stored)
    assert matched(engine, indexes) == generations(*stored)


def test_a_query_that_throws_is_found_and_the_others_still_match(engine: Engine, indexes: OwnIndexes) -> None:
    good = [tagged("java") for _ in range(20)]
    broken = [throwing("java"), throwing("java")]
    harmless = throwing("php")
    register(engine, indexes.pools, [*good, *broken, harmless])
    person = {"tags": ["java"]}

    hit, spared = percolate(engine, indexes.pools, [person, {"tags": ["go"]}])
    assert hit.generations == frozenset()
    assert hit.failed is not None
    assert "by zero" in hit.failed
    assert spared == PercolateOutcome(frozenset())
    assert percolate(engine, indexes.pools, [person])[0].failed is not None

    found = find_broken(engine, indexes.pools, person)
    assert sorted(found) == sorted(query.pool for query in broken)
    for each in found:
        forget_key(engine, indexes.pools, each)
    assert percolate(engine, indexes.pools, [person]) == [PercolateOutcome(generations(*good))]


def test_where_nothing_throws_nothing_is_blamed(engine: Engine, indexes: OwnIndexes) -> None:
    assert find_broken(engine, indexes.pools, {"tags": ["java"]}) == []
    register(engine, indexes.pools, [tagged("java"), throwing("php")])
    assert find_broken(engine, indexes.pools, {"tags": ["java"]}) == []


def test_a_document_the_engine_refuses_is_not_blamed_on_a_pool(engine: Engine, indexes: OwnIndexes) -> None:
    register(engine, indexes.pools, [tagged("java")])
    (outcome,) = percolate(engine, indexes.pools, [{"no_such_field": 1}])
    assert outcome.failed is not None
    with pytest.raises(EngineRefused, match="no_such_field"):
        find_broken(engine, indexes.pools, {"no_such_field": 1})


def test_a_query_checked_against_everyone_is_counted(engine: Engine, indexes: OwnIndexes) -> None:
    register(engine, indexes.pools, [tagged("java")])
    assert count_unextracted(engine, indexes.pools) == 0
    nothing_positive = {"bool": {"must_not": [{"term": {"tags": "java"}}]}}
    register(engine, indexes.pools, [StoredQuery(key(), 0, nothing_positive, exact=False)])
    assert count_unextracted(engine, indexes.pools) == 1


def test_a_missing_index_is_not_read_as_no_match(engine: Engine) -> None:
    with pytest.raises(EngineUnavailable):
        percolate(engine, "nobody-has-made-*", [{"tags": ["java"]}])
    with pytest.raises((EngineRefused, EngineUnavailable)):
        percolate(engine, "nobody-has-made-this", [{"tags": ["java"]}])
    with pytest.raises((EngineRefused, EngineUnavailable)):
        percolate(engine, "nobody-has-made-this", [{"tags": ["java"]}] * 2)


def test_why_a_document_cannot_be_asked_is_told_without_what_stood_in_it(engine: Engine, indexes: OwnIndexes) -> None:
    register(engine, indexes.pools, [tagged("java")])
    wrong = {"created": "jana@example.com"}
    for documents in ([wrong], [wrong, {"created": "1, Jana's"}]):
        for outcome in percolate(engine, indexes.serving.pools, documents):
            assert outcome.failed
            assert "created" in outcome.failed
            assert "jana" not in outcome.failed.lower()
    with pytest.raises(EngineRefused) as refused:
        find_broken(engine, indexes.serving.pools, wrong)
    assert "jana" not in refused.value.detail
