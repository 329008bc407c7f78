"""What two answers tell together: groups that can be had by subtracting figures of one from figures of the other.

Both answers are families of disjoint groups (reports/families.py). Let the groups be the nodes of a graph, the old
ones on one side and the new ones on the other, with one node more for "in no group of that answer". Every rejection is
an edge, from its old group to its new one. Then

- figures can be combined to a number of some set of rejections exactly if that set is a sum of differences of the
  kind "these groups of one answer, less those of the other, all of which lie inside them" (a combination is a
  potential on the graph, and each level of the potential is one such difference);
- such a difference is a directed cut: the edges that leave a set of nodes from its old ones, where every edge at a new
  node of the set comes from an old node of the set;
- so nothing under five can be worked out exactly if every directed cut is empty or has edges of five people.

The same holds of bounds: what bounds a set of rejections from above is a sum of such differences too, so no group at
all can be shown to be under five. None of this is true of three answers; docs/decisions/0011-small-groups.md says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reports.answered import Answered
from reports.cuts import Cuts
from reports.families import LEAST, Column, distinct


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Rejections with the same ends, as one edge: the nodes of the old and the new group, and how much it weighs."""

    olds: Column
    news: Column
    weights: list[float]


def telling(old: Answered, new: Answered) -> set[int]:
    """Groups of the new answer that must be withheld, lest the two together tell of fewer than five people.

    Empty exactly if nothing of the kind can be told. Errs to the safe side where one person has several rejections.
    Withholding them may not be enough: ask again with what is left.
    """
    olds, news = _size(old), _size(new)
    outside = olds + news
    edges = _edges(old, new, olds, outside)
    cuts = Cuts(outside + 1, zip(edges.olds.tolist(), edges.news.tolist(), edges.weights, strict=True), LEAST)
    sizes = np.bincount(new.groups, minlength=news)
    found: set[int] = set()
    while (arc := cuts.undecided()) is not None:
        inside = cuts.small_cut(*arc)
        if inside is not None:
            is_inside = np.array([cuts.find(node) in inside for node in range(outside + 1)])
            blamed = _to_blame(edges, is_inside, olds, outside)
            found.add(int(blamed[np.argmin(sizes[blamed - olds])]) - olds)
        # Never cut, or dealt with.
        cuts.join(*arc)
    return found


def _size(answer: Answered) -> int:
    return int(answer.groups.max()) + 1 if answer.groups.size else 0


def _edges(old: Answered, new: Answered, olds: int, outside: int) -> _Edges:
    numbers = distinct(np.concatenate([old.numbers, new.numbers]))
    at_old, at_new = np.searchsorted(numbers, old.numbers), np.searchsorted(numbers, new.numbers)
    people = np.zeros(len(numbers), np.int64)
    people[at_old], people[at_new] = old.people, new.people
    nodes = np.full((2, len(numbers)), outside, np.int64)
    nodes[0, at_old], nodes[1, at_new] = old.groups, new.groups + olds
    # One number for an edge and somebody on it: far below 2^63 for any number of groups and people there could be.
    many = int(people.max(initial=0)) + 1
    pairs = distinct((nodes[0] * (outside + 1) + nodes[1]) * many + people)
    edges, edge_of, people_on = np.unique(pairs // many, return_inverse=True, return_counts=True)
    return _Edges(edges // (outside + 1), edges % (outside + 1), _weights(edge_of, pairs % many, people_on))


def _weights(edge_of: Column, people: Column, people_on: Column) -> list[float]:
    """No set of light edges may weigh more than it has people: somebody on several of them counts in parts.

    Five people on one edge are five in any case; it is never part of a small cut, and takes no part in this.
    """
    weights = people_on.astype(float)
    light = people_on[edge_of] < LEAST
    _, person, times = np.unique(people[light], return_inverse=True, return_counts=True)
    parts = np.bincount(edge_of[light], weights=1 / times[person], minlength=len(people_on))
    found: list[float] = np.where(people_on < LEAST, parts, weights).tolist()
    return found


def _to_blame(edges: _Edges, is_inside: npt.NDArray[np.bool_], olds: int, outside: int) -> Column:
    """The new groups that a small difference is made of, or else those it lies in."""
    # Where what is in no group lies inside, the difference is one of new groups less old ones, on the other side.
    held = np.flatnonzero(is_inside[olds:outside] != is_inside[outside]) + olds
    if held.size:
        return held
    crossing = edges.news[is_inside[edges.olds] & ~is_inside[edges.news]]
    return np.unique(crossing[crossing != outside])
