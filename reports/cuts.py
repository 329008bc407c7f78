"""Small directed cuts: where a graph of arcs with weights can be divided so that next to nothing leaves one side.

A cut is a set of nodes that some arcs leave and none enters. Nodes that no small cut divides are joined to one, first
by what can be seen at once (arcs of enough weight, or in both directions), else by looking for a flow; the graph
shrinks until nothing is left.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable

# Weights are sums of fractions; one that should be five may be a little less.
_SLACK = 1e-9

Arc = tuple[int, int]


class Cuts:
    """The arcs (from, to, weight) of a graph, looked through for cuts of less than `least`."""

    def __init__(self, nodes: int, arcs: Iterable[tuple[int, int, float]], least: float) -> None:
        self._least = least - _SLACK
        self._above = list(range(nodes))
        self._out: dict[int, dict[int, float]] = defaultdict(dict)
        self._into: dict[int, dict[int, float]] = defaultdict(dict)
        self._largest = 0
        for a, b, weight in arcs:
            self._add(a, b, weight)
        for a, b in [arc for arc in self._arcs() if self._is_obvious(*arc)]:
            self.join(a, b)

    def find(self, node: int) -> int:
        """The node that stands for all that are one with this one."""
        while self._above[node] != node:
            self._above[node] = self._above[self._above[node]]
            node = self._above[node]
        return node

    def undecided(self) -> Arc | None:
        """An arc that may be part of a small cut; None once there is none."""
        # At what has grown most, where what follows is soonest obvious.
        grown = self.find(self._largest)
        for at in (grown, *self._out):
            if self._out.get(at):
                return at, next(iter(self._out[at]))
            if self._into.get(at):
                return next(iter(self._into[at])), at
        return None

    def small_cut(self, source: int, sink: int) -> set[int] | None:
        """The nodes on the source's side of a small cut through this arc; None if there is no such cut."""
        taken: dict[Arc, float] = defaultdict(float)
        flow = 0.0
        while flow < self._least:
            before = self._reach(source, sink, taken)
            if sink not in before:
                return set(before)
            path = [sink]
            while path[-1] != source:
                path.append(before[path[-1]])
            steps = list(zip(path[1:], path, strict=False))
            # A step against an arc has no bound: nothing enters the source's side.
            least = min((room for a, b in steps if (room := self._room(a, b, taken)) is not None), default=None)
            if least is None:
                return None
            for a, b in steps:
                taken[a, b] += least
                taken[b, a] -= least
            flow += least
        return None

    def join(self, one: int, other: int) -> None:
        """Take the two as one, and whatever is then obvious."""
        waiting = [(one, other)]
        while waiting:
            a, b = map(self.find, waiting.pop())
            if a == b:
                continue
            if len(self._out[a]) + len(self._into[a]) > len(self._out[b]) + len(self._into[b]):
                a, b = b, a
            self._above[a] = b
            self._largest = b
            for to, weight in self._out.pop(a).items():
                del self._into[to][a]
                waiting += self._add(b, to, weight)
            for start, weight in self._into.pop(a).items():
                del self._out[start][a]
                waiting += self._add(start, b, weight)

    def _add(self, a: int, b: int, weight: float) -> list[Arc]:
        """Put the arc in, beside what is there; the arc itself if its ends are obviously one."""
        if a == b:
            return []
        self._out[a][b] = self._into[b][a] = self._out[a].get(b, 0) + weight
        return [(a, b)] if self._is_obvious(a, b) else []

    def _is_obvious(self, a: int, b: int) -> bool:
        return self._out[a].get(b, 0) >= self._least or a in self._out.get(b, ())

    def _arcs(self) -> list[Arc]:
        return [(a, b) for a, ends in self._out.items() for b in ends]

    def _room(self, a: int, b: int, taken: dict[Arc, float]) -> float | None:
        """How much more may go from a to b; None for any amount."""
        return None if b in self._into.get(a, ()) else self._out[a][b] - taken.get((a, b), 0.0)

    def _reach(self, source: int, sink: int, taken: dict[Arc, float]) -> dict[int, int]:
        """Where there is still room to go, and from where, as far as the sink."""
        before, waiting = {source: source}, deque([source])
        while waiting and sink not in before:
            at = waiting.popleft()
            for end in self._into.get(at, ()):
                if end not in before:
                    before[end] = at
                    waiting.append(end)
            for end, weight in self._out.get(at, {}).items():
                if end not in before and weight - taken.get((at, end), 0.0) > _SLACK:
                    before[end] = at
                    waiting.append(end)
        return before
