"""The talent database in a real browser: facets, chips, Back and reload, the keyboard alone, and without scripts."""

from __future__ import annotations

import re
import uuid
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from records.models import Role
from tests.browser.visiting import PHONE, Site, violations

ROOMY = {"width": 1500, "height": 860}


@pytest.fixture
def java(site: Site) -> uuid.UUID:
    """People in two towns, most of them in the pool that is given."""
    site.world.skills("Java", "Python", "COBOL")
    for town in ("Brno", "Praha"):
        site.world.tag(town, "location")
    pool = site.world.pool("Java people", {"tags": {"any": ["Java"]}})
    site.world.settle()
    site.world.candidate("Jana Nováková", ["Java", "Python"], locations=["Brno"], cv_text="Kafka and Spring.")
    site.world.candidate("Karel Nový", ["Java"], locations=["Praha"], cv_text="Kafka.")
    site.world.candidate("Eva Malá", ["COBOL"], locations=["Brno"])
    site.world.settle()
    return pool


def arrived(site: Site, *, scripts: bool = True, who: Role = Role.RECRUITER, query: str = "?sort=name") -> Page:
    """A reader on the page."""
    page = site.visit(site.world.id_of(who), scripts=scripts, size=ROOMY)  # type: ignore[arg-type]
    page.goto(f"/talent{query}")
    return page


def names(page: Page) -> Locator:
    """The names in the list."""
    return page.locator(".listed-name")


def asks(page: Page, query: str) -> None:
    """Wait until the address asks this and nothing else."""
    wanted = sorted(parse_qsl(query))
    page.wait_for_function(
        "wanted => JSON.stringify([...new URLSearchParams(location.search)].sort()) === JSON.stringify(wanted)",
        arg=[list(pair) for pair in wanted],
    )


def test_facets_narrow_the_list_chips_widen_it_and_the_address_goes_along(site: Site, java: uuid.UUID) -> None:
    page = arrived(site)
    expect(names(page)).to_have_text(["Eva Malá", "Jana Nováková", "Karel Nový"])
    page.evaluate("window.same = true")

    page.get_by_role("checkbox", name="Java", exact=True).check()
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    expect(page.locator("#total")).to_have_text("2 people")
    asks(page, "tag=java&sort=name")
    # What was ticked has the focus still, in what came in its place.
    expect(page.get_by_role("checkbox", name="Java", exact=True)).to_be_focused()

    page.locator(".choice", has_text="Praha").hover()
    page.get_by_role("checkbox", name="not: Praha").check(force=True)
    expect(names(page)).to_have_text(["Jana Nováková"])
    asks(page, "tag=java&location.not=praha&sort=name")
    page.get_by_role("link", name="Without Tag: Java").click()
    expect(names(page)).to_have_text(["Eva Malá", "Jana Nováková"])

    page.get_by_role("checkbox", name="Java people", exact=True).check()
    expect(names(page)).to_have_text(["Jana Nováková"])
    asks(page, f"location.not=praha&pool={java}&sort=name")
    assert page.evaluate("window.same") is True

    page.go_back()
    expect(names(page)).to_have_text(["Eva Malá", "Jana Nováková"])
    asks(page, "location.not=praha&sort=name")
    page.reload()
    expect(names(page)).to_have_text(["Eva Malá", "Jana Nováková"])
    expect(page.get_by_role("checkbox", name="not: Praha")).to_be_checked()
    # Somebody else opens the same address.
    other = arrived(site, who=Role.ADMINISTRATOR, query="?" + urlsplit(page.url).query)
    expect(names(other)).to_have_text(["Eva Malá", "Jana Nováková"])
    page.get_by_role("link", name="Newest").click()
    expect(names(page)).to_have_text(["Eva Malá", "Jana Nováková"])


def test_words_are_searched_marked_corrected_and_taken_off(site: Site, java: uuid.UUID) -> None:
    page = arrived(site)
    page.keyboard.press("/")
    box = page.get_by_label("Search people")
    expect(box).to_be_focused()
    page.keyboard.type("(kafka spring")
    page.keyboard.press("Enter")
    expect(page.locator("#q-wrong")).to_contain_text("This parenthesis is not closed. (character 1)")
    # The people stay until there is an answer.
    expect(names(page)).to_have_count(3)
    asks(page, "sort=name")
    page.get_by_role("link", name="(kafka spring)").click()
    expect(names(page)).to_have_text(["Jana Nováková"])
    expect(page.locator("mark").first).to_have_text("Kafka")
    page.get_by_role("link", name="Without Text: (kafka spring)").click()
    expect(names(page)).to_have_count(3)
    expect(box).to_have_value("")
    page.get_by_role("button", name="How to search").click()
    expect(page.get_by_role("region", name="How to search")).to_be_visible()


def test_what_is_suggested_is_chosen_with_the_arrows(site: Site, java: uuid.UUID) -> None:
    page = arrived(site)
    box = page.get_by_label("Search people")
    box.press_sequentially("ja")
    options = page.get_by_role("option")
    expect(options).to_have_count(3)
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text("Java")
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    asks(page, "tag=java&sort=name")
    expect(box).to_have_value("")
    expect(options).to_have_count(0)
    # Escape closes, and Enter without a choice searches for the words.
    box.press_sequentially("kar")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    page.keyboard.press("Enter")
    asks(page, "q=kar&tag=java&sort=name")
    # On any other page it leads here.
    page.goto("/account")
    page.keyboard.press("/")
    page.keyboard.type("java p")
    page.get_by_role("option", name="Java people").click()
    expect(page).to_have_url(re.compile(f"/talent\\?pool={java}$"))


def test_a_person_opens_beside_the_list_and_the_address_says_so(site: Site, java: uuid.UUID) -> None:
    page = arrived(site, query="?tag=java&sort=name")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    beside = page.locator("#person-name")
    expect(beside).to_have_text("Jana Nováková")
    jana = names(page).first.get_attribute("data-beside")
    asks(page, f"tag=java&sort=name&person={jana}")
    expect(names(page).first).to_have_attribute("aria-current", "true")
    # One goes on from where one is, and another opens in the same place.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(beside).to_have_text("Karel Nový")
    # Whoever is open stays open while the question changes.
    page.get_by_role("checkbox", name="Praha", exact=True).check()
    expect(names(page)).to_have_text(["Karel Nový"])
    expect(beside).to_have_text("Karel Nový")
    expect(names(page).first).to_have_attribute("aria-current", "true")
    page.go_back()
    expect(names(page)).to_have_count(2)
    expect(beside).to_have_text("Karel Nový")
    page.go_back()
    expect(beside).to_have_text("Jana Nováková")
    page.reload()
    expect(beside).to_have_text("Jana Nováková")
    names(page).first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#beside")).to_be_hidden()
    expect(names(page).first).to_be_focused()
    asks(page, "tag=java&sort=name")
    # Somebody who is not there, or not to be seen, is said to be unknown.
    page.goto(f"/talent?person={uuid.uuid4()}")
    expect(page.locator(".toast")).to_contain_text("There is no such candidate, or you may not see it.")
    expect(page.locator("#beside")).to_be_hidden()
    site.complaints.clear()

    phone = site.visit(site.world.id_of(Role.RECRUITER), size=PHONE)
    phone.goto("/talent?sort=name")
    names(phone).nth(1).click()
    expect(phone).to_have_url(f"{site.address}/people/{jana}")
    phone.goto(f"/talent?sort=name&person={jana}")
    expect(phone.locator("#person-name")).to_have_text("Jana Nováková")
    expect(phone.locator("#people")).to_be_hidden()
    phone.get_by_role("link", name="Close").click()
    expect(phone.locator("#people")).to_be_visible()


def test_the_whole_of_it_by_keyboard_alone(site: Site, java: uuid.UUID) -> None:
    page = arrived(site)
    page.keyboard.press("j")
    expect(names(page).nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(names(page).nth(1)).to_be_focused()
    page.keyboard.press("x")
    picked = page.locator("input[name=person]")
    expect(picked.nth(1)).to_be_checked()
    page.keyboard.press("x")
    expect(picked.nth(1)).not_to_be_checked()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_contain_text("Next person (Enter opens)")
    page.get_by_role("button", name="Switch shortcuts off").press("Enter")
    page.locator("html[data-keys=off]").wait_for(state="attached")
    page.keyboard.press("j")
    expect(names(page).nth(0)).not_to_be_focused()

    # A facet by Tab and Space, from the search box on.
    page.get_by_label("Search people").focus()
    pool = page.get_by_role("checkbox", name="Java people", exact=True)
    for _ in range(12):
        page.keyboard.press("Tab")
        if pool.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    expect(pool).to_be_focused()


def test_without_scripts_everything_is_searched_and_read_by_forms_and_links(site: Site, java: uuid.UUID) -> None:
    page = arrived(site, scripts=False)
    page.get_by_role("checkbox", name="Java", exact=True).check()
    page.get_by_role("checkbox", name="Brno", exact=True).check()
    page.get_by_label("Search people").fill("kafka")
    page.get_by_role("button", name="Apply").click()
    expect(names(page)).to_have_text(["Jana Nováková"])
    asked = dict(parse_qsl(urlsplit(page.url).query))
    assert asked == {"tag": "java", "location": "brno", "q": "kafka", "sort": "name"}
    page.get_by_role("link", name="Without Place: Brno").click()
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    page.get_by_role("link", name="Stages").click()
    expect(page.locator("#turn-stages")).to_have_attribute("aria-expanded", "true")
    page.get_by_label("Search people").fill("kafka (")
    page.keyboard.press("Enter")
    expect(page.locator("#q-wrong")).to_contain_text("There is nothing after this parenthesis.")
    page.get_by_role("link", name="kafka", exact=True).click()
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    expect(names(page).first).to_have_attribute("href", re.compile("^/people/"))
    page.get_by_role("link", name="Statistics", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why applications end")


def test_what_is_new_in_a_folder_is_marked_until_its_notice_is_opened(site: Site, java: uuid.UUID) -> None:
    site.world.track(java)
    page = arrived(site, who=Role.HIRING_MANAGER)
    expect(page.locator(".folder-new")).to_have_count(0)
    site.world.candidate("Marie Nová", ["Java"])
    site.world.settle()
    page.reload()
    expect(page.locator(".folder-new")).to_have_text("1 new")
    expect(page.locator(".listed", has_text="Marie Nová")).to_contain_text("New")
    page.goto("/bell")
    page.get_by_role("button", name="Marie Nová is new in Java people").click()
    page.goto("/talent")
    expect(names(page)).to_have_count(3)
    expect(page.locator(".folder-new")).to_have_count(0)


def test_on_a_phone_the_filters_are_one_tap_away(site: Site, java: uuid.UUID) -> None:
    page = site.visit(site.world.id_of(Role.RECRUITER), size=PHONE)
    page.goto("/talent?sort=name")
    expect(page.locator("#facets")).to_be_hidden()
    page.get_by_role("link", name="Filters").click()
    page.get_by_role("checkbox", name="Java", exact=True).check()
    expect(page.locator("#total")).to_have_text("2 people")
    page.get_by_role("link", name="Show people").click()
    expect(names(page)).to_have_text(["Jana Nováková", "Karel Nový"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
