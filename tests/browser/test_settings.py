"""Settings in a real browser: tracking set for a colleague, seen by them at once, and taken away again; by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from records.models import Role
from tests.api.answers import ok
from tests.browser.test_bell import listening
from tests.browser.visiting import PHONE, Site


def people_of_java(site: Site) -> None:
    """Three people who know Java, and nobody who tracks it."""
    site.world.skills("Java", "Python")
    for name in ("Jana Nováková", "Karel Nový", "Eva Malá"):
        site.world.candidate(name, ["Java"])
    site.world.candidate("Petr Jiný", ["Python"])
    site.world.settle()


def tracking_of_the_manager(site: Site) -> str:
    """Where an administrator sets it."""
    return f"/settings/users/{site.world.id_of(Role.HIRING_MANAGER)}/tracking"


def pools_on(page: Page) -> list[str]:
    """The folders on somebody's first page."""
    page.goto("/")
    return page.locator("section[aria-labelledby=pools] li a").all_inner_texts()


def test_a_tag_is_tracked_for_a_colleague_who_sees_the_folder_at_once_until_it_is_taken_away(site: Site) -> None:
    people_of_java(site)
    admin = site.visit(site.world.id_of(Role.ADMINISTRATOR))
    manager = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    assert pools_on(manager) == []

    # By keyboard alone: "/" is the search, Tab leads to what was found, Space picks it, Enter saves it.
    admin.goto(tracking_of_the_manager(site))
    admin.keyboard.press("/")
    admin.keyboard.type("jav")
    expect(admin.get_by_role("checkbox", name="Java")).to_be_visible()
    for _ in range(2):
        admin.keyboard.press("Tab")
    expect(admin.get_by_role("checkbox", name="Java")).to_be_focused()
    admin.keyboard.press("Space")
    seen = admin.get_by_role("region", name="What Test hiring_manager would see")
    expect(seen).to_contain_text("3 people, 3 of them new.")
    expect(seen).to_contain_text("A pool is made for Java.")
    expect(seen.locator(".would-see a")).to_have_text(["Eva Malá", "Jana Nováková", "Karel Nový"])
    expect(admin.get_by_role("checkbox", name="Java")).to_be_focused()
    expect(admin).to_have_url(re.compile("tag=java"))
    admin.reload()
    expect(admin.get_by_role("checkbox", name="Java")).to_be_checked()
    assert pools_on(manager) == []
    admin.get_by_role("button", name="Track").focus()
    admin.keyboard.press("Enter")
    expect(admin.locator(".toast")).to_contain_text("Saved.")
    site.world.settle()

    assert pools_on(manager) == ["Java"]
    expect(manager.locator("section[aria-labelledby=pools] li")).to_contain_text("3")
    listening(manager)
    site.world.candidate("Nora Nová", ["Java"])
    site.world.settle()
    expect(manager.locator(".bell-number")).to_have_text("1")

    admin.get_by_role("button", name="End Java").press("Enter")
    expect(admin.locator(".toast")).to_contain_text("No longer tracked.")
    assert pools_on(manager) == []
    expect(manager.locator(".bell-number")).to_be_hidden()


def test_without_scripts_the_same_is_said_and_saved(site: Site) -> None:
    people_of_java(site)
    admin = site.visit(site.world.id_of(Role.ADMINISTRATOR), scripts=False)
    admin.goto(tracking_of_the_manager(site))
    admin.get_by_label("Pool or tag").fill("java")
    admin.get_by_role("button", name="Find").click()
    admin.get_by_role("checkbox", name="Java").check()
    admin.get_by_role("button", name="Find").click()
    expect(admin.locator("#would-see + p")).to_contain_text("3 people")
    admin.get_by_role("button", name="Track").click()
    expect(admin.get_by_role("cell", name="Java", exact=True)).to_be_visible()
    manager = ok(site.world.manager.get("/v1/me/pools"))
    assert [pool["name"] for pool in manager] == ["Java"]


def test_a_request_is_answered_from_the_bell_on_a_phone_without_reload(site: Site) -> None:
    people_of_java(site)
    pool = site.world.pool("Java people", {"tags": {"any": ["Java"]}})
    site.world.settle()
    site.world.track(pool)
    found = ok(site.world.recruiter.post("/v1/search", json={"criteria": {"text": "Jana"}}))
    person = found["items"][0]["id"]
    position = ok(site.world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    ok(site.world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)
    recruiter = site.visit(site.world.id_of(Role.RECRUITER), size=PHONE)
    recruiter.goto("/account")
    listening(recruiter)
    ok(site.world.manager.post(f"/v1/candidates/{person}/want", json={"remark": "Soon?"}), 202)
    expect(recruiter.locator(".bell-number")).to_have_text("1")
    recruiter.locator("#bell").click()
    recruiter.get_by_role("button", name="Share “Engineer”").click()
    expect(recruiter.locator("#bell-list .notice.is-done")).to_have_count(1)
    expect(recruiter.get_by_role("button", name="Share “Engineer”")).to_have_count(0)
    assert ok(site.world.manager.get(f"/v1/candidates/{person}"))["access"] == "owner"


@pytest.mark.long  # tests/web/test_home.py loads them too, without a browser
def test_sample_people_load_by_themselves_while_the_page_shows_how_far_they_are(site: Site) -> None:
    admin = site.visit(site.world.id_of(Role.ADMINISTRATOR))
    admin.goto("/")
    admin.get_by_role("button", name="Load sample people").press("Enter")
    expect(admin.get_by_role("heading", level=1)).to_have_text("Sample people")
    expect(admin.get_by_role("link", name="To the talent database")).to_be_visible(timeout=120_000)
    assert ok(site.world.administrator.get("/v1/sample"))["finished"]
