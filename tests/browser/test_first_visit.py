"""The first visit of an empty installation, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.api.browser import PASSWORD
from tests.browser.shown import SETUP, opened
from tests.browser.visiting import Scheme, Site, violations


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "cs"])
def test_axe_finds_nothing(site: Site, language: str, scheme: Scheme) -> None:
    site.world.empty()
    page = site.visit(language=language, scheme=scheme)
    opened(page, SETUP, None)
    assert violations(page) == []


def test_whoever_comes_first_becomes_the_administrator_by_keyboard_alone(site: Site) -> None:
    site.world.empty()
    page = site.visit()
    page.goto("/")
    expect(page).to_have_url(f"{site.address}/setup")
    expect(page.get_by_label("Your name")).to_be_focused()
    for typed in ("Jana Nováková", "jana@example.com", PASSWORD):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Jana Nováková")

    late = site.visit()
    late.goto("/setup")
    expect(late.get_by_role("heading", level=1)).to_have_text("Not found")
