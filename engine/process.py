"""The engine connection of this process."""

from __future__ import annotations

from functools import lru_cache

from core.settings import settings
from engine.client import Engine, connect


@lru_cache(maxsize=1)
def engine() -> Engine:
    """One kept-alive connection pool, made on first use: after a fork, never before."""
    return connect(settings())


def forget_engine() -> None:
    """Let go of the connection: in a forked child, and when a test changes the settings."""
    if engine.cache_info().currsize:
        engine().close()
    engine.cache_clear()
