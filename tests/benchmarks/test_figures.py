"""Each figure is measured once in small: every side gives right answers, and every promised key is there."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks import growth, percolate
from benchmarks.match import PROMISED
from embedded.urls import ServiceUrls
from sample.requirements import Sources
from tests.benchmarks.conftest import no_step


def test_percolation_and_postgresql_agree_and_are_compared(services: ServiceUrls, rows: Sources) -> None:
    size = percolate.Size(pools=300, people=60, rounds=1)
    report = percolate.measure(services.opensearch_url, services.database_url, rows, size, no_step).report()
    assert report["percolate_vs_postgres"] > 0
    assert report["percolate_vs_postgres_2"] > 0
    assert report["percolate_matches_per_candidate"] > 0


def test_growth_is_measured_with_the_same_matches_at_every_size(services: ServiceUrls, rows: Sources) -> None:
    report = growth.measure(services.opensearch_url, rows, growth.Size(steps=(20, 40, 80), asks=4, matching=5), no_step)
    assert list(report["growth"]) == ["20", "40", "80"]
    assert report["growth_x100"] > 0
    assert report["growth_x100_disjoint"] > 0


def test_the_quick_run_reports_every_figure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.match", "--json", "--quick"],
        env={**os.environ, "MICROPOOLS_DATA": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    report = json.loads(done.stdout.splitlines()[-1])
    assert list(report)[: len(PROMISED)] == list(PROMISED)
    assert set(report["post_to_bell_ms"]) == {"p50", "p95", "p99"}
    assert set(report["floor_ms"]) == {"p50", "p95"}
