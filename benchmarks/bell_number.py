"""`bell_ms`: from sending the POST of a candidate until the number on the bell of an open page is another one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from benchmarks.post_to_bell import Sender
from benchmarks.product import Product
from benchmarks.quantiles import milliseconds
from benchmarks.visits import visit
from benchmarks.world import Person
from records.models import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# From a hundred on the number says 99+ and changes no more.
_SEEN_EVERY: Final = 50
# Nobody enters people faster; and whatever the last one still changes is past.
PAUSE_MS: Final = 400
_CALIBRATIONS: Final = 30
_NEWEST: Final = 2**62

# `rings()`: when a frame with the next other number was made. Said before anything is sent, asked for afterwards.
_WATCH: Final = """() => {
  const number = document.querySelector(".bell-number");
  const shown = () => (number.hidden ? "0" : number.textContent.trim());
  let last = shown();
  let told = () => {};
  window.micropools.rings = () => {
    window.micropools.rung = window.micropools.within((done) => { told = done; }, "the bell");
  };
  new MutationObserver(() => {
    if (shown() === last) return;
    last = shown();
    window.micropools.painted(told);
  }).observe(number, { attributes: true, childList: true, characterData: true, subtree: true });
}"""


def measure(
    browser: Browser, product: Product, people: Sequence[Person], warm: int, step: Callable[[int], None]
) -> dict[str, Any]:
    """The keys of the report; the first `warm` people are not counted. Each of them is in a pool the manager tracks."""
    sender = Sender(product)
    bells: list[float] = []
    posts: list[float] = []
    with (
        visit(browser, product.address, product.logins[Role.HIRING_MANAGER].id) as page,
        product.api(Role.HIRING_MANAGER) as manager,
    ):
        page.goto("/")
        page.locator("html[data-bell=heard]").wait_for(state="attached")
        page.evaluate(_WATCH)
        ahead, apart = _clocks(page)
        for at, person in enumerate(people):
            if at % _SEEN_EVERY == 0:
                manager.call("POST", "/v1/notifications/seen", {"up_to": _NEWEST})
                page.locator(".bell-number").wait_for(state="hidden")
            page.wait_for_timeout(PAUSE_MS)
            page.evaluate("micropools.rings()")
            body = orjson.dumps(person.payload)
            begun = time.perf_counter()
            sender.post(body)
            answered = time.perf_counter()
            rung = page.evaluate("micropools.rung") / 1_000 + ahead
            if at >= warm:
                bells.append(rung - begun)
                posts.append(answered - begun)
            step(at + 1)
    return {
        "bell_ms": milliseconds(bells, 50, 95),
        "bell": {
            "people": len(bells),
            "post_answered_ms": milliseconds(posts, 50, 95),
            "clocks_within_ms": round(apart * 1_000, 2),
        },
    }


def _clocks(page: Page) -> tuple[float, float]:
    """How far our clock is ahead of the page's, and how far off that may be: both count the same seconds."""
    best = (0.0, float("inf"))
    for _ in range(_CALIBRATIONS):
        before = time.perf_counter()
        there = page.evaluate("performance.now()") / 1_000
        after = time.perf_counter()
        if (after - before) / 2 < best[1]:
            best = ((before + after) / 2 - there, (after - before) / 2)
    return best
