"""`make screenshots`: every page as a picture, in docs/screenshots. Not a test, but it needs what the tests have."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.letters import in_a_mail_program
from tests.browser.shown import PAGES, SETUP, House, Shown, furnish, look_again, opened
from tests.browser.visiting import PHONE, WIDE, Scheme, Site

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
DRAWN = "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
# Each language and each scheme on each kind of screen, without all eight of them.
LOOKS: tuple[tuple[str, str, Scheme], ...] = (
    ("en", "wide", "light"),
    ("cs", "wide", "dark"),
    ("en", "phone", "dark"),
    ("cs", "phone", "light"),
)


def test_every_page_as_a_picture(site: Site) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    site.world.empty()
    for look in LOOKS:
        shoot(site, look, [SETUP], None)
    site.world.add_users()
    house = furnish(site.world)
    for look in LOOKS:
        shoot(site, look, PAGES, house)


def test_a_letter_as_a_picture(chromium: Browser) -> None:
    for language, width, scheme in LOOKS:
        with in_a_mail_program(chromium, language, 900 if width == "wide" else 360, scheme) as page:
            page.screenshot(path=FOLDER / f"letter-{language}-{width}.png", full_page=True)


def shoot(site: Site, look: tuple[str, str, Scheme], pages: Sequence[Shown], house: House | None) -> None:
    """The pictures of one look, each reader in one browser."""
    language, width, scheme = look
    size = WIDE if width == "wide" else PHONE
    visits: dict[uuid.UUID | None, Page] = {}
    for shown in pages:
        who = shown.who(house) if house else None
        if who not in visits:
            visits[who] = site.visit(who, language=language, scheme=scheme, size=size)
        look_again()
        opened(visits[who], shown, house)
        # What comes into sight only by what was drawn before it is drawn with the second frame.
        visits[who].evaluate(DRAWN)
        # A picture of a failure is none of the page.
        assert visits[who].locator("body > header").count() == 1, f"{shown} did not come up"
        # What lies over a page is seen where the page is looked at; else all of it.
        path = FOLDER / f"{shown.name}-{language}-{width}.png"
        visits[who].screenshot(path=path, full_page=not shown.opens)
    for page in visits.values():
        page.context.close()
