"""Fixtures of the tests of leaks: one house for a module, and a server for its event streams."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.serving import served
from tests.installation import Installation
from tests.leaks.house import House, rebuilt


@pytest.fixture(scope="module")
def house(prepared: Installation) -> Iterator[House]:
    """A house with a manager who sees a part of it. What is hidden from them may change, and nothing else."""
    with prepared.answering():
        yield rebuilt(prepared)


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """A server of the same house."""
    with served() as url:
        yield url
