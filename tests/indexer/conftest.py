"""Documents are put to the real engine."""

from tests.on_engine import engine, indexes, shared_indexes

__all__ = ["engine", "indexes", "shared_indexes"]
