"""The real parts of a test run, and a clean installation on them for each test that asks for one."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from core.settings import settings
from embedded.urls import ServiceUrls
from engine.process import forget_engine
from records.database import forget_connections
from tests.installation import Installation
from tests.services import session_services

# Real parts make single examples slow and uneven, so no deadline; the same examples in every run of `make test`.
_SLOW_PARTS = hypothesis_settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
hypothesis_settings.register_profile("default", _SLOW_PARTS, max_examples=25, derandomize=True)
hypothesis_settings.register_profile("long", _SLOW_PARTS, max_examples=500)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# These start whole products, each with an engine of its own: one process of the run does them all, one after the other.
WITH_PRODUCTS = ("tests/benchmarks/", "tests/cluster/", "tests/crash/", "tests/several/")


def pytest_xdist_auto_num_workers() -> int:
    """How many processes share the tests: two, each with services of its own; one where the environment names them."""
    named = any(os.environ.get(name) for name in ServiceUrls("-", "-", "-").environment())
    return 1 if named else min(2, len(os.sched_getaffinity(0)))


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # it has no types
    """Gives each process a file at a time, and those with products as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        return "products" if nodeid.startswith(WITH_PRODUCTS) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Whoever shares the tests."""
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put those with products first, because they take longest, and see that no two tests have one address.

    Of such, pytest-xdist would run one and say nothing of the others.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(WITH_PRODUCTS))
    for item in items:
        # schemathesis makes a test of each route, and gives all of a function one address.
        if route := getattr(item, "operation_label", None):
            item._id = replace(item.id, params=route)  # pytest has no other way to say it
    twice = [address for address, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"Several tests have the address {twice[0]}.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have to tell: the traps that were caught, what the crash matrix came to, how many notices arrived."""
    told: dict[str, list[str]] = {"caught": [], "matrix": [], "notices": []}
    for report in [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]:
        for name, value in getattr(report, "user_properties", ()):
            if name in told and report.when == "call":
                told[name].append(str(value))
    titles = {"caught": "traps that were put back and caught", "matrix": "crash matrix", "notices": "notices elsewhere"}
    for name, lines in told.items():
        if lines:
            terminalreporter.section(titles[name])
            for line in lines:
                terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceUrls]:
    """Real PostgreSQL, Redis-protocol server and OpenSearch for the whole run; this process's settings name them."""
    with session_services() as urls:
        before = dict(os.environ)
        # Tests settle the world themselves; the one that wants the express lane starts it.
        os.environ.update(urls.environment(), INDEX_PREFIX=f"test-{uuid4().hex[:8]}", EXPRESS_LANE="0")
        os.environ["ERASURE_LIST"] = str(tmp_path_factory.mktemp("erased") / "erased.txt")
        settings.cache_clear()
        try:
            yield urls
        finally:
            forget_connections()
            forget_engine()
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()


@pytest.fixture(scope="session")
def prepared(services: ServiceUrls) -> Iterator[Installation]:
    """The installation of the run: migrated, indexes made, emptied by whoever uses it."""
    installation = Installation()
    installation.prepare()
    yield installation
    installation.remove()


@pytest.fixture
def world(prepared: Installation) -> Iterator[Installation]:
    """An empty installation with one user of each role, in this process: `world.settle()` does the worker's work."""
    prepared.empty()
    prepared.add_users()
    with prepared.answering():
        yield prepared
