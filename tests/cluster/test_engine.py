"""A node of the engine dies or hangs under load: nothing acknowledged is lost, and searches go on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal, get_args
from uuid import uuid4

import orjson
import pytest

from embedded.process import wait_until
from engine import door
from engine.client import Engine
from engine.documents import Document, StoredVersion, bulk_index, stored_versions
from engine.door import Page
from engine.errors import EngineUnavailable
from engine.indexes import refresh
from engine.percolator import StoredQuery, percolate, pool_key, register
from search.question import EVERYONE
from search.secure import Access, secure
from tests.cluster.nodes import WHOLE_S, Nodes
from tests.on_engine import OwnIndexes, own_indexes

log = logging.getLogger(__name__)

BATCH = 20
POOLS = frozenset({1, 2, 3})
# Batches after the node was given up, so that the rest has shown that it works without.
AFTERWARDS = 20
EVERYBODY = secure(EVERYONE, Access.system())

Victim = Literal["a follower", "the manager", "who holds the people"]


@dataclass
class Load:
    """Somebody writes and somebody searches, all the time. `acknowledged` are versions by id.

    `known` people were there and visible before; every answer that shows fewer, or lacks a pool, is in `wrong`.
    """

    engine: Engine
    indexes: OwnIndexes
    acknowledged: dict[str, int] = field(default_factory=dict)
    batches: int = 0
    repeated: int = 0
    searched: int = 0
    unanswered: list[str] = field(default_factory=list)
    known: int = 0
    wrong: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    slowest_s: float = 0.0
    over: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        """Batches, each repeated until it is taken, as the outbox does; every other batch anew, at higher versions."""
        while not self.over.is_set():
            first = self.batches // 2 * BATCH
            version = self.batches + 1
            ready = [Document(f"{n:08}", version, person(n, version)) for n in range(first, first + BATCH)]
            try:
                outcome = bulk_index(self.engine, [self.indexes.serving.candidates], ready)
            except EngineUnavailable:
                self.repeated += 1
                continue
            if outcome.delayed or outcome.failed:
                self.repeated += 1
                continue
            self.acknowledged |= {document.id: version for document in ready}
            self.batches += 1

    def search(self) -> None:
        """Those who are known, and the pools, are found whichever copies are asked."""
        while not self.over.is_set():
            began = time.monotonic()
            try:
                found = door.search(self.engine, self.indexes.candidates, EVERYBODY, Page(5)).total
                matched = percolate(self.engine, self.indexes.pools, [{"tags": ["java"]}])[0].generations
            except EngineUnavailable as error:
                self.unanswered.append(str(error))
            else:
                self.searched += 1
                if found < self.known or matched != POOLS:
                    self.wrong.append((found, matched))
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)

    def await_more(self, batches: int) -> None:
        """So many batches from now."""
        enough = self.batches + batches
        assert wait_until(lambda: self.batches >= enough, timeout_s=WHOLE_S), self


def person(n: int, version: int) -> bytes:
    return orjson.dumps({"id": f"{n:08}", "version": version, "state": "live", "name": str(n), "created": "2026-01-02"})


@contextmanager
def loaded(engine: Engine, indexes: OwnIndexes) -> Iterator[Load]:
    load = Load(engine, indexes)
    with ThreadPoolExecutor(3) as threads:
        running = [threads.submit(load.write)]
        try:
            load.await_more(10)
            refresh(engine, indexes.candidates)
            load.known = 5 * BATCH
            running += [threads.submit(load.search) for _ in range(2)]
            load.await_more(2)
            yield load
        finally:
            load.over.set()
        for each in running:
            each.result()


@pytest.fixture
def indexes(engine: Engine, nodes: Nodes) -> Iterator[OwnIndexes]:
    """Three shards of people and two of pools, each in two copies, with three pools."""
    with own_indexes(engine, number_of_shards=3) as made:
        stored = [StoredQuery(pool_key(uuid4(), n), 0, {"term": {"tags": "java"}}, exact=True) for n in POOLS]
        register(engine, made.pools, stored)
        nodes.await_whole()
        yield made


def chosen(nodes: Nodes, indexes: OwnIndexes, victim: Victim) -> str:
    choose: dict[Victim, Callable[[], str]] = {
        "a follower": lambda: nodes.followers[0],
        "the manager": lambda: nodes.manager,
        "who holds the people": lambda: nodes.holder(indexes.serving.candidates),
    }
    return choose[victim]()


def everything(load: Load) -> Iterator[StoredVersion]:
    after = ""
    while page := stored_versions(load.engine, load.indexes.candidates, after):
        yield from page
        after = page[-1].id


def assert_nothing_is_lost(load: Load) -> None:
    refresh(load.engine, load.indexes.candidates)
    stored = list(everything(load))
    held = {each.id: each.version for each in stored}
    # What was under way when the load ended may be there too.
    assert {id_: version for id_, version in load.acknowledged.items() if held.get(id_, 0) < version} == {}
    assert len(held) == len(stored)
    assert load.wrong == []
    assert load.searched > 0


@pytest.mark.long
def test_a_node_killed_under_load_loses_nothing_and_every_search_is_answered(
    nodes: Nodes, engine: Engine, indexes: OwnIndexes
) -> None:
    with loaded(engine, indexes) as load:
        victim = nodes.holder(indexes.serving.candidates)
        nodes.kill(victim)
        nodes.await_noticed(victim)
        load.await_more(AFTERWARDS)
    assert_nothing_is_lost(load)
    assert load.unanswered == []


@pytest.mark.long
@pytest.mark.parametrize("how", ["killed", "frozen"])
@pytest.mark.parametrize("victim", get_args(Victim))
def test_whichever_node_dies_or_hangs_nothing_is_lost_and_searches_go_on(
    nodes: Nodes, engine: Engine, indexes: OwnIndexes, victim: Victim, how: str
) -> None:
    gone = chosen(nodes, indexes, victim)
    with loaded(engine, indexes) as load:
        with nodes.frozen(gone) if how == "frozen" else nullcontext():
            if how == "killed":
                nodes.kill(gone)
            nodes.await_noticed(gone)
            answered = load.searched
            # While it is still away: it was given up, and the others do without.
            load.await_more(AFTERWARDS)
            assert wait_until(lambda: load.searched > answered, timeout_s=WHOLE_S)
        nodes.make_whole()
        load.await_more(AFTERWARDS)
    told = (load.batches, load.repeated, load.searched, len(load.unanswered), load.slowest_s)
    log.warning("%s %s: %d batches, %d repeated, %d searches, %d unanswered, slowest %.1f s", victim, how, *told)
    assert_nothing_is_lost(load)
    # One that hangs may keep a search twice as long as anybody waits: it was asked, and so was the other copy's node.
    assert len(load.unanswered) == 0 or how == "frozen"
