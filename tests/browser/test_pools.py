"""Pools in a real browser: put together while one sees who would be in them, and never shown to anybody unsaid."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from records.models import Role
from tests.api.answers import ok
from tests.browser.visiting import Site


@pytest.fixture
def peopled(site: Site) -> Site:
    """People who know Java, some of them in Brno, and some who know Rust."""
    site.world.skills("Java", "Rust")
    site.world.tag("Brno", "location")
    for name in ("Jana Nováková", "Karel Nový"):
        site.world.candidate(name, ["Java"], locations=["Brno"])
    site.world.candidate("Eva Malá", ["Java"])
    site.world.candidate("Petr Rust", ["Rust"])
    site.world.settle()
    return site


def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until what has this name is focused."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') || (e.labels && e.labels[0]?.textContent) || e.textContent }"
        )
        if " ".join(focused.split()) == name:
            return
    raise AssertionError(f"no way to {name!r} by Tab")


def pools_of(site: Site) -> list[dict[str, object]]:
    """The pools there are."""
    items: list[dict[str, object]] = ok(site.world.recruiter.get("/v1/pools"))["items"]
    return items


def test_a_search_is_saved_as_a_pool_by_keyboard_alone_with_its_people_shown_while_it_is_put_together(
    peopled: Site,
) -> None:
    page = peopled.visit(peopled.world.id_of(Role.RECRUITER))
    page.goto("/pools/new?tag=Java&sort=name")
    preview = page.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("People now 3")
    expect(page.get_by_label("Pool name")).to_be_focused()
    page.keyboard.type("Java / Brno")
    tab_to(page, "Brno")
    page.keyboard.press("Space")
    expect(preview).to_contain_text("People now 2")
    expect(preview).not_to_contain_text("Eva Malá")
    expect(preview).to_contain_text("Jana Nováková")
    # What was typed stands, the focus is where it was, and the address is what stands in the editor.
    expect(page.get_by_role("checkbox", name="Brno", exact=True)).to_be_focused()
    expect(page.get_by_label("Pool name")).to_have_value("Java / Brno")
    expect(page).to_have_url(re.compile(r"location=brno", re.IGNORECASE))
    page.reload()
    expect(preview).to_contain_text("People now 2")
    expect(page.get_by_label("Pool name")).to_have_value("Java / Brno")

    page.get_by_label("Pool name").focus()
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Java / Brno")
    peopled.world.settle()
    # It looks again by itself until what it asks is what it shows.
    expect(page.locator("#state")).to_contain_text("People now 2")
    (pool,) = pools_of(peopled)
    assert pool["criteria"] == {"tags": {"any": ["java"]}, "locations": {"any": ["brno"]}}


def test_saving_says_whom_it_shows_to_whom_and_waits_for_a_yes(peopled: Site) -> None:
    pool = peopled.world.pool("Java", {"tags": {"any": ["Java"]}})
    peopled.world.settle()
    peopled.world.track(pool)
    page = peopled.visit(peopled.world.id_of(Role.RECRUITER))
    page.goto(f"/pools/{pool}/edit")
    page.get_by_role("checkbox", name="Rust", exact=True).check()
    said = "1 colleague will see 1 more person."
    expect(page.get_by_role("region", name="Preview")).to_contain_text(said)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(said)
    expect(page.get_by_role("alert")).to_contain_text("Test hiring_manager")
    assert pools_of(peopled)[0]["criteria"] == {"tags": {"any": ["java"]}}
    # The question is what has the focus.
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{peopled.address}/pools/{pool}")
    assert pools_of(peopled)[0]["criteria"] == {"tags": {"any": ["java", "rust"]}}


def test_an_administrator_has_a_colleague_track_a_pool_by_keyboard_who_sees_the_folder(peopled: Site) -> None:
    pool = peopled.world.pool("Java", {"tags": {"any": ["Java"]}})
    peopled.world.settle()
    page = peopled.visit(peopled.world.id_of(Role.ADMINISTRATOR))
    page.goto("/pools")
    page.keyboard.press("f")
    page.keyboard.type("java")
    expect(page).to_have_url(re.compile("name=java"))
    tab_to(page, "Java")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Java")
    tab_to(page, "Have a colleague track it")
    page.keyboard.type("Test hiring")
    tab_to(page, "Let them track it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Your colleague tracks this pool now")
    expect(page.get_by_role("region", name="Who tracks it")).to_contain_text("Test hiring_manager")
    items = ok(peopled.world.manager.get("/v1/pools"))["items"]
    assert [uuid.UUID(each["id"]) for each in items] == [pool]


def test_without_scripts_a_pool_is_previewed_and_saved(peopled: Site) -> None:
    page = peopled.visit(peopled.world.id_of(Role.RECRUITER), scripts=False)
    page.goto("/pools/new?tag=Java")
    page.get_by_label("Pool name").fill("Java in Brno")
    page.get_by_role("checkbox", name="Brno", exact=True).check()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="Preview")).to_contain_text("People now 2")
    assert "csrf" not in page.url
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Java in Brno")
    assert [each["name"] for each in pools_of(peopled)] == ["Java in Brno"]
