"""Fixtures of tests that ask the real engine: one connection a session, indexes of their own a test or a module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest

from core.settings import Settings
from embedded.urls import ServiceUrls
from engine.client import Engine, connect
from engine.indexes import create_index, drop_index, move_aliases
from mappings.indexes import mapping_version
from mappings.installed import Serving, bodies, ensure_indexes, our_indexes, serving
from mappings.names import KINDS, IndexName, alias


@dataclass(frozen=True, slots=True)
class OwnIndexes:
    """A candidate and a pool index that nobody else uses."""

    prefix: str
    candidates: str
    pools: str
    serving: Serving


@contextmanager
def own_indexes(engine: Engine, **laid_out: object) -> Iterator[OwnIndexes]:
    """Fresh indexes for the length of the block; `laid_out` are index settings other than those of this run."""
    prefix = f"test-{uuid4().hex[:12]}"
    serves = _lay_out(engine, prefix, laid_out) if laid_out else ensure_indexes(engine, prefix)
    try:
        yield OwnIndexes(prefix, alias(prefix, "candidates"), alias(prefix, "pools"), serves)
    finally:
        for kind in KINDS:
            for name in our_indexes(engine, prefix, kind):
                drop_index(engine, name)


def _lay_out(engine: Engine, prefix: str, settings: Mapping[str, object]) -> Serving:
    for kind, body in bodies().items():
        name = str(IndexName(prefix, kind, mapping_version(), 1))
        body["settings"]["index"].update(settings)
        create_index(engine, name, body)
        move_aliases(engine, {alias(prefix, kind): name})
    return serving(engine, prefix)


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
