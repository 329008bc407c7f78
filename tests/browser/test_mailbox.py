"""A hostile letter of the demo in a real browser: it is shown, and nothing in it runs, asks or leads away."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from core.settings import settings
from embedded import letters
from records.models import Role
from tests.browser.conftest import shown_to
from tests.installation import Installation

HOSTILE = """<html><head><meta http-equiv="refresh" content="0;url=/account">
<style>p { color: rgb(1, 2, 3) }</style><link rel="stylesheet" href="http://elsewhere.example.com/x.css"></head>
<body onload="top.document.title='taken'"><p id="said">It is shown</p>
<script>top.document.title = 'taken'</script><img src="http://elsewhere.example.com/x.png" onerror="top.taken = 1">
<form action="/account" id="form"><button id="send">Send</button></form>
<iframe src="/account"></iframe>
<a id="away" href="http://elsewhere.example.com/" target="_top">Away</a></body></html>"""


def test_nothing_in_a_hostile_letter_runs(
    world: Installation, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = EmailMessage()
    letter["Subject"], letter["To"] = "Hostile", "hiring.manager@example.com"
    letter.set_content("Its text")
    letter.add_alternative(HOSTILE, subtype="html")
    name = letters.keep(tmp_path, letter.as_bytes())
    monkeypatch.setenv("DEMO_MAILBOX", str(tmp_path))
    settings.cache_clear()
    asked: list[str] = []
    kept_back: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    def note_failure(request: Request) -> None:
        # Not by the network, which may have nothing there, but by what the letter is allowed.
        if request.failure == "csp":
            kept_back.append(request.url)

    try:
        with shown_to(chromium, world) as site:
            page = site.visit(world.id_of(Role.ADMINISTRATOR))
            page.on("request", note)
            page.on("requestfailed", note_failure)
            page.goto("/demo/mailbox")
            page.get_by_role("link", name="Hostile").click()
            inside = page.frame_locator("iframe.letter")
            expect(inside.locator("#said")).to_have_text("It is shown")
            assert inside.locator("#said").evaluate("node => getComputedStyle(node).color") == "rgb(1, 2, 3)"
            inside.locator("#send").click()
            inside.locator("#away").click()
            expect(page).to_have_title("Hostile · Micropools")
            assert page.evaluate("window.taken") is None
            assert page.url.endswith(f"/demo/mailbox/{name}")
            # The policies say in the console what they kept from happening; that is meant.
            site.complaints.clear()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    went = [url for url in asked if url not in kept_back]
    assert not [url for url in went if "elsewhere.example.com" in url or url.endswith("/account")]
