"""`first_load_kb` and `layout_shift`: a page for the first time, with an empty cache, on a wide screen and a phone."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from benchmarks.visits import PHONE, WIDE, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

# What begins later than this after everything else was there is no part of the page.
CALM_MS: Final = 700


@dataclass(frozen=True, slots=True)
class Loaded:
    """One first load. `by_kind`: bytes by what they were for (Document, Script, Stylesheet …)."""

    by_kind: dict[str, int]
    requests: int
    shifts: list[tuple[float, str]]
    painted_ms: float

    @property
    def kilobytes(self) -> float:
        """Of everything, headers included; a kilobyte is a thousand bytes."""
        return round(sum(self.by_kind.values()) / 1_000, 1)

    @property
    def shift(self) -> float:
        """All that moved by itself, added up: never less than the cumulative layout shift, which is its worst part."""
        return round(sum(value for value, _ in self.shifts), 4)

    def report(self) -> dict[str, Any]:
        """What explains the figures."""
        kinds = {kind: round(count / 1_000, 1) for kind, count in sorted(self.by_kind.items())}
        moved = {"moved": [what for _, what in self.shifts]} if self.shifts else {}
        return {"kb": self.kilobytes, **kinds, "requests": self.requests, "first_paint_ms": self.painted_ms, **moved}


@dataclass
class Wire:
    """What came over the wire, request by request, as Chromium's network says it: compressed, and with headers.

    A stream that stays open is counted as far as it came.
    """

    bytes: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def watch(self, network: CDPSession) -> None:
        """Count from now on."""
        network.on("Network.responseReceived", self._begun)
        network.on("Network.dataReceived", self._more)
        network.on("Network.loadingFinished", self._done)
        network.send("Network.enable")

    def by_kind(self) -> dict[str, int]:
        """Bytes of each kind."""
        added: Counter[str] = Counter()
        for request, count in self.bytes.items():
            added[self.kinds.get(request, "Other")] += round(count)
        return dict(added)

    def _begun(self, event: dict[str, Any]) -> None:
        self.kinds[event["requestId"]] = event["type"]
        self.bytes[event["requestId"]] = event["response"]["encodedDataLength"]

    def _more(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = self.bytes.get(event["requestId"], 0) + event["encodedDataLength"]

    def _done(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]


def first_load(page: Page, path: str) -> Loaded:
    """The page, in a tab of a browser that has never been there, until nothing more comes."""
    wire = Wire()
    wire.watch(page.context.new_cdp_session(page))
    answer = page.goto(path)
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer and answer.status}.")
    # The last script is there when the bell listens.
    page.locator("html[data-bell=heard]").wait_for(state="attached")
    seen = -1
    while seen != len(wire.bytes):
        seen = len(wire.bytes)
        page.wait_for_timeout(CALM_MS)
    shifts = [(value, what) for value, what in page.evaluate("micropools.shifts")]
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    return Loaded(wire.by_kind(), len(wire.bytes), shifts, round(painted, 1))


def measure(browser: Browser, address: str, user: uuid.UUID, path: str) -> dict[str, Any]:
    """The keys of the report; the larger one of both screens counts."""
    both: dict[str, Loaded] = {}
    for name, size in (("wide", WIDE), ("phone", PHONE)):
        with visit(browser, address, user, size) as page:
            both[name] = first_load(page, path)
    return {
        "first_load_kb": max(each.kilobytes for each in both.values()),
        "layout_shift": max(each.shift for each in both.values()),
        "first_load": {name: each.report() for name, each in both.items()},
    }
