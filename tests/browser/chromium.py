"""Where a Chromium is: named, installed, Playwright's own, or installed now if that is possible."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserType

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "The pages are tried in a real Chromium, and there is none here. Install one (on Debian and Ubuntu:"
    " apt-get install chromium; anywhere: .venv/bin/playwright install chromium), or name one in CHROMIUM."
)
# A slow network may take some minutes for a hundred megabytes.
INSTALLING_S = 600


class NoChromium(Exception):
    """There is no Chromium, and none could be installed."""


def executable(chromium: BrowserType) -> str:
    """The path of a Chromium that can be started; one is installed where there is none."""
    found = _there(chromium)
    if found is None:
        # Two processes share the tests; the second one finds what the first has installed.
        with (Path(tempfile.gettempdir()) / f"micropools-chromium-{os.geteuid()}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if _there(chromium) is None:
                _install()
        found = _there(chromium)
    if found is None:
        raise NoChromium(ADVICE)
    return found


def _there(chromium: BrowserType) -> str | None:
    named = os.environ.get("CHROMIUM")
    if named:
        if not Path(named).exists():
            raise NoChromium(f"CHROMIUM names {named}, and there is no such file.")
        return named
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    own = chromium.executable_path
    return installed or (own if Path(own).exists() else None)


def _install() -> None:
    """Try what may work here; whatever fails says so by there being no Chromium afterwards."""
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        commands = [["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"], *commands]
    for command in commands:
        try:
            done = subprocess.run(command, capture_output=True, timeout=INSTALLING_S, check=False)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and command[1] != "update":
            return
