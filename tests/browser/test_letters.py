"""A letter in a real browser: it fits, whatever pools are called, can be read in either light, and fetches nothing."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Browser

from notifications.message import Line
from tests.browser.letters import in_a_mail_program
from tests.browser.visiting import Scheme, violations

LONG = Line("new_in_pool", "match", 2, uuid.UUID(int=9), "<b>Donaudampfschifffahrt</b>" * 30)


@pytest.mark.parametrize("width", [320, 360, 900, 1_600])
def test_it_fits(chromium: Browser, width: int) -> None:
    with in_a_mail_program(chromium, "cs", width, "light", LONG) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        button = page.locator(".button").bounding_box()
        assert button is not None and button["height"] >= 44


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("cs", "dark")])
def test_axe_finds_nothing(chromium: Browser, language: str, scheme: Scheme) -> None:
    with in_a_mail_program(chromium, language, 360, scheme, LONG) as page:
        assert violations(page) == []
