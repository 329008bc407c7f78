"""One cluster for all tests of this package, whole again at the start of each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.settings import Settings
from engine.client import Engine, connect
from tests.cluster.nodes import Nodes


@pytest.fixture(scope="package")
def started() -> Iterator[Nodes]:
    """Three nodes."""
    with Nodes() as running:
        yield running


@pytest.fixture
def nodes(started: Nodes) -> Nodes:
    """Three nodes that all run."""
    started.make_whole()
    return started


@pytest.fixture
def engine(nodes: Nodes) -> Iterator[Engine]:
    """A connection to all of them."""
    connected = connect(Settings(OPENSEARCH_URL=nodes.url))
    yield connected
    connected.close()
