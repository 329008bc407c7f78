"""The figures of notices, once in small on a product of their own: every key is there, and nothing is lost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.notices import PROMISED, QUICK


@pytest.mark.long
def test_a_small_run_gives_every_promised_figure() -> None:
    # A process of its own: it points settings and connections at the product it started.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.notices", "--json", "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    report = json.loads(done.stdout)
    assert list(report)[: len(PROMISED)] == list(PROMISED)
    assert set(report["instant_ms"]) == set(report["fanout_ms"]) == {"p50", "p95"}
    assert {"email", "push", "slack"} <= set(report["instant"])
    assert report["lost"] == 0
    assert report["digests"]["digests"] == QUICK.digests
