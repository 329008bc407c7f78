"""The figures of the pages, once in small on a product of their own: every key is there, page and API find the same."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from benchmarks.pages import PROMISED, QUICK


@pytest.mark.long
def test_a_small_run_gives_every_promised_figure() -> None:
    # A process of its own: Playwright drives one browser at a time in each, and other tests may have one open.
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pages", "--json", "--quick"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    report = json.loads(done.stdout)
    assert list(report)[: len(PROMISED)] == list(PROMISED)
    assert set(report["facet_click_ms"]) == set(report["bell_ms"]) == {"p50", "p95"}
    assert (report["facet_click"]["clicks"], report["bell"]["people"]) == (QUICK.clicks, QUICK.bells)
    assert set(report["first_load"]) == {"wide", "phone"}
