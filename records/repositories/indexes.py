"""Which engine indexes every write must reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from records.models import AskedField, LiveIndex


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


def compared(db: Session) -> Live:
    """Those that should hold everything there is, for the checker: what is being filled would only look like drift."""
    return live(db)


AT_EPOCH = (
    "SELECT (SELECT pool_epoch FROM registry) AS epoch,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'candidates' ORDER BY name) AS candidates,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'pools' ORDER BY name) AS pools,"
    " ARRAY(SELECT field FROM asked_fields) AS fields"
)


@dataclass(frozen=True, slots=True)
class Footing:
    """What a batch starts from: the live indexes, the fields pools ask, and the epoch both were read at."""

    live: Live
    fields: frozenset[str]
    epoch: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Footing:
        """From a row of AT_EPOCH."""
        live = Live(tuple(row["candidates"]), tuple(row["pools"]))
        return cls(live, frozenset(row["fields"]), int(row["epoch"]))


def footing(db: Session) -> Footing:
    """All of it in one round trip, as of one moment."""
    return Footing.of(dict(db.execute(text(AT_EPOCH)).mappings().one()))


def ask(db: Session, fields: Iterable[str]) -> None:
    """Have these fields percolated from now on; commit before the queries that ask them are stored."""
    rows = [{"field": field} for field in sorted(fields)]
    if rows:
        db.execute(insert(AskedField).on_conflict_do_nothing(), rows)


def set_live(db: Session, kind: str, names: Iterable[str]) -> None:
    """Replace the live indexes of one kind."""
    names = list(names)
    db.execute(delete(LiveIndex).where(LiveIndex.kind == kind, LiveIndex.name.not_in(names)))
    db.execute(insert(LiveIndex).on_conflict_do_nothing(), [{"name": name, "kind": kind} for name in names])
