"""A table for those who may not see small groups: divided into groups that share no rejection, none of them small.

What is shown of a table is such a family of groups and nothing else, no margin beside it that could be held against
it. So whatever is added up or taken apart within one answer is again made of whole groups.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Column = npt.NDArray[np.int64]
# The first values of a group: all of them for a cell; fewer for what is left of those that begin so, all together.
Path = tuple[int, ...]

#: Groups of fewer people than this are withheld.
LEAST = 5

EVERYTHING_LEFT: Path = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rejections:
    """Rejections as columns of one length: their numbers (rising), the people they are of, their values as codes."""

    numbers: Column
    people: Column
    values: tuple[Column, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Groups and their rows. `whole`: they hold all rejections, so their sum is the total and may be said."""

    groups: dict[Path, Column]
    whole: bool


def divide(rejections: Rejections, withheld: Collection[Path] = ()) -> Family:
    """The family of the table in which no group is small and none of `withheld` is named.

    What is too small goes to what is left of its row, then to what is left of all. Where even that is small, one group
    more is withheld, the smallest, since the total would give it away.
    """
    banned = set(withheld)
    while True:
        groups, left = _split(rejections, np.arange(len(rejections.numbers)), EVERYTHING_LEFT, banned)
        if not left.size:
            return Family(groups, whole=True)
        if EVERYTHING_LEFT not in banned and _many(rejections, left) >= LEAST:
            return Family({**groups, EVERYTHING_LEFT: left}, whole=True)
        if EVERYTHING_LEFT in banned or not groups:
            return Family(groups, whole=False)
        banned.add(min(groups, key=lambda path: (_many(rejections, groups[path]), path)))


def distinct(column: Column) -> Column:
    """The values of a column, each once, rising. By sorting: ten times as fast as the hashing of numpy.unique here."""
    ordered: Column = np.sort(column)
    first: npt.NDArray[np.bool_] = np.diff(ordered, prepend=ordered[:1] - 1) != 0
    return ordered[first]


def _split(
    rejections: Rejections, rows: Column, path: Path, banned: Collection[Path]
) -> tuple[dict[Path, Column], Column]:
    """The groups below the path, and the rows that are in none of them."""
    groups: dict[Path, Column] = {}
    left: list[Column] = []
    for value, part in _by_value(rejections.values[len(path)], rows):
        below = (*path, value)
        rest = part
        if _many(rejections, part) >= LEAST:
            if len(below) < len(rejections.values):
                inner, rest = _split(rejections, part, below, banned)
                groups |= inner
            if rest.size and below not in banned and _many(rejections, rest) >= LEAST:
                groups[below] = rest
                continue
        left.append(rest)
    return groups, np.concatenate(left) if left else np.empty(0, np.int64)


def _by_value(column: Column, rows: Column) -> Iterator[tuple[int, Column]]:
    if not rows.size:
        return
    ordered = rows[np.argsort(column[rows], kind="stable")]
    values = column[ordered]
    starts = np.flatnonzero(np.diff(values, prepend=values[0] - 1))
    for value, part in zip(values[starts], np.split(ordered, starts[1:]), strict=True):
        yield int(value), part


def _many(rejections: Rejections, rows: Sequence[int] | Column) -> int:
    return len(distinct(rejections.people[rows]))
