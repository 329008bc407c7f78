"""What the figures of the pages are read from: one that measures something else than it says is worse than none."""

from __future__ import annotations

import sys

import pytest
from playwright.sync_api import Browser, Request

from benchmarks.chromium import NoChromium, opened
from benchmarks.first_load import first_load
from benchmarks.visits import visit
from records.models import Role
from tests.browser.visiting import Site
from web.assets import FOLDER

# Half a screen goes down by itself, a moment after it was there.
_MOVING = """<!doctype html><html data-bell="heard"><title>Moving</title>
<p id="late" hidden style="height: 300px">Late</p>
<p id="moved">Moved</p><script>
requestAnimationFrame(() => requestAnimationFrame(() => { document.getElementById("late").hidden = false; }));
</script></html>"""
_STILL = '<!doctype html><html data-bell="heard"><title>Still</title><p>Still</p></html>'


def test_bytes_are_those_that_were_sent_with_their_headers(site: Site, chromium: Browser) -> None:
    with visit(chromium, site.address, site.world.id_of(Role.RECRUITER)) as page:
        sent: dict[str, int] = {}

        def count(request: Request) -> None:
            sizes = request.sizes()
            sent[request.resource_type] = sent.get(request.resource_type, 0) + sizes["responseBodySize"]

        page.on("requestfinished", count)
        loaded = first_load(page, "/account")
        written = len(page.request.get("/account").body())
    # Pages are sent as they are, files compressed.
    assert written < loaded.by_kind["Document"] < written + 2_000
    assert sent["script"] < loaded.by_kind["Script"] < (FOLDER / "vendor" / "htmx.min.js").stat().st_size
    assert loaded.kilobytes == round(sum(loaded.by_kind.values()) / 1_000, 1)


def test_what_moves_by_itself_is_noticed_and_what_stays_is_not(site: Site, chromium: Browser) -> None:
    with visit(chromium, site.address, site.world.id_of(Role.RECRUITER)) as page:
        page.route("**/moving", lambda route: route.fulfill(body=_MOVING, content_type="text/html"))
        page.route("**/still", lambda route: route.fulfill(body=_STILL, content_type="text/html"))
        moving, still = first_load(page, "/moving"), first_load(page, "/still")
    assert moving.shift > 0
    assert "moved" in str(moving.report()["moved"])
    assert still.shift == 0
    assert "moved" not in still.report()


def test_without_a_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(NoChromium, match=r"requirements-dev\.lock installs them"), opened():
        pass
