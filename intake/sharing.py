"""Whoever is given something hears of it: one notice for all that was given in one go."""

from __future__ import annotations

import uuid

from records.database import Session
from records.repositories import notices


def tell(db: Session, reader: uuid.UUID, actor: uuid.UUID, batch: uuid.UUID) -> list[uuid.UUID]:
    """Write the notice of what was shared with this reader as this batch; returns whose bell rang."""
    return notices.ring(db, [notices.Notice(reader, "shared", f"shared:{batch}", actor=actor, shares=batch)])
