"""Make a place ready: the newest migration, the indexes, and which of them are written. Run before anything starts."""

from __future__ import annotations

from core.settings import settings
from engine.process import engine
from mappings.installed import ensure_indexes
from records import migrate
from records.database import session
from records.repositories import indexes


def prepare() -> None:
    """Migrate the database and make the indexes that are missing. Any number of processes may do this at once."""
    migrate.upgrade()
    live = ensure_indexes(engine(), settings().index_prefix)
    with session() as db:
        indexes.set_live(db, "candidates", live.candidates)
        indexes.set_live(db, "pools", live.pools)
        db.commit()


if __name__ == "__main__":
    prepare()
