"""Which Chromium is taken, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.chromium import NoChromium, executable


def test_the_one_that_is_named_is_taken_and_one_that_is_not_there_is_said(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "chromium"
    monkeypatch.setenv("CHROMIUM", str(named))
    with pytest.raises(NoChromium, match=f"CHROMIUM names {named}, and there is no such file."):
        executable(chromium.browser_type)
    named.touch()
    assert executable(chromium.browser_type) == str(named)
