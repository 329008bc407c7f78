"""The stories of the product from end to end, in a real browser: told once, played by mouse and by keyboard."""

from __future__ import annotations

import uuid

import pytest
from playwright.sync_api import Page, expect

from records.models import Role
from tests.api.answers import ok
from tests.browser.hands import Hand, Keyboard, Mouse
from tests.browser.visiting import WIDE, Site


@pytest.fixture(params=[Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def hand(request: pytest.FixtureRequest) -> Hand:
    """How everybody works in this story."""
    chosen: Hand = request.param
    return chosen


def at_home(site: Site, who: uuid.UUID, *, scripts: bool = True) -> Page:
    """Somebody who has just come in, and hears the bell."""
    page = site.visit(who, scripts=scripts, size=WIDE)
    page.goto("/")
    if scripts:
        page.locator("html[data-bell=heard]").wait_for(state="attached")
        page.evaluate("window.same = true")
    return page


def goes_to(page: Page, hand: Hand, place: str) -> None:
    """By the top bar."""
    hand.press(page.get_by_role("navigation", name="Main").get_by_role("link", name=place, exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text(place)


def same(page: Page) -> bool:
    """Whether nothing was loaded anew since the page was opened."""
    return bool(page.evaluate("window.same === true"))


def rings(page: Page, times: int) -> None:
    """The bell says that there are so many unseen notices."""
    expect(page.locator(".bell-number")).to_have_text(str(times))


def opens_the_bell(page: Page, hand: Hand, says: str) -> None:
    """And in it the notice that says so."""
    hand.press(page.locator("#bell"))
    hand.press(page.locator("#bell-list").get_by_role("button", name=says))
    expect(page.get_by_role("heading", level=1)).to_have_text(says)


def sets_tracking(page: Page, hand: Hand, colleague: str, what: str, kind: str) -> None:
    """An administrator picks a user, then a pool or tag, sees what they would see, and saves it."""
    goes_to(page, hand, "Settings")
    hand.press(page.get_by_role("main").get_by_role("link", name="Users", exact=True))
    hand.press(page.get_by_role("link", name=colleague, exact=True))
    hand.press(page.get_by_role("link", name="Set tracking"))
    hand.write(page.get_by_label("Pool or tag"), what)
    hand.press(page.get_by_role("checkbox", name=f"{what} {kind}"))
    expect(page.get_by_role("heading", name=f"What {colleague} would see")).to_be_visible()
    hand.press(page.get_by_role("button", name="Track", exact=True))
    expect(page.get_by_role("table", name="Tracked now")).to_contain_text(what)


def folder(page: Page, name: str) -> None:
    """The folder of a pool in the tree, and nothing else of that name."""
    expect(page.locator(".folders").get_by_role("checkbox", name=name, exact=True)).to_have_count(1)


def towns(site: Site) -> None:
    """A region with a town in it, and one elsewhere."""
    site.world.tag("Jihomoravský kraj", "location")
    site.world.tag("Vyškov", "location", parent="Jihomoravský kraj")
    site.world.tag("Praha", "location")


def applied(site: Site, person: uuid.UUID, title: str) -> None:
    """An open application."""
    position = ok(site.world.recruiter.post("/v1/positions", json={"title": title}), 201)["id"]
    ok(site.world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)


def test_a_collection_arrives_and_the_open_page_rings_without_reload(site: Site, hand: Hand) -> None:
    site.world.skills("Java")
    pool = site.world.pool("Java / Brno", {"tags": {"any": ["Java"]}})
    site.world.settle()
    site.world.track(pool)
    manager = at_home(site, site.world.id_of(Role.HIRING_MANAGER))

    fair = [{"name": f"Person {number:02}", "tags": ["Java"]} for number in range(12)]
    rest = [{"name": f"Nobody {number}", "tags": []} for number in range(3)]
    body = {"name": "Job fair", "notices": "summary", "new_tags": False, "candidates": fair + rest}
    ok(site.world.recruiter.post("/v1/candidates/bulk", json=body), 201)
    site.world.settle()

    rings(manager, 1)
    expect(manager.locator("#bell-count")).to_have_text("1 unseen notice")
    assert same(manager)
    opens_the_bell(manager, hand, "12 new people in Java / Brno")
    # Exactly those, each to be opened and only looked at.
    expect(manager.locator("ul.people li")).to_have_count(12)
    hand.press(manager.get_by_role("link", name="Person 07"))
    expect(manager.get_by_role("heading", level=1)).to_have_text("Person 07")
    expect(manager.get_by_role("main")).to_contain_text("You see this person through the pool Java / Brno.")
    expect(manager.get_by_role("link", name="Edit")).to_have_count(0)


@pytest.mark.long
def test_a_place_chosen_by_the_person_brings_them_to_the_team_there_and_a_share_answers_the_wish(
    site: Site, hand: Hand
) -> None:
    towns(site)
    site.world.candidate("Karel Pražský", locations=["Praha"])
    site.world.candidate("Marie Místní", locations=["Vyškov"])
    site.world.settle()
    recruiter = at_home(site, site.world.id_of(Role.RECRUITER))
    # A search becomes a pool.
    goes_to(recruiter, hand, "Talent database")
    hand.press(recruiter.get_by_role("checkbox", name="Jihomoravský kraj", exact=True))
    expect(recruiter.locator("#total")).to_have_text("1 person")
    hand.press(recruiter.get_by_role("link", name="Save as pool"))
    expect(recruiter.get_by_role("heading", level=1)).to_have_text("New pool")
    hand.write(recruiter.get_by_label("Pool name"), "South Moravia")
    hand.press(recruiter.get_by_role("button", name="Save", exact=True))
    expect(recruiter.get_by_role("heading", level=1)).to_have_text("South Moravia")
    site.world.settle()
    administrator = at_home(site, site.world.id_of(Role.ADMINISTRATOR))
    sets_tracking(administrator, hand, "Test hiring_manager", "South Moravia", "Pool")

    manager = at_home(site, site.world.id_of(Role.HIRING_MANAGER))
    jana = site.world.candidate("Jana Nováková", locations=["Vyškov"], headline="Tester")
    applied(site, jana, "Quality engineer")
    site.world.settle()

    rings(manager, 1)
    opens_the_bell(manager, hand, "Jana Nováková is new in South Moravia")
    hand.press(manager.get_by_role("main").get_by_role("link", name="Jana Nováková"))
    expect(manager.get_by_role("main")).not_to_contain_text("Quality engineer")
    hand.write(manager.get_by_label("A word to the recruiter"), "Could we talk on Monday?")
    hand.press(manager.get_by_role("button", name="I want this person"))
    expect(manager.locator(".toast")).to_contain_text("The recruiters were told")

    rings(recruiter, 1)
    hand.press(recruiter.locator("#bell"))
    expect(recruiter.locator("#bell-list")).to_contain_text("Could we talk on Monday?")
    hand.press(recruiter.locator("#bell-list .answers").get_by_role("button"))
    expect(recruiter.locator("#bell-list .notice.is-done")).to_have_count(1)

    manager.reload()
    expect(manager.get_by_role("main")).to_contain_text("Quality engineer")
    expect(manager.get_by_role("link", name="Edit")).to_be_visible()


@pytest.mark.long
def test_a_skill_is_offered_to_a_team_in_one_step_and_taken_away_again(site: Site, hand: Hand) -> None:
    site.world.skills("Rust")
    manager = at_home(site, site.world.id_of(Role.HIRING_MANAGER))
    goes_to(manager, hand, "Talent database")
    expect(manager.get_by_text("You track no pool yet.")).to_be_visible()

    administrator = at_home(site, site.world.id_of(Role.ADMINISTRATOR))
    sets_tracking(administrator, hand, "Test hiring_manager", "Rust", "Skill")
    site.world.settle()
    # At once: with the next request.
    manager.reload()
    folder(manager, "Rust")

    recruiter = at_home(site, site.world.id_of(Role.RECRUITER))
    goes_to(recruiter, hand, "Talent database")
    hand.press(recruiter.get_by_role("link", name="Add a person").first)
    hand.write(recruiter.get_by_label("Name", exact=True), "Ferris Krabí")
    hand.write(recruiter.get_by_label("Tags", exact=True), "Rust")
    hand.press(recruiter.get_by_role("button", name="Add the person"))
    expect(recruiter.get_by_role("heading", level=1)).to_have_text("Ferris Krabí")
    person = recruiter.url.rpartition("/")[2]
    site.world.settle()

    rings(manager, 1)
    manager.reload()
    expect(manager.locator(".folder-new")).to_have_text("1 new")
    hand.press(manager.locator(".folders").get_by_role("checkbox", name="Rust 1 new", exact=True))
    expect(manager.get_by_role("link", name="Ferris Krabí")).to_be_visible()

    hand.press(administrator.get_by_role("table", name="Tracked now").get_by_role("button", name="End Rust"))
    expect(administrator.get_by_text("Nothing yet.")).to_be_visible()
    expect(manager.locator(".bell-number")).to_be_hidden()
    for address in (f"/people/{person}", f"/talent?person={person}"):
        manager.goto(address)
        expect(manager.get_by_role("main")).not_to_contain_text("Ferris Krabí")
    expect(manager.get_by_text("You track no pool yet.")).to_be_visible()


@pytest.mark.long
def test_a_tag_hands_a_person_over_to_who_calls_them(site: Site, hand: Hand) -> None:
    site.world.tag("call", "label")
    site.world.candidate("Eva Volaná", headline="Accountant")
    caller, _ = site.world.add_user(Role.RECRUITER, "caller@example.com")
    site.world.settle()
    calling = at_home(site, caller)
    goes_to(calling, hand, "Settings")
    hand.press(calling.get_by_role("main").get_by_role("link", name="What I track"))
    hand.write(calling.get_by_label("Pool or tag"), "call")
    hand.press(calling.get_by_role("checkbox", name="call Label"))
    hand.press(calling.get_by_role("button", name="Track", exact=True))
    expect(calling.get_by_role("table", name="Tracked now")).to_contain_text("call")
    site.world.settle()

    recruiter = at_home(site, site.world.id_of(Role.RECRUITER))
    goes_to(recruiter, hand, "Talent database")
    hand.press(recruiter.get_by_role("link", name="Eva Volaná"))
    sheet = recruiter.get_by_role("region", name="Eva Volaná")
    hand.write(sheet.get_by_label("Add tags or places"), "call")
    hand.press(sheet.get_by_role("button", name="Add", exact=True).first)
    expect(sheet.get_by_role("button", name="Take off call")).to_be_visible()
    site.world.settle()

    rings(calling, 1)
    opens_the_bell(calling, hand, "Eva Volaná is new in call")
    hand.press(calling.get_by_role("main").get_by_role("link", name="Eva Volaná"))
    hand.press(calling.get_by_role("button", name="Take off call"))
    expect(calling.get_by_role("button", name="Take off call")).to_have_count(0)
    site.world.settle()
    # Whoever was called has left the folder.
    calling.goto("/")
    hand.press(calling.get_by_role("main").get_by_role("link", name="call", exact=True))
    expect(calling.locator("#total")).to_have_text("0 people")


def test_without_scripts_a_reader_searches_and_reads(site: Site, hand: Hand) -> None:
    site.world.skills("Java")
    towns(site)
    pool = site.world.pool("Java people", {"tags": {"any": ["Java"]}})
    site.world.settle()
    site.world.track(pool)
    for name, town in (("Jana Nováková", "Vyškov"), ("Karel Nový", "Praha")):
        site.world.candidate(name, ["Java"], locations=[town], cv_text="Kafka and Spring.")
    site.world.candidate("Eva Malá", locations=["Praha"])
    site.world.settle()
    manager = at_home(site, site.world.id_of(Role.HIRING_MANAGER), scripts=False)
    rings(manager, 2)
    goes_to(manager, hand, "Talent database")
    expect(manager.locator("#total")).to_have_text("2 people")
    hand.write(manager.get_by_label("Search people"), "kafka")
    hand.press(manager.get_by_role("button", name="Search", exact=True))
    hand.press(manager.get_by_role("checkbox", name="Vyškov", exact=True))
    hand.press(manager.get_by_role("button", name="Apply"))
    expect(manager.locator("#total")).to_have_text("1 person")
    hand.press(manager.get_by_role("link", name="Jana Nováková"))
    expect(manager.get_by_role("heading", level=1)).to_have_text("Jana Nováková")
    expect(manager.get_by_role("main")).to_contain_text("You see this person through the pool Java people.")
    manager.go_back()
    hand.press(manager.get_by_role("link", name="Without Place: Vyškov"))
    expect(manager.locator("#total")).to_have_text("2 people")
    hand.press(manager.locator("#bell"))
    hand.press(manager.get_by_role("link", name="All notices"))
    hand.press(manager.get_by_role("button", name="Karel Nový is new in Java people"))
    expect(manager.locator("ul.people li")).to_have_text(["Karel Nový"])
