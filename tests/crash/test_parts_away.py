"""While OpenSearch or Redis is away, dead or hanging, people are taken in; afterwards everything is caught up with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import redis

from embedded.process import wait_until
from engine.client import PLACES
from tests.crash.audit import audit
from tests.crash.poster import Poster
from tests.crash.product import BACK_S, PREFIX
from tests.crash.scene import Crowd, crowd
from tests.crash.stage import Stage
from tests.crash.strikes import Striker

Part = Literal["opensearch", "redis"]
SEARCHERS = 60
BLOCK = "index.blocks.read_only_allow_delete"
PROCESS = {"opensearch": "opensearch", "redis": "valkey"}


@contextmanager
def away(stage: Stage, part: Part, how: Literal["dead", "hanging"]) -> Iterator[None]:
    """The part does not answer while this lasts."""
    name = PROCESS[part]
    if how == "hanging":
        with stage.product.frozen(name):
            yield
    else:
        with stage.product.unattended():
            Striker(stage.product).kill(part)
            yield
            assert stage.product.process(name) is None, "it was to stay down"


def arriving(stage: Stage, poster: Poster, how_many: int) -> Crowd:
    """So many people who are acknowledged now, one after the other."""
    people = crowd(f"away-{uuid4().hex[:6]}", 1, 0, how_many)
    for person in people.together:
        poster.add(person)
    assert len(poster.ledger.people) == how_many
    return Crowd(people.run, singly=people.together)


def assert_all_is_well(stage: Stage, people: Crowd, poster: Poster) -> None:
    stage.product.await_whole()
    assert stage.await_quiet(), stage.product.log("worker")
    assert audit(stage, people, poster.ledger) == []


@pytest.mark.parametrize("how", ["dead", "hanging"])
@pytest.mark.parametrize("part", ["opensearch", "redis"])
def test_people_are_taken_in_while_a_part_is_away_and_found_when_it_is_back(
    stage: Stage, part: Part, how: Literal["dead", "hanging"]
) -> None:
    with stage.poster() as poster:
        with away(stage, part, how):
            # More than any pool of threads or connections that a hanging part could fill up.
            people = arriving(stage, poster, 50)
        assert_all_is_well(stage, people, poster)
        wanted = {poster.ledger.people[person.name] for person in people.singly if "Java" in person.tags}
        criteria = {"tags": {"any": ["Java"]}}
        # Found once the index has refreshed, which it does by itself.
        assert wait_until(lambda: wanted <= (poster.search(criteria) or set()), timeout_s=BACK_S)


def test_wake_ups_arrive_again_after_redis_was_killed_without_help_of_the_sweep(stage: Stage) -> None:
    Striker(stage.product).kill("redis")
    stage.product.await_whole()
    people = crowd(f"woken-{uuid4().hex[:6]}", 1, 0, 100).together
    with stage.poster() as poster:
        with stage.product.frozen("beat"):
            sent = iter(people)

            def woken() -> bool:
                poster.add(next(sent))
                return stage.await_quiet(timeout_s=2)

            # The first wake-ups may meet a connection that is not open yet.
            assert wait_until(woken, timeout_s=BACK_S), stage.product.log("worker")
        added = tuple(person for person in people if person.name in poster.ledger.people)
        assert_all_is_well(stage, Crowd(people[0].name.split()[0], singly=added), poster)


def test_redis_emptied_under_running_processes_is_not_even_noticed(stage: Stage) -> None:
    with redis.Redis.from_url(stage.product.urls.redis_url) as broker:
        broker.flushall()
    with stage.poster() as poster:
        people = arriving(stage, poster, 5)
        assert_all_is_well(stage, people, poster)


def waiting_for_the_engine(stage: Stage) -> int:
    """How many connections the API has to the engine."""
    port = urlsplit(stage.product.urls.opensearch_url).port
    connections = stage.product.await_process("api").net_connections("tcp")
    return sum(bool(each.raddr) and each.raddr.port == port for each in connections)


def test_searches_that_hang_do_not_hold_up_who_writes(stage: Stage) -> None:
    people = crowd(f"hung-{uuid4().hex[:6]}", 1, 0, 5)
    stop = threading.Event()

    def search_on(poster: Poster) -> None:
        while not stop.is_set():
            poster.search({"tags": {"any": ["Java"]}})

    # More than the API has threads, and again at once whenever one is answered or refused.
    with stage.poster() as poster, stage.poster() as searcher, ThreadPoolExecutor(SEARCHERS) as searchers:
        try:
            with stage.product.frozen("opensearch"):
                for _ in range(SEARCHERS):
                    searchers.submit(search_on, searcher)
                # Each search holds a thread and a session while it waits for the engine.
                assert wait_until(lambda: waiting_for_the_engine(stage) >= PLACES, timeout_s=30)
                for person in people.together:
                    # At the first try: none of them is answered 503, and none later than an API with free threads.
                    poster.add(replace(person, patient=False), answer_s=15)
        finally:
            stop.set()
        assert len(poster.ledger.people) == len(people.together)
        assert_all_is_well(stage, Crowd(people.run, singly=people.together), poster)


# More free space than any disk has, so that the engine takes its own for full; it looks every ten seconds.
FULL = {
    "cluster.routing.allocation.disk.watermark.low": "3000tb",
    "cluster.routing.allocation.disk.watermark.high": "2000tb",
    "cluster.routing.allocation.disk.watermark.flood_stage": "1000tb",
    "cluster.info.update.interval": "10s",
}


@contextmanager
def full_disk(stage: Stage) -> Iterator[None]:
    """The engine has closed its indexes for writing because its disk is too full for it; it opens them by itself."""
    stage.engine.call("PUT", "/_cluster/settings", {"transient": FULL})
    try:
        assert wait_until(lambda: is_blocked(stage), timeout_s=BACK_S), "the engine never found its disk full"
        yield
        assert is_blocked(stage)
    finally:
        stage.engine.call("PUT", "/_cluster/settings", {"transient": dict.fromkeys(FULL)})
        # Back to how often it usually looks would be half a minute.
        often = {"cluster.info.update.interval": "10s"}
        stage.engine.call("PUT", "/_cluster/settings", {"transient": often})


def is_blocked(stage: Stage) -> bool:
    """Whether the flood-stage block is on the index of people."""
    answer = stage.engine.call("GET", f"/{PREFIX}-candidates/_settings/index.blocks.*", flat_settings=True)
    return any(index["settings"].get(BLOCK) == "true" for index in answer.values())


@pytest.mark.long
def test_on_a_full_disk_people_are_taken_in_and_found_once_there_is_room_without_anybody_doing_anything(
    stage: Stage,
) -> None:
    with stage.poster() as poster:
        with full_disk(stage):
            people = arriving(stage, poster, 30)
            assert poster.search({"tags": {"any": ["Java"]}}) is not None, "searches go on"
            ((attempts,),) = stage.query("SELECT coalesce(max(attempts), 0) FROM outbox WHERE postponed > 1")
            assert attempts == 0
        assert_all_is_well(stage, people, poster)
    assert not is_blocked(stage)
