"""Every page, in both languages, light and dark: nothing that axe finds wrong (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.api.serving import served
from tests.browser.shown import PAGES, House, furnish, look_again, opened
from tests.browser.visiting import Scheme, Site, violations
from tests.installation import Installation


@pytest.fixture(scope="module")
def furnished(prepared: Installation, chromium: Browser) -> Iterator[tuple[Site, House]]:
    """A house with people in it, which nobody changes here."""
    prepared.empty()
    prepared.add_users()
    with (
        prepared.answering(),
        served() as address,
        Site(prepared, chromium, address.replace("127.0.0.1", "localhost")) as site,
    ):
        yield site, furnish(prepared)


# Two looks in which each language and each scheme is, and in the long suite the other two.
LOOKS = (
    ("en", "light"),
    ("cs", "dark"),
    pytest.param("en", "dark", marks=pytest.mark.long),
    pytest.param("cs", "light", marks=pytest.mark.long),
)


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_axe_finds_nothing(furnished: tuple[Site, House], language: str, scheme: Scheme) -> None:
    site, house = furnished
    found = {}
    tabs = {who: site.visit(who, language=language, scheme=scheme) for who in {each.who(house) for each in PAGES}}
    for shown in PAGES:
        page = tabs[shown.who(house)]
        look_again()
        opened(page, shown, house)
        if wrong := violations(page):
            found[shown.name] = wrong
    assert found == {}
