"""Small sizes on the real parts: the figures mean nothing here, the agreement of all sides does."""

from __future__ import annotations

import pytest

from sample.requirements import Sources


@pytest.fixture(scope="session")
def rows() -> Sources:
    """The carried rows, whatever else lies around."""
    return Sources.carried()


def no_step(_: object) -> None:
    """Progress that nobody watches."""
