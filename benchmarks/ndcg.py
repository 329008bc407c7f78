"""Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002), with the gain 2^grade - 1."""

from __future__ import annotations

import math
from collections.abc import Sequence


def ndcg(grades: Sequence[int], best: Sequence[int], depth: int = 10) -> float:
    """How near an order of people is to the best one, from 0 to 1.

    `grades` are those of the people shown, in order; `best` those of everybody worth something, best first.
    """
    reachable = _gain(best[:depth])
    return _gain(grades[:depth]) / reachable if reachable else 1.0


def _gain(grades: Sequence[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, 1))
