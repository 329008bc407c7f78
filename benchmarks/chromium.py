"""A real Chromium: named, installed, Playwright's own, or installed now if that is possible."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Driving a browser is for tests and figures: it is not among what an installation needs.
    from playwright.sync_api import Browser, BrowserType

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "The pages are tried in a real Chromium, and there is none here. Install one (on Debian and Ubuntu:"
    " apt-get install chromium; anywhere: .venv/bin/playwright install chromium), or name one in CHROMIUM."
)
NO_DRIVER = (
    "Chromium is driven through Playwright, which is among the packages for development and is not installed here."
    " In a checkout .ci/environment .venv requirements-dev.lock installs them (so does make test)."
)
# A slow network may take some minutes for a hundred megabytes.
INSTALLING_S = 600


class NoChromium(Exception):
    """There is no Chromium, and none could be installed; or nothing to drive it with."""


@contextmanager
def opened() -> Iterator[Browser]:
    """A Chromium for the length of the block; each context in it has a profile of its own."""
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - see above
    except ModuleNotFoundError:
        raise NoChromium(NO_DRIVER) from None
    with sync_playwright() as playwright:
        # The sandbox is for pages of strangers, and root has none.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable(playwright.chromium), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


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
            done = subprocess.run(command, capture_output=True, timeout=INSTALLING_S, check=False)  # noqa: S603 - ours
        except (OSError, subprocess.TimeoutExpired):
            continue
        if done.returncode == 0 and command[1] != "update":
            return
