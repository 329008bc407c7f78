"""Every page, in both languages, light and dark: nothing that axe finds wrong (WCAG 2.2 AA)."""

from __future__ import annotations

import pytest

from tests.browser.shown import PAGES, House, furnish, look_again, opened
from tests.browser.visiting import Scheme, Site, violations


@pytest.fixture(scope="module")
def furnished(lasting_site: Site) -> tuple[Site, House]:
    """A house with people in it, which nobody changes here."""
    return lasting_site, furnish(lasting_site.world)


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
