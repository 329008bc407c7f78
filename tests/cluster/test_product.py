"""The whole product on a cluster: a node dies or hangs while people come, are tagged and searched."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from random import Random
from uuid import uuid4

import httpx2
import pytest

from embedded.process import wait_until
from tests.cluster.nodes import Nodes
from tests.crash.audit import audit
from tests.crash.product import BACK_S, Product
from tests.crash.run import PEOPLE, TOGETHER, arrive
from tests.crash.scene import READERS, crowd
from tests.crash.stage import Stage
from tests.crash.strikes import Striker

log = logging.getLogger(__name__)

SEARCHERS = 2
QUESTION = {"criteria": {"tags": {"any": ["Java"]}}, "limit": 20, "facets": [{"name": "tags"}]}


@pytest.fixture(scope="module")
def stage(started: Nodes) -> Iterator[Stage]:
    """A product of its own on the cluster."""
    started.make_whole()
    with Product(opensearch_url=started.url) as product, Stage(product) as ready:
        yield ready


@dataclass
class Searching:
    """People who search all the time; what they were answered, by status."""

    over: threading.Event = field(default_factory=threading.Event)
    answers: dict[int, int] = field(default_factory=dict)

    def go_on(self, address: str, token: str) -> None:
        with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
            while not self.over.is_set():
                status = client.post("/v1/search", json=QUESTION).status_code
                self.answers[status] = self.answers.get(status, 0) + 1


@pytest.mark.long
@pytest.mark.parametrize("how", ["killed", "frozen"])
@pytest.mark.parametrize("seed", range(2))
def test_a_node_away_under_load_loses_nothing_and_tells_nobody_twice(
    nodes: Nodes, stage: Stage, seed: int, how: str
) -> None:
    gone = Random(f"{how} {seed}").choice(nodes.names)
    people = crowd(f"cluster-{how}-{seed}-{uuid4().hex[:6]}", seed, PEOPLE, TOGETHER)
    searching = Searching()
    with stage.poster() as poster, stage.poster("administrator") as administrator, ExitStack() as running:
        ears = {name: running.enter_context(stage.ear(name)) for name in READERS}
        searchers = running.enter_context(ThreadPoolExecutor(SEARCHERS))
        running.callback(searching.over.set)
        for _ in range(SEARCHERS):
            searchers.submit(searching.go_on, stage.product.address, stage.token("poster"))
        with ThreadPoolExecutor(1) as arriving:
            # One who comes before it happens, so that it happens in the middle.
            coming = arriving.submit(arrive, stage, poster, people, Striker(stage.product), {})
            assert wait_until(lambda: len(poster.ledger.people) > PEOPLE // 4, timeout_s=BACK_S)
            with nodes.frozen(gone) if how == "frozen" else nullcontext():
                if how == "killed":
                    nodes.kill(gone)
                coming.result()
                # While it is away: all work is done without it.
                assert stage.await_quiet(), stage.product.log("worker")
                assert administrator.get("/readyz")["status"] == "ready"
        searching.over.set()
        nodes.make_whole()
        log.warning("%s %s: searches answered %s", gone, how, searching.answers)
        assert audit(stage, people, poster.ledger, ears) == []
    assert searching.answers.get(200, 0) > 0
    assert set(searching.answers) <= ({200} if how == "killed" else {200, 503})
