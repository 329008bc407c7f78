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

from collections import defaultdict, deque
from dataclasses import dataclass

import numpy as np

from reports.answered import Answered
from reports.families import LEAST, Column

_NEVER_CUT = float("inf")
# Weights are sums of fractions; one that should be five may be a little less.
_SLACK = 1e-9

Arcs = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Rejections with the same ends, as one edge: node of the old group, node of the new one, people (columns)."""

    olds: Column
    news: Column
    people: list[Column]


def telling(old: Answered, new: Answered) -> set[int]:
    """Groups of the new answer that must be withheld, lest the two together tell of fewer than five people.

    Empty exactly if nothing of the kind can be told. Errs to the safe side where one person has several rejections.
    Withholding them may not be enough: ask again with what is left.
    """
    olds, news = _size(old), _size(new)
    outside = olds + news
    edges = _edges(old, new, olds, outside)
    joined = _Joined(outside + 1)
    # Five people on one edge are never part of fewer than five: its ends can be taken as one.
    for a, b, people in zip(edges.olds, edges.news, edges.people, strict=True):
        if len(people) >= LEAST:
            joined.join(int(a), int(b))
    light = [
        (int(a), int(b), people)
        for a, b, people in zip(edges.olds, edges.news, edges.people, strict=True)
        if joined.find(int(a)) != joined.find(int(b))
    ]
    weights = _weights([people for _, _, people in light])
    found: set[int] = set()
    while arcs := _arcs(light, weights, joined):
        source, sink = next(iter(arcs))
        inside = _small_cut(arcs, source, sink)
        if inside is not None:
            found.add(_to_blame(light, joined, inside, olds, outside, new) - olds)
        # Either never cut, or dealt with.
        joined.join(source, sink)
    return found


def _size(answer: Answered) -> int:
    return int(answer.groups.max()) + 1 if answer.groups.size else 0


def _edges(old: Answered, new: Answered, olds: int, outside: int) -> _Edges:
    numbers = np.union1d(old.numbers, new.numbers)
    at_old, at_new = np.searchsorted(numbers, old.numbers), np.searchsorted(numbers, new.numbers)
    people = np.zeros(len(numbers), np.int64)
    people[at_old], people[at_new] = old.people, new.people
    old_nodes = np.full(len(numbers), outside, np.int64)
    new_nodes = np.full(len(numbers), outside, np.int64)
    old_nodes[at_old], new_nodes[at_new] = old.groups, new.groups + olds
    triples = np.unique(np.stack([old_nodes, new_nodes, people]), axis=1)
    starts = np.flatnonzero(np.any(np.diff(triples[:2], axis=1, prepend=-1) != 0, axis=0))
    return _Edges(triples[0, starts], triples[1, starts], np.split(triples[2], starts[1:]) if len(starts) else [])


def _weights(light: list[Column]) -> list[float]:
    """Somebody on several edges counts in parts, so that no set of edges weighs more than it has people."""
    if not light:
        return []
    people, times = np.unique(np.concatenate(light), return_counts=True)
    return [float(np.sum(1 / times[np.searchsorted(people, each)])) for each in light]


def _arcs(light: list[tuple[int, int, Column]], weights: list[float], joined: _Joined) -> Arcs:
    arcs: Arcs = defaultdict(float)
    for (old, new, _), weight in zip(light, weights, strict=True):
        ends = joined.find(old), joined.find(new)
        if ends[0] != ends[1]:
            arcs[ends] += weight
    return dict(arcs)


def _small_cut(arcs: Arcs, source: int, sink: int) -> set[int] | None:
    """The nodes on the source's side of a directed cut of fewer than five people; None if there is no such cut."""
    room: dict[int, dict[int, float]] = defaultdict(dict)
    for (old, new), weight in arcs.items():
        room[old][new] = room[old].get(new, 0) + weight
        # The other way is never cut: a new node inside has all its old ones inside.
        room[new][old] = _NEVER_CUT
    flow = 0.0
    while flow < LEAST - _SLACK:
        before = _reach(room, source)
        if sink not in before:
            return set(before)
        path = [sink]
        while path[-1] != source:
            path.append(before[path[-1]])
        steps = list(zip(path[1:], path, strict=False))
        least = min(room[a][b] for a, b in steps)
        if least == _NEVER_CUT:
            return None
        for a, b in steps:
            room[a][b] -= least
            room[b][a] = room[b].get(a, 0) + least
        flow += least
    return None


def _reach(room: dict[int, dict[int, float]], source: int) -> dict[int, int]:
    """Where there is still room to go, and from where."""
    before, waiting = {source: source}, deque([source])
    while waiting:
        at = waiting.popleft()
        for following, left in room[at].items():
            if left > _SLACK and following not in before:
                before[following] = at
                waiting.append(following)
    return before


def _to_blame(
    light: list[tuple[int, int, Column]], joined: _Joined, inside: set[int], olds: int, outside: int, new: Answered
) -> int:
    """The new group to give up: the smallest of those the difference is made of, else of those it lies in."""
    held = {node for node in range(olds, outside) if joined.find(node) in inside}
    if joined.find(outside) in inside:
        # Seen from the other side: new groups less old ones.
        held = set(range(olds, outside)) - held
    crossing = {b for a, b, _ in light if joined.find(a) in inside and joined.find(b) not in inside and b != outside}
    sizes = np.bincount(new.groups)
    return min(held or crossing, key=lambda node: (int(sizes[node - olds]), node))


class _Joined:
    """Nodes taken as one (union-find)."""

    def __init__(self, nodes: int) -> None:
        self._above = list(range(nodes))

    def find(self, node: int) -> int:
        """The node that stands for all that are one with this one."""
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def join(self, one: int, other: int) -> None:
        """Take the two as one."""
        self._above[self.find(one)] = self.find(other)
