"""Fixtures of the tests in a real browser: Chromium, and the product served to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, expect

from benchmarks.chromium import opened
from tests.api.serving import served
from tests.browser.visiting import PATIENCE_MS, Site
from tests.installation import Installation

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the run; each visit has a profile of its own in it."""
    with opened() as browser:
        yield browser


@pytest.fixture
def site(world: Installation, chromium: Browser) -> Iterator[Site]:
    """An empty installation with one user of each role, served to Chromium."""
    with shown_to(chromium, world) as site:
        yield site


@pytest.fixture(scope="module")
def lasting_site(prepared: Installation, chromium: Browser) -> Iterator[Site]:
    """The same for a whole module, for what takes long to furnish and is only looked at."""
    prepared.empty()
    prepared.add_users()
    with prepared.answering(), shown_to(chromium, prepared) as site:
        yield site


@contextmanager
def shown_to(chromium: Browser, world: Installation) -> Iterator[Site]:
    """The installation as it is, served to Chromium."""
    with served() as address, Site(world, chromium, address.replace("127.0.0.1", "localhost")) as site:
        yield site
