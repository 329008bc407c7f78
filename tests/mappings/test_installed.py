"""Indexes come into being once, whoever makes them."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from core.settings import settings
from engine.client import Engine
from engine.errors import EngineRefused
from engine.indexes import create_index, drop_index, index_aliases, move_aliases
from mappings.indexes import candidate_index, mapping_version, pool_index
from mappings.installed import ensure_indexes, is_outdated, our_indexes, serving
from mappings.names import IndexName, alias
from tests.on_engine import OwnIndexes


def test_eight_processes_at_once_make_one_pair(engine: Engine) -> None:
    prefix = f"test-{uuid4().hex[:12]}"
    try:
        with ThreadPoolExecutor(8) as crowd:
            made = set(crowd.map(lambda _: ensure_indexes(engine, prefix), range(8)))
        assert len(made) == 1
        pair = made.pop()
        assert pair.candidates == f"{prefix}-candidates-{mapping_version()}-1"
        assert pair.pools == f"{prefix}-pools-{mapping_version()}-1"
        behind = index_aliases(engine, f"{prefix}-*")
        assert behind[pair.candidates] == {alias(prefix, "candidates")}
        assert behind[pair.pools] == {alias(prefix, "pools")}
    finally:
        for name in index_aliases(engine, f"{prefix}-*"):
            drop_index(engine, name)


def test_making_them_again_changes_nothing(engine: Engine, indexes: OwnIndexes) -> None:
    before = index_aliases(engine, f"{indexes.prefix}-*")
    assert ensure_indexes(engine, indexes.prefix) == indexes.serving
    assert index_aliases(engine, f"{indexes.prefix}-*") == before


def test_the_aliases_move_together_and_what_they_leave_is_still_known(engine: Engine, indexes: OwnIndexes) -> None:
    candidates = str(IndexName(indexes.prefix, "candidates", mapping_version(), 2))
    pools = str(IndexName(indexes.prefix, "pools", mapping_version(), 2))
    assert create_index(engine, candidates, candidate_index())
    assert create_index(engine, pools, pool_index())
    assert serving(engine, indexes.prefix) == indexes.serving

    move_aliases(engine, {indexes.candidates: candidates, indexes.pools: pools})
    behind = index_aliases(engine, f"{indexes.prefix}-*")
    assert {name for name, aliases in behind.items() if aliases} == {candidates, pools}
    assert our_indexes(engine, indexes.prefix, "candidates").keys() == {indexes.serving.candidates, candidates}


def test_a_move_that_comes_late_moves_nothing_and_one_that_comes_twice_is_fine(
    engine: Engine, indexes: OwnIndexes
) -> None:
    old, new = indexes.serving.candidates, str(IndexName(indexes.prefix, "candidates", mapping_version(), 2))
    later = str(IndexName(indexes.prefix, "candidates", mapping_version(), 3))
    for name in (new, later):
        create_index(engine, name, candidate_index())
    for _ in range(2):
        move_aliases(engine, {indexes.candidates: new}, {indexes.candidates: old})
        assert serving(engine, indexes.prefix).candidates == new
    with pytest.raises(EngineRefused):
        move_aliases(engine, {indexes.candidates: later}, {indexes.candidates: old})
    assert serving(engine, indexes.prefix).candidates == new


def test_indexes_of_another_mapping_go_on_serving(
    engine: Engine, indexes: OwnIndexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEPT_WORDS", "Kubernetes, Jazz")
    settings.cache_clear()
    try:
        assert is_outdated(indexes.serving.candidates)
        assert ensure_indexes(engine, indexes.prefix) == indexes.serving
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_another_product_whose_name_begins_alike_is_not_ours(engine: Engine, indexes: OwnIndexes) -> None:
    neighbour = f"{indexes.prefix}-candidates-old"
    ensure_indexes(engine, neighbour)
    try:
        assert serving(engine, indexes.prefix) == indexes.serving
        assert our_indexes(engine, indexes.prefix, "candidates").keys() == {indexes.serving.candidates}
    finally:
        for name in index_aliases(engine, f"{neighbour}-*"):
            drop_index(engine, name)


def test_a_write_to_a_dropped_index_does_not_bring_it_back(engine: Engine, indexes: OwnIndexes) -> None:
    gone = indexes.serving.candidates
    drop_index(engine, gone)
    with pytest.raises(EngineRefused, match="index_not_found"):
        engine.call("PUT", f"/{gone}/_doc/1", {"id": "1"})


@pytest.mark.parametrize(
    "document",
    [{"unknown": 1}, {"applications": [{"unknown": 1}]}, {"created": "yesterday"}, {"years": "many"}],
)
def test_a_document_with_what_the_mapping_does_not_know_is_refused(
    engine: Engine, shared_indexes: OwnIndexes, document: dict[str, object]
) -> None:
    with pytest.raises(EngineRefused):
        engine.call("PUT", f"/{shared_indexes.candidates}/_doc/1", document)


def version_with(**variables: str) -> str:
    """The mapping version of a process with these settings."""
    code = "from mappings.indexes import mapping_version; print(mapping_version())"
    environment = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()


def test_more_shards_are_other_indexes_and_more_copies_are_not() -> None:
    now = mapping_version()
    assert version_with(CANDIDATE_SHARDS="7") != now != version_with(POOL_SHARDS="7")
    assert version_with(INDEX_REPLICAS="2") == now == version_with(INDEX_REPLICAS="")


def test_the_number_of_copies_changes_in_place(
    engine: Engine, indexes: OwnIndexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = (indexes.serving.candidates, indexes.serving.pools)

    def copies_of(name: str) -> tuple[str, str]:
        known = engine.call("GET", f"/{name}/_settings", flat_settings=True)[name]["settings"]
        return known["index.auto_expand_replicas"], known["index.number_of_replicas"]

    before = {name: copies_of(name) for name in names}
    with monkeypatch.context() as patch:
        patch.setenv("INDEX_REPLICAS", "2")
        settings.cache_clear()
        assert ensure_indexes(engine, indexes.prefix) == indexes.serving
        assert {copies_of(name) for name in names} == {("false", "2")}
    settings.cache_clear()
    assert ensure_indexes(engine, indexes.prefix) == indexes.serving
    assert {name: copies_of(name) for name in names} == before
