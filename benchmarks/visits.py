"""Visits to the product by somebody who is signed in, in a browser that has never been there; and what pages notice."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from api import cookies
from core.settings import settings
from records.database import session
from records.repositories import sessions
from records.repositories.sessions import Opening

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

WIDE: Final[ViewportSize] = {"width": 1280, "height": 860}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}
# Far above what anything takes that works.
PATIENCE_MS: Final = 60_000

# Runs before anything of a page does. `shifts`: what moved without the reader having done anything. `painted(then)`
# calls with the time at which a frame with what is there now was made: a message is handled after the frame that
# requestAnimationFrame announced. `within(start, what)` is a promise that fails where nothing comes of it.
_WATCH: Final = """
window.micropools = {
  shifts: [],
  painted(then) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => then(performance.now());
      channel.port2.postMessage(0);
    });
  },
  within(start, what) {
    return new Promise((done, failed) => {
      start(done);
      setTimeout(() => failed(new Error(`Waited for ${what} in vain.`)), PATIENCE_MS);
    });
  },
};
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (shift.hadRecentInput) continue;
    const what = shift.sources.map(({ node }) => node?.id || node?.className || node?.nodeName || "something gone");
    window.micropools.shifts.push([shift.value, what.join(", ")]);
  }
}).observe({ type: "layout-shift", buffered: true });
""".replace("PATIENCE_MS", str(PATIENCE_MS))


def secret_for(user: uuid.UUID) -> str:
    """A new session of theirs, without the time that comparing a password takes."""
    with session() as db:
        secret = sessions.open_for(db, user, Opening("password", "Benchmark", "192.0.2.1"), settings().session_life_s)
        db.commit()
    if secret is None:
        raise RuntimeError("No session could be opened.")
    return secret


@contextmanager
def visit(browser: Browser, address: str, user: uuid.UUID, size: ViewportSize = WIDE) -> Iterator[Page]:
    """An empty tab of a new browser in which this user is signed in. What its scripts complain of ends the run."""
    complaints: list[str] = []
    context = browser.new_context(base_url=address, locale="en-GB", timezone_id="Europe/Prague", viewport=size)
    try:
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_WATCH)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.add_cookies([{"name": cookies.SESSION, "value": secret_for(user), "url": address}])
        yield context.new_page()
    finally:
        context.close()
    if complaints:
        raise RuntimeError(f"A page complained: {complaints[0]}")
