"""The bell in a real browser: it rings without reload, in every tab, and after a lost connection."""

from __future__ import annotations

import re
from contextlib import ExitStack

from playwright.sync_api import Browser, Page, expect

from records.models import Role
from tests.api.browser import PASSWORD, give_password
from tests.api.serving import served
from tests.browser.visiting import Site
from tests.installation import Installation


def tracked(site: Site) -> None:
    """A pool that the manager tracks."""
    site.world.skills("Java")
    pool = site.world.pool("Java people", {"tags": {"any": ["Java"]}})
    site.world.settle()
    site.world.track(pool)


def arrive(site: Site, *names: str) -> None:
    """People arrive through the API."""
    for name in names:
        site.world.candidate(name, ["Java"])
    site.world.settle()


def listening(page: Page) -> None:
    """Wait until this page, or another tab of it, hears the bell."""
    page.locator("html[data-bell=heard]").wait_for(state="attached")


def test_somebody_signs_in_a_person_arrives_and_the_bell_rings_without_reload(site: Site) -> None:
    tracked(site)
    give_password(site.world.id_of(Role.HIRING_MANAGER))
    page = site.visit()
    page.goto("/bell")
    expect(page).to_have_url(re.compile("/login"))
    page.get_by_label("E-mail").fill("hiring_manager@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/bell")
    listening(page)
    page.evaluate("window.same = true")

    arrive(site, "Jana Nováková")

    expect(page.locator(".bell-number")).to_have_text("1")
    expect(page.locator("#bell-count")).to_have_text("1 unseen notice")
    expect(page).to_have_title("(1) Bell · Micropools")
    page.keyboard.press("b")
    panel = page.get_by_role("region", name="Bell")
    expect(panel.get_by_role("button", name="Jana Nováková is new in Java people")).to_be_visible()
    expect(page.locator(".bell-number")).to_be_hidden()

    arrive(site, "Karel Nový")

    expect(panel.locator(".notice")).to_have_count(2)
    # The newest is on top: its two buttons, then the one to open.
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jana Nováková is new in Java people")
    expect(page.locator("ul.people li")).to_have_text(["Jana Nováková"])


def test_several_tabs_count_alike_through_one_connection(site: Site) -> None:
    tracked(site)
    first = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    second = first.context.new_page()
    for page in (first, second):
        page.goto("/account")
        listening(page)
    arrive(site, "Jana Nováková")
    for page in (first, second):
        expect(page.locator(".bell-number")).to_have_text("1")
    streams = "performance.getEntriesByType('resource').filter(each => each.name.endsWith('/stream')).length"
    assert second.evaluate(streams) == 0

    # The tab that listened for both is closed: the other one goes on.
    first.close()
    arrive(site, "Karel Nový")
    expect(second.locator(".bell-number")).to_have_text("2")


def test_what_came_while_the_connection_was_lost_is_on_the_bell_afterwards(
    world: Installation, chromium: Browser
) -> None:
    with ExitStack() as visits:
        with served() as address:
            port = int(address.rpartition(":")[2])
            site = visits.enter_context(Site(world, chromium, f"http://localhost:{port}"))
            tracked(site)
            page = site.visit(world.id_of(Role.HIRING_MANAGER))
            page.goto("/")
            listening(page)
            page.locator("#bell").click()
            expect(page.locator("#bell-list")).to_contain_text("Nothing has rung yet.")
        page.locator("html[data-bell=lost]").wait_for(state="attached")
        arrive(site, "Jana Nováková")
        with served(port):
            expect(page.locator("#bell-list .notice")).to_have_count(1)
            listening(page)
            site.complaints.clear()


def test_who_is_signed_out_elsewhere_is_told(site: Site) -> None:
    page = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    page.goto("/")
    listening(page)
    other = page.context.new_page()
    other.goto("/account")
    other.locator(".user").click()
    other.get_by_role("button", name="Sign out").click()
    expect(other).to_have_url(f"{site.address}/login")
    expect(page.locator(".toast")).to_contain_text("You are signed out.")
    site.complaints.clear()


def test_without_scripts_the_bell_is_a_page(site: Site) -> None:
    tracked(site)
    arrive(site, "Jana Nováková")
    page = site.visit(site.world.id_of(Role.HIRING_MANAGER), scripts=False)
    page.goto("/")
    expect(page.locator(".bell-number")).to_have_text("1")
    page.get_by_role("link", name="All notices").click()
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.locator(".bell-number")).to_be_hidden()
    page.get_by_role("button", name="Jana Nováková is new in Java people").click()
    expect(page.locator("ul.people li")).to_have_text(["Jana Nováková"])
    page.get_by_role("button", name="Done").click()
    expect(page.locator(".notice.is-done")).to_have_count(1)
