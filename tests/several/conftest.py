"""Two of everything for all tests of this package, on an installation that is empty at first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.several.processes import Processes


@pytest.fixture(scope="package")
def shared(prepared: Installation) -> Iterator[Installation]:
    """The installation, with one user of each role."""
    prepared.empty()
    prepared.add_users()
    yield prepared


@pytest.fixture(scope="package")
def processes(shared: Installation) -> Iterator[Processes]:
    """Two addresses of the API, one of them served by two processes; two workers, two beats."""
    with Processes() as running:
        yield running
