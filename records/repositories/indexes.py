"""Which engine indexes every write must reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from records.models import LiveIndex


@dataclass(frozen=True, slots=True)
class Live:
    """The concrete indexes that are live: documents go to all candidate ones, stored queries to all pool ones."""

    candidates: tuple[str, ...]
    pools: tuple[str, ...]


def live(db: Session) -> Live:
    """The indexes as of now."""
    rows = db.execute(select(LiveIndex.kind, LiveIndex.name).order_by(LiveIndex.name)).all()
    return Live(
        tuple(name for kind, name in rows if kind == "candidates"),
        tuple(name for kind, name in rows if kind == "pools"),
    )


_CLAIM_VIEW = text(
    "SELECT (SELECT pool_epoch FROM registry) AS epoch,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'candidates' ORDER BY name) AS candidates,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'pools' ORDER BY name) AS pools"
)


def live_at_epoch(db: Session) -> tuple[Live, int]:
    """The live indexes and the registry's epoch, in one round trip: what a batch starts from."""
    row = db.execute(_CLAIM_VIEW).one()
    return Live(tuple(row.candidates), tuple(row.pools)), int(row.epoch)


def set_live(db: Session, kind: str, names: Iterable[str]) -> None:
    """Replace the live indexes of one kind."""
    names = list(names)
    db.execute(delete(LiveIndex).where(LiveIndex.kind == kind, LiveIndex.name.not_in(names)))
    db.execute(insert(LiveIndex).on_conflict_do_nothing(), [{"name": name, "kind": kind} for name in names])
