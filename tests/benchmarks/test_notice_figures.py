"""The figures of notices, once in small on a product of their own: every key is there, and nothing is lost."""

from __future__ import annotations

import pytest

from benchmarks.match import Steps
from benchmarks.notices import PROMISED, QUICK, measure


@pytest.mark.long
def test_a_small_run_gives_every_promised_figure() -> None:
    report = measure(QUICK, Steps(verbose=False))

    assert list(report)[: len(PROMISED)] == list(PROMISED)
    assert set(report["instant_ms"]) == set(report["fanout_ms"]) == {"p50", "p95"}
    assert {"email", "push", "slack"} <= set(report["instant"])
    assert report["lost"] == 0
    assert report["digests"]["digests"] == QUICK.digests
