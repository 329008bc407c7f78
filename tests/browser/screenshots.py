"""`make screenshots`: every page as a picture, in docs/screenshots. Not a test, but it needs what the tests have."""

from __future__ import annotations

from pathlib import Path

from tests.browser.shown import PAGES, furnish, opened
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
    house = furnish(site.world)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language, width, scheme in LOOKS:
        size = WIDE if width == "wide" else PHONE
        tabs = {}
        for shown in PAGES:
            who = shown.who(house)
            if who not in tabs:
                tabs[who] = site.visit(who, language=language, scheme=scheme, size=size)
            opened(tabs[who], shown, house)
            tabs[who].screenshot(path=FOLDER / f"{shown.name}-{language}-{width}.png")
