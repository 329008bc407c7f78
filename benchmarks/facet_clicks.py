"""`facet_click_ms` and `facet_click_ratio`: a facet is clicked, and who it leaves is on the screen.

The ratio is to what the API takes for all that the click asks, in one request. The numbers of the folders follow the
people: `complete_ratio` counts until they are there.

Every click asks what nobody has asked before. The API is asked the same by the same user in the same run, half of the
time first and half of the time after the page, because whoever is second finds the engine's memory warm.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.asking import search_call
from benchmarks.floor import Line
from benchmarks.quantiles import milliseconds, quantile
from benchmarks.shapes import REGIONS, SKILLS
from benchmarks.visits import visit
from cli.accounts import Login
from search.address import address_of, criteria_in
from web.facets import Beside, Shown
from web.languages import SOURCE, language
from web.pages.talent import A_PAGE, HERE, MOST_COUNTED

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Pairs = list[tuple[str, str]]

# People narrow down step by step: so many clicks after each search that is typed.
CLICKS: Final = 3
# What of the page's address is not the question.
_NOT_ASKED: Final = ("sort", "limit", "cursor", "facet", "person")

# The boxes of facets that can be clicked, each as it stands in the address.
_BOXES: Final = """() => [...document.querySelectorAll("#search .choice-in input:not(:checked)")]
  .filter((box) => box.checkVisibility())
  .map((box) => [box.name, box.value])"""
# The moment of the next click, the first frame with the results in it, and the one with the folders that follow them.
_WATCH: Final = """() => {
  window.micropools.clicked = window.micropools.within((told) => {
    let begun = null;
    let parts = null;
    document.addEventListener("click", (event) => {
      begun = event.timeStamp;
      performance.clearResourceTimings();
    }, { capture: true, once: true });
    const swapped = (event) => {
      if (begun === null) return;
      const put = performance.now();
      if (event.target.id === "results") {
        window.micropools.painted((at) => {
          const asked = performance.getEntriesByType("resource").find(
            (each) => each.initiatorType === "xmlhttprequest");
          parts = {
            total: at - begun,
            before: asked.requestStart - begun,
            server: asked.responseStart - asked.requestStart,
            download: asked.responseEnd - asked.responseStart,
            swap: put - asked.responseEnd,
            paint: at - put,
            bytes: asked.transferSize,
          };
        });
      } else if (event.target.id === "folders") {
        document.removeEventListener("htmx:afterSwap", swapped);
        window.micropools.painted((at) => told({ ...parts, folders: at - begun }));
      }
    };
    document.addEventListener("htmx:afterSwap", swapped);
  }, "results");
}"""
# The folders on the page: as many of them as may be are counted with every question.
_FOLDERS: Final = (
    """() => [...document.querySelectorAll("#search .choice-in input[name=pool]")].map((box) => box.value)"""
)
# In this order they add up to the whole.
PARTS: Final = ("before", "server", "download", "swap", "paint")


@dataclass(slots=True)
class Clicks:
    """Seconds of every question: of the page whole and in parts, and of the API. `cold`: asked by the page first."""

    page: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    api: list[float] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in PARTS})
    bytes: list[float] = field(default_factory=list)
    folders: list[float] = field(default_factory=list)

    def add(self, click: dict[str, float], api_s: float, *, api_first: bool) -> None:
        """One question, asked by both."""
        seconds = click["total"] / 1_000
        self.page.append(seconds)
        self.api.append(api_s)
        if not api_first:
            self.cold.append(seconds)
        for name, taken in self.parts.items():
            taken.append(click[name] / 1_000)
        self.bytes.append(click["bytes"])
        self.folders.append(click["folders"] / 1_000)

    def report(self) -> dict[str, Any]:
        """The keys of the report."""
        return {
            # Those that nobody had asked before, the API neither.
            "facet_click_ms": milliseconds(self.cold or self.page, 50, 95),
            "facet_click_ratio": self._ratio(self.page, 0.95),
            "facet_click": {
                "clicks": len(self.page),
                "asked_first": len(self.cold),
                "page_ms": milliseconds(self.page, 50, 95),
                "api_ms": milliseconds(self.api, 50, 95),
                "ratio_p50": self._ratio(self.page, 0.5),
                "complete_ratio": self._ratio(self.folders, 0.95),
                **{f"{name}_ms": milliseconds(taken, 50, 95) for name, taken in self.parts.items()},
                # Until the folders have their numbers, too: they follow the people.
                "folders_ms": milliseconds(self.folders, 50, 95),
                "kb_p50": round(quantile(self.bytes, 0.5) / 1_000, 1),
            },
        }

    def _ratio(self, taken: list[float], share: float) -> float:
        return round(quantile(taken, share) / quantile(self.api, share), 3)


def measure(
    browser: Browser,
    address: str,
    login: Login,
    clicks: int,
    warm: int,
    seed: int,
    step: Callable[[int], None],
) -> Clicks:
    """So many clicks, after `warm` that are not counted."""
    taken = Clicks()
    drawn = random.Random(seed)
    asked: set[str] = set()
    done = 0
    with closing(Line(address, login.token)) as line, visit(browser, address, login.id) as page:
        for start in _starts(drawn):
            page.goto(f"{HERE}?{urlencode(start)}")
            for _ in range(CLICKS):
                box = _box(page, drawn, asked)
                if box is None:
                    break
                api_first = done % 2 == 1
                click, api_s = _both(page, line, box, api_first=api_first)
                if done >= warm:
                    taken.add(click, api_s, api_first=api_first)
                done += 1
                step(done)
                if done == warm + clicks:
                    return taken
    raise RuntimeError("There was nothing left to click.")


def _starts(drawn: random.Random) -> Iterator[Pairs]:
    """What is typed or chosen before the clicks: nothing, a word, two words, a place."""
    for _ in range(100_000):
        words = drawn.sample(SKILLS, 2)
        yield from ([], [("q", words[0])], [("q", " ".join(words))], [("location", drawn.choice(REGIONS))])


def _box(page: Page, drawn: random.Random, asked: set[str]) -> tuple[str, str] | None:
    """A box that was never clicked after the same question."""
    boxes: list[tuple[str, str]] = [(name, value) for name, value in page.evaluate(_BOXES)]
    if not boxes and not asked:
        raise RuntimeError(f"There is no facet to click on {page.url}.")
    drawn.shuffle(boxes)
    for box in boxes:
        address = _address([*_pairs(page.url), box])
        if address not in asked:
            asked.add(address)
            return box
    return None


def _both(page: Page, line: Line, box: tuple[str, str], *, api_first: bool) -> tuple[dict[str, float], float]:
    """The click and the same question to the API: what the page says of it, and seconds of the API."""
    pairs = [*_pairs(page.url), box]
    body = body_of(pairs, page.evaluate(_FOLDERS))
    api_s, found = _ask(line, body) if api_first else (0.0, {})
    click = _click(page, *box)
    if not api_first:
        api_s, found = _ask(line, body)
    if _address(_pairs(page.url)) != _address(pairs):
        raise RuntimeError(f"After a click on {box} the address is {page.url}.")
    shown = "".join(filter(str.isdecimal, page.locator("#total").inner_text()))
    if shown != str(found["total"]):
        raise RuntimeError(f"The page finds {shown}, the API {found['total']}: {page.url}")
    return click, api_s


def body_of(pairs: Pairs, folders: Sequence[str]) -> dict[str, Any]:
    """All that a click asks for, in one request: as many people, and the same facets and folders."""
    chosen = {value for name, value in pairs if name == "pool"}
    counted = sorted(folders, key=lambda folder: folder not in chosen)[:MOST_COUNTED]
    beside = Beside(pairs, Shown(), language(SOURCE), True, HERE, ())
    facets = beside.to_ask([uuid.UUID(folder) for folder in counted])
    return {
        "criteria": criteria_in(pairs).as_json(),
        "limit": A_PAGE,
        "facets": [facet.model_dump(mode="json") for facet in facets],
    }


def _click(page: Page, name: str, value: str) -> dict[str, float]:
    page.evaluate(_WATCH)
    page.locator(f'#search .choice-in input[name="{name}"][value="{_quoted(value)}"]').click()
    told: dict[str, float] = page.evaluate("micropools.clicked")
    return told


def _ask(line: Line, body: dict[str, Any]) -> tuple[float, dict[str, Any]]:
    call = search_call(body)
    begun = time.perf_counter()
    answer: dict[str, Any] = line.send(call)
    return time.perf_counter() - begun, answer


def _pairs(url: str) -> Pairs:
    return [pair for pair in parse_qsl(urlsplit(url).query) if pair[0] not in _NOT_ASKED]


def _address(pairs: Sequence[tuple[str, str]]) -> str:
    """One for all ways to write the same question."""
    criteria = criteria_in(sorted(pairs))
    return address_of(criteria)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
