"""Settings for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.settings import settings


@contextmanager
def configured(patch: pytest.MonkeyPatch, **named: str) -> Iterator[None]:
    """Our settings say so; afterwards nothing that `patch` changed holds."""
    for name, value in named.items():
        patch.setenv(name, value)
    settings.cache_clear()
    try:
        yield
    finally:
        patch.undo()
        settings.cache_clear()
