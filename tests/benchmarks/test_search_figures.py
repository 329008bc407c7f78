"""The figures of search, once in small on real parts: every key is there, and both sides find the same people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.match import Steps
from benchmarks.percolate import connected
from benchmarks.product import Product
from benchmarks.search import PROMISED, QUICK, Run, table
from benchmarks.shapes import SHAPES
from cli.accounts import Login
from embedded.urls import ServiceUrls
from engine.errors import EngineUnavailable
from percolators.drain import drain_pools
from records.models import Role
from sample.requirements import Sources
from tests.api.serving import served
from tests.installation import Installation


@contextmanager
def working() -> Iterator[None]:
    """What the worker does for pools, for the length of the block."""
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(0.05):
            try:
                drain_pools()
            except EngineUnavailable:
                continue  # its connection was taken away; the next one is another

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.fixture
def report(world: Installation, services: ServiceUrls, rows: Sources, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The report of a run on the services of the tests."""
    logins = {role: Login(role, world.id_of(role), f"{role}@example.com", world.token_of(role)) for role in Role}
    with served() as address, working(), connected(services.opensearch_url) as engine:
        product = Product(address, services, logins, tmp_path)
        yield Run(product, engine, QUICK, rows.profiles[:600], Steps(verbose=False), tuned=False).report()


def test_every_figure_is_reported(report: dict[str, Any]) -> None:
    assert set(PROMISED) <= set(report)
    for reader in ("recruiter", "manager"):
        assert {"p50_ms", "p95_ms", "floor_p95_ms", "ratio_p95"} <= set(report[reader])
        assert set(report["shapes"][reader]) == set(SHAPES)
    assert {"per_s", "engine_per_s", "overhead", "errors"} <= set(report["concurrent"])
    assert report["concurrent"]["errors"] == 0
    assert list(report["growth"]["people_p95_ms"]) == [str(QUICK.few), str(QUICK.people)]
    assert list(report["growth"]["pools_p95_ms"]) == ["1", "100"]
    assert {"ours", "baseline", "gain"} <= set(report["ndcg10"])
    assert report["ndcg10"]["questions"] == QUICK.judged
    assert 0 < report["ndcg10"]["baseline"] < 1
    assert 0 < report["ndcg10"]["ours"] < 1
    assert table(report).row_count > len(PROMISED)
