"""Fixtures of tests that ask the real engine: one connection a session, indexes of their own a test or a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from core.settings import Settings
from embedded.urls import ServiceUrls
from engine.client import Engine, connect
from engine.indexes import drop_index
from mappings.installed import Serving, ensure_indexes, our_indexes
from mappings.names import KINDS, alias


@dataclass(frozen=True, slots=True)
class OwnIndexes:
    """A candidate and a pool index that nobody else uses."""

    prefix: str
    candidates: str
    pools: str
    serving: Serving


@contextmanager
def own_indexes(engine: Engine) -> Iterator[OwnIndexes]:
    """Fresh indexes for the length of the block."""
    prefix = f"test-{uuid4().hex[:12]}"
    serving = ensure_indexes(engine, prefix)
    try:
        yield OwnIndexes(prefix, alias(prefix, "candidates"), alias(prefix, "pools"), serving)
    finally:
        for kind in KINDS:
            for name in our_indexes(engine, prefix, kind):
                drop_index(engine, name)


@pytest.fixture(scope="session")
def engine(services: ServiceUrls) -> Iterator[Engine]:
    """A connection to the real engine."""
    connected = connect(Settings(OPENSEARCH_URL=services.opensearch_url))
    yield connected
    connected.close()


@pytest.fixture
def indexes(engine: Engine) -> Iterator[OwnIndexes]:
    """Indexes of this test alone."""
    with own_indexes(engine) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def shared_indexes(engine: Engine) -> Iterator[OwnIndexes]:
    """Indexes that the tests of one module share, each under ids of its own."""
    with own_indexes(engine) as fresh:
        yield fresh
