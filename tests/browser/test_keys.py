"""Shortcuts: what a page can do by a key is said on it, and can be switched off."""

from __future__ import annotations

from playwright.sync_api import expect

from records.models import Role
from tests.browser.visiting import Site


def test_a_question_mark_lists_the_shortcuts_and_they_can_be_switched_off(site: Site) -> None:
    page = site.visit(site.world.id_of(Role.ANALYST))
    page.goto("/account")
    # A letter that is typed into a field is no shortcut.
    page.get_by_label("Password as it is").press("b")
    expect(page.locator("#bell-panel")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Shortcuts")
    expect(dialog.locator("dl > div").first).to_have_text("bBell")
    dialog.get_by_role("button", name="Switch shortcuts off").click()
    page.locator("html[data-keys=off][data-bell=heard]").wait_for(state="attached")
    page.keyboard.press("b")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    expect(page.locator("#bell-panel")).to_be_hidden()
    page.locator(".user").click()
    page.get_by_role("button", name="Shortcuts").click()
    dialog.get_by_role("button", name="Switch shortcuts on").click()
    page.locator("html:not([data-keys])[data-bell=heard]").wait_for(state="attached")
    page.keyboard.press("b")
    expect(page.locator("#bell-panel")).to_be_visible()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(site: Site) -> None:
    page = site.visit(site.world.id_of(Role.ANALYST))
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_language_and_colours_are_chosen_in_the_menu(site: Site) -> None:
    page = site.visit(site.world.id_of(Role.ANALYST))
    page.goto("/")
    page.locator(".user").click()
    page.get_by_role("button", name="Čeština").click()
    expect(page.locator("html")).to_have_attribute("lang", "cs")
    page.locator(".user").click()
    page.get_by_role("button", name="Tmavé").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(dark) == "rgb(18, 22, 29)"
