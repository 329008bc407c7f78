"""An installation whose indexes may be replaced: afterwards it has the first ones again, as other tests expect."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from core.settings import settings
from engine.indexes import drop_index
from engine.process import engine
from indexer.prepare import prepare
from mappings.installed import our_indexes
from mappings.names import KINDS
from records.database import database
from tests.installation import Installation


@pytest.fixture
def place(world: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """An empty installation made with other settings than this process has now: a reindex is due."""
    monkeypatch.setenv("KEPT_WORDS", "engineering, kubernetes")
    settings.cache_clear()
    try:
        yield world
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        for kind in KINDS:
            for name in our_indexes(engine(), settings().index_prefix, kind):
                drop_index(engine(), name)
        with database().begin() as connection:
            connection.execute(text("TRUNCATE live_indexes, reindex_jobs"))
        prepare()
