"""Has what was written about a person reached the searches? Answered by asking, not by how long it usually takes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.settings import settings
from engine.documents import visible_version
from engine.process import engine
from mappings.names import alias
from records.database import Session
from records.repositories import candidates


@dataclass(frozen=True, slots=True)
class Arrived:
    """How far a person's last change has come: `version` is the change, committed before this was asked.

    `matched`: it is known which pools they are in, and whoever is to be told has a notice. `searchable`: searches that
    are sent from now on find them as of this version or a later one.
    """

    version: int
    matched: bool
    searchable: bool


def arrived(db: Session, candidate: uuid.UUID) -> Arrived:
    """How far this person is. Raises NotFound, and EngineUnavailable when that cannot be known now."""
    version, matched = candidates.matched_up_to(db, candidate)
    visible = visible_version(engine(), alias(settings().index_prefix, "candidates"), str(candidate))
    return Arrived(version, matched >= version, visible is not None and visible >= version)
