"""Which engine indexes every write must reach, and what each of them knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from records.models import AskedField, LiveIndex


@dataclass(frozen=True, slots=True)
class Live:
    """The concrete indexes that are live: documents go to all candidate ones, stored queries to all pool ones.

    `known` are the fields of each by its name, where they are written down; `serving` is the pool index that people
    are percolated against.
    """

    candidates: tuple[str, ...]
    pools: tuple[str, ...]
    known: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    serving: str | None = field(default=None, compare=False)


def live(db: Session) -> Live:
    """The indexes as of now."""
    return _as_live(db.scalars(select(LiveIndex).order_by(LiveIndex.name)).all())


def whole(db: Session) -> Live:
    """Those of them that hold everything there is: not the ones a reindex is filling."""
    return _as_live(db.scalars(select(LiveIndex).where(LiveIndex.whole).order_by(LiveIndex.name)).all())


def _as_live(rows: Sequence[LiveIndex]) -> Live:
    pools = [row for row in rows if row.kind == "pools"]
    return Live(
        tuple(row.name for row in rows if row.kind == "candidates"),
        tuple(row.name for row in pools),
        {row.name: row.fields for row in rows if row.fields is not None},
        next((row.name for row in pools if row.serving), None),
    )


AT_EPOCH = (
    "SELECT (SELECT pool_epoch FROM registry) AS epoch,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'candidates' ORDER BY name) AS candidates,"
    " ARRAY(SELECT name FROM live_indexes WHERE kind = 'pools' ORDER BY name) AS pools,"
    " (SELECT jsonb_object_agg(name, fields) FROM live_indexes WHERE fields IS NOT NULL) AS known,"
    " (SELECT min(name) FROM live_indexes WHERE kind = 'pools' AND serving) AS serving,"
    " ARRAY(SELECT field FROM asked_fields) AS fields"
)


@dataclass(frozen=True, slots=True)
class Footing:
    """What a batch starts from: the live indexes, the fields pools ask, and the epoch both were read at.

    `fields` are only those that the serving pool index knows: no stored query of it asks any other.
    """

    live: Live
    fields: frozenset[str]
    epoch: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Footing:
        """From a row of AT_EPOCH."""
        live = Live(tuple(row["candidates"]), tuple(row["pools"]), row["known"] or {}, row["serving"])
        fields = frozenset(row["fields"])
        known = live.known.get(live.serving or "")
        return cls(live, fields if known is None else fields & known.keys(), int(row["epoch"]))


def footing(db: Session) -> Footing:
    """All of it in one round trip, as of one moment."""
    return Footing.of(dict(db.execute(text(AT_EPOCH)).mappings().one()))


def ask(db: Session, fields: Iterable[str]) -> None:
    """Have these fields percolated from now on; commit before the queries that ask them are stored."""
    rows = [{"field": field} for field in sorted(fields)]
    if rows:
        db.execute(insert(AskedField).on_conflict_do_nothing(), rows)


def set_live(db: Session, kind: str, names: Iterable[str]) -> None:
    """Replace the live indexes of one kind; those that stay keep what is known of them."""
    names = list(names)
    db.execute(delete(LiveIndex).where(LiveIndex.kind == kind, LiveIndex.name.not_in(names)))
    db.execute(insert(LiveIndex).on_conflict_do_nothing(), [{"name": name, "kind": kind} for name in names])


def add_live(db: Session, kind: str, name: str, fields: Mapping[str, Any]) -> None:
    """Have an index written from now on that is not filled yet."""
    row = {"name": name, "kind": kind, "fields": dict(fields), "whole": False}
    db.execute(insert(LiveIndex).values(**row).on_conflict_do_nothing())


def remove_live(db: Session, names: Sequence[str]) -> None:
    """Have these written no more. Whoever read the list before this may still write them for a moment."""
    db.execute(delete(LiveIndex).where(LiveIndex.name.in_(names)))


def set_whole(db: Session, names: Sequence[str]) -> None:
    """Say that these hold everything by now: what they lack from here on is drift."""
    db.execute(update(LiveIndex).where(LiveIndex.name.in_(names)).values(whole=True))


def add_serving(db: Session, candidates: str, pools: str) -> None:
    """Have these two written, and say that the aliases point to them."""
    rows = [{"name": candidates, "kind": "candidates"}, {"name": pools, "kind": "pools"}]
    db.execute(insert(LiveIndex).on_conflict_do_nothing(), rows)
    set_serving(db, [candidates, pools])


def set_serving(db: Session, names: Sequence[str]) -> None:
    """Say which indexes the aliases point to."""
    db.execute(update(LiveIndex).values(serving=LiveIndex.name.in_(names)))


def set_fields(db: Session, name: str, fields: Mapping[str, Any]) -> None:
    """Write down which fields an index knows."""
    db.execute(update(LiveIndex).where(LiveIndex.name == name).values(fields=dict(fields)))
