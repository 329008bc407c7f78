"""One product for all crash tests: what one test broke the next one stands on, which is harder, and quicker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.product import Product
from tests.crash.stage import Stage


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """A running product with users, tags, pools and tracking."""
    with Product() as product, Stage(product) as ready:
        yield ready
