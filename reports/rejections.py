"""Rejections by reason, position and the like: in full for those who see everybody, in large groups for analysts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.client import Engine
from engine.door import SecuredQuery
from engine.tabulate import Count, Dimension, Period, Values, tabulate
from records.database import Session
from records.repositories import answers
from reports.answered import Answered
from reports.families import Rejections
from reports.withholding import protect


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it is of: the values of the first dimensions.

    Where these are fewer than were asked for, it is of everything else that begins so. `people` is None for analysts.
    """

    values: Values
    rejections: int
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Statistics:
    """An answer. `total` is None where it is withheld; margins and months are given to those who see everybody."""

    total: Figure | None
    cells: list[Figure]
    margins: Mapping[Dimension, list[Figure]] = field(default_factory=dict)
    months: list[Figure] = field(default_factory=list)
    withheld: bool = False


def in_full(
    engine: Engine, index: str, query: SecuredQuery, by: Sequence[Dimension], period: Period
) -> Statistics | None:
    """Everything there is; None where that is more cells than one answer holds."""
    table = tabulate(engine, index, query, by, period)
    if table.more:
        return None
    return Statistics(
        total=_figure((), table.total),
        cells=_largest_first(_figure(values, count) for values, count in table.cells.items()),
        margins={
            dimension: _largest_first(_figure(values, count) for values, count in counts.items())
            for dimension, counts in table.margins.items()
        },
        months=[_figure(values, count) for values, count in sorted(table.months.items())],
    )


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what by which dimensions, as it is remembered."""

    by: Sequence[Dimension]
    question: Mapping[str, object]
    analyst: uuid.UUID


def in_large_groups(db: Session, rows: Iterable[tuple[str, Values]], asking: Asking) -> Statistics:
    """What an analyst may be shown of these rejections (application, values), remembered for good by the commit.

    Nobody else is answered until then: two answers made at once could tell together what neither tells.
    """
    answers.one_at_a_time(db)
    rejections, names = _columns(db, list(rows), len(asking.by))
    family, shown = protect(rejections, lambda: map(Answered.unpack, answers.shown(db)))
    if family.groups:
        answers.remember(db, shown.digest, shown.pack(), asking.question, asking.analyst)
    cells = [
        Figure(tuple(names[at][code] for at, code in enumerate(path)), len(group))
        for path, group in family.groups.items()
    ]
    everything = sum(cell.rejections for cell in cells)
    return Statistics(
        total=Figure((), everything) if family.whole else None,
        cells=_largest_first(cells),
        withheld=not family.whole or any(len(path) < len(names) for path in family.groups),
    )


def _columns(
    db: Session, rows: Sequence[tuple[str, Values]], dimensions: int
) -> tuple[Rejections, list[list[str | None]]]:
    """The rejections as columns, and the values that their codes stand for."""
    numbers = answers.numbers(db, [application for application, _ in rows])
    known = sorted((numbers[application], values) for application, values in rows if application in numbers)
    names: list[list[str | None]] = []
    columns = []
    for at in range(dimensions):
        distinct = sorted({values[at] for _, values in known}, key=_nothing_last)
        codes = {value: code for code, value in enumerate(distinct)}
        names.append(distinct)
        columns.append(np.array([codes[values[at]] for _, values in known], np.int64))
    pairs = np.array([pair for pair, _ in known], np.int64).reshape(-1, 2)
    return Rejections(pairs[:, 0], pairs[:, 1], tuple(columns)), names


def _figure(values: Values, count: Count) -> Figure:
    return Figure(values, count.rejections, count.people)


def _largest_first(figures: Iterator[Figure] | Sequence[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda figure: (-figure.rejections, [_nothing_last(value) for value in figure.values]))


def _nothing_last(value: str | None) -> tuple[bool, str]:
    return value is None, value or ""
