"""The figures of reindexing, once in small on a product of their own: every key is there, and searches are answered."""

from __future__ import annotations

import pytest

from benchmarks.match import Steps
from benchmarks.reindex import PROMISED, QUICK, measure
from benchmarks.source import sources


@pytest.mark.long
def test_a_small_run_gives_every_promised_figure() -> None:
    report = measure(QUICK, sources()[0].profiles, Steps(verbose=False))

    assert list(report)[: len(PROMISED)] == list(PROMISED)
    assert set(report["memory_mb"]) == {str(QUICK.few), str(QUICK.people)}
    assert report["docs_per_s"] > 0 < report["floor_per_s"]
    assert report["search_errors"] == 0
    assert min(report["searches"].values()) > 0
