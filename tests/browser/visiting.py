"""Visits to the product by people with a browser, and what axe finds on a page."""

from __future__ import annotations

import uuid
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests.api.browser import COOKIE, opened
from tests.installation import Installation

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
# What WCAG 2.2 AA asks for, and what axe's authors hold to be good practice beside it.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

WIDE: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Far above what anything here takes, so that only what never comes fails.
PATIENCE_MS = 20_000

# An error answer is a line in the console too, the browser's and htmx's; whether one was meant is for the test to say.
# So is what a page still waited for when its reader went on.
ANSWERS = ("Failed to load resource", "Response Status Error Code", "htmx:sendAbort", "htmx:afterRequest")

Scheme = Literal["light", "dark"]


class Site:
    """The product as it is served. Whatever a page complained of in its console fails the test at the end."""

    def __init__(self, world: Installation, chromium: Browser, address: str) -> None:
        self.world = world
        self.address = address
        self.complaints: list[str] = []
        self._chromium = chromium
        self._visits: list[BrowserContext] = []

    def visit(
        self,
        user: uuid.UUID | None = None,
        *,
        language: str = "en",
        scheme: Scheme = "light",
        size: ViewportSize = WIDE,
        scripts: bool = True,
    ) -> Page:
        """An empty tab of a new browser, in which this user is signed in (None: nobody)."""
        context = self._chromium.new_context(
            base_url=self.address,
            locale={"en": "en-GB", "cs": "cs-CZ"}[language],
            timezone_id="Europe/Prague",
            color_scheme=scheme,
            viewport=size,
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._note)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        if user is not None:
            context.add_cookies([{"name": COOKIE, "value": opened(user), "url": self.address}])
        self._visits.append(context)
        return context.new_page()

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERS):
            self.complaints.append(message.text)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for context in self._visits:
            context.close()
        if error is None:
            assert not self.complaints, self.complaints


def violations(page: Page) -> list[str]:
    """What axe finds wrong with a page, one line each; nothing is what is wanted."""
    # Outside of the page's own world of scripts, which its policy keeps closed.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(found => found.violations)", RULES
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}" for each in found for node in each["nodes"]
    ]
