"""`make screenshots`: every page as a picture, in docs/screenshots. Not a test, but it needs what the tests have."""

from __future__ import annotations

from pathlib import Path

from tests.browser.shown import PAGES, SETUP, House, Shown, furnish, look_again, opened
from tests.browser.visiting import PHONE, WIDE, Scheme, Site

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
# Each language and each scheme on each kind of screen, without all eight of them.
LOOKS: tuple[tuple[str, str, Scheme], ...] = (
    ("en", "wide", "light"),
    ("cs", "wide", "dark"),
    ("en", "phone", "dark"),
    ("cs", "phone", "light"),
)


def test_every_page_as_a_picture(site: Site) -> None:
    site.world.empty()
    for look in LOOKS:
        shoot(site, look, SETUP, None)
    site.world.add_users()
    house = furnish(site.world)
    for look in LOOKS:
        for shown in PAGES:
            look_again()
            shoot(site, look, shown, house)


def shoot(site: Site, look: tuple[str, str, Scheme], shown: Shown, house: House | None) -> None:
    """One picture."""
    language, width, scheme = look
    who = shown.who(house) if house else None
    page = site.visit(who, language=language, scheme=scheme, size=WIDE if width == "wide" else PHONE)
    opened(page, shown, house)
    FOLDER.mkdir(parents=True, exist_ok=True)
    # What lies over a page is seen where the page is looked at; else all of it.
    page.screenshot(path=FOLDER / f"{shown.name}-{language}-{width}.png", full_page=not shown.opens)
    page.context.close()
