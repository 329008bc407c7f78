"""What a list of durations comes to."""

from __future__ import annotations

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    # 0.07 * 100 is a little more than 7; without the subtraction that would be the eighth value.
    rank = math.ceil(share * len(ordered) - 1e-9)
    return ordered[max(0, rank - 1)]


def milliseconds(seconds: Sequence[float], *percents: int) -> dict[str, float]:
    """`{"p50": …, "p95": …}` in milliseconds."""
    return {f"p{percent}": round(quantile(seconds, percent / 100) * 1000, 2) for percent in percents}


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return quantile(values, 0.5)
