"""People and positions in a real browser: worked on by keyboard alone, read through a pool, shared and taken back."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from records.models import Role
from tests.api.answers import ok
from tests.browser.visiting import Site


def tab_to(page: Page, wanted: Locator) -> None:
    """Go to something as who has no mouse does."""
    wanted.wait_for()
    for _ in range(80):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way by keyboard to {wanted}")


def recruiter_of(site: Site) -> uuid.UUID:
    return site.world.id_of(Role.RECRUITER)


def position_of(site: Site, title: str = "Engineer") -> str:
    return str(ok(site.world.recruiter.post("/v1/positions", json={"title": title}), 201)["id"])


def applied(site: Site, person: uuid.UUID, position: str) -> str:
    body = {"position": position}
    return str(ok(site.world.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)["id"])


def reasons(site: Site) -> None:
    for name, said_by in (("Salary", "candidate"), ("Skills", "us")):
        ok(site.world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)


def test_a_recruiter_adds_edits_tags_rejects_and_undoes_by_keyboard_alone(site: Site) -> None:
    site.world.skills("Java", "Kotlin")
    position_of(site)
    reasons(site)
    page = site.visit(recruiter_of(site))
    page.goto("/people/new")
    page.keyboard.type("Jana Nováková")
    tab_to(page, page.get_by_label("Tags", exact=True))
    page.keyboard.type("Java")
    tab_to(page, page.get_by_label("CV", exact=True))
    page.keyboard.type("Ten years of Java.")
    tab_to(page, page.get_by_role("button", name="Add the person"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jana Nováková")
    expect(page.locator(".toast")).to_contain_text("The person was added.")

    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit the profile")
    page.keyboard.press("End")
    page.keyboard.type(", PhD")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jana Nováková, PhD")

    # One tag after another: the field keeps the focus, and nothing is loaded anew.
    page.evaluate("window.same = true")
    page.keyboard.press("t")
    page.keyboard.type("Kotlin")
    page.keyboard.press("Enter")
    expect(page.locator(".tags li")).to_have_text([re.compile("Java"), re.compile("Kotlin")])
    expect(page.get_by_label("Add tags or places")).to_be_focused()

    tab_to(page, page.locator("summary", has_text="Add an application…"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Position"))
    page.keyboard.type("Eng")
    tab_to(
        page, page.locator("#applications form", has=page.get_by_label("Position")).get_by_role("button", name="Add")
    )
    page.keyboard.press("Enter")
    card = page.locator(".application")
    expect(card).to_contain_text("New applicant")

    tab_to(page, card.locator("summary", has_text="Reject…"))
    page.keyboard.press("Enter")
    tab_to(page, card.get_by_label("Reason"))
    page.keyboard.type("Sal")
    page.keyboard.press("Tab")
    page.keyboard.type("Wants more")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Salary, said by the candidate")
    expect(card).to_contain_text("Wants more")
    expect(page.locator(".history")).to_contain_text("rejected: Salary")

    tab_to(page, card.get_by_role("button", name="Undo the rejection"))
    page.keyboard.press("Enter")
    expect(card).to_contain_text("New applicant")
    expect(page.locator(".history")).not_to_contain_text("rejected: Salary")
    assert page.evaluate("window.same") is True


@pytest.mark.long
def test_beside_the_list_a_person_is_tagged_and_rejected_and_the_list_stays(site: Site) -> None:
    site.world.skills("Java", "Kotlin")
    reasons(site)
    person = site.world.candidate("Jana Nováková", ["Java"])
    applied(site, person, position_of(site))
    site.world.settle()
    page = site.visit(recruiter_of(site), size={"width": 1500, "height": 900})
    page.goto("/talent")
    page.evaluate("window.same = true")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet").get_by_role("heading", level=2)).to_have_text("Jana Nováková")
    page.keyboard.press("t")
    page.keyboard.type("Nothing")
    page.keyboard.press("Enter")
    expect(page.locator("#add-tags-problem")).to_contain_text("There is no tag “Nothing”.")
    expect(page.get_by_label("Add tags or places")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Kotlin")
    page.keyboard.press("Enter")
    expect(page.locator("#sheet .tags li")).to_have_count(2)
    page.locator("#sheet summary", has_text="Reject…").click()
    page.get_by_label("Reason").select_option("Skills")
    page.get_by_role("button", name="Reject", exact=True).click()
    expect(page.locator(".application")).to_contain_text("Skills, said by us")
    expect(page.locator(".toast")).to_contain_text("The application is rejected.")
    # What htmx puts in its place goes on behind the reader's next step.
    expect(page.locator(".application h4")).to_be_focused()
    assert page.evaluate("window.same") is True
    expect(page).to_have_url(re.compile(f"/talent\\?person={person}"))
    page.locator("h1").click()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text("Jana Nováková")


def test_a_page_seen_through_a_pool_has_nothing_of_positions_and_its_two_actions_ring_the_recruiter(site: Site) -> None:
    site.world.skills("Java")
    site.world.track(site.world.pool("Java people", {"tags": {"any": ["Java"]}}))
    site.world.settle()
    person = site.world.candidate("Jana Nováková", ["Java"], source="secret source")
    applied(site, person, position_of(site, "Secret position"))
    site.world.settle()
    bell = site.visit(recruiter_of(site))
    bell.goto("/bell")
    bell.locator("html[data-bell=heard]").wait_for(state="attached")

    page = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    page.goto(f"/people/{person}")
    expect(page.locator("main")).to_contain_text("You see this person through the pool Java people.")
    for hidden in ("Secret position", "secret source", "Applications", "History", "Edit", "New applicant"):
        expect(page.locator("main")).not_to_contain_text(hidden)
    for said, button in (("Could we talk?", "I want this person"), ("Not now", "Done")):
        page.get_by_label("A word to the recruiter").focus()
        page.keyboard.type(said)
        tab_to(page, page.locator("#ask").get_by_role("button", name=button))
        page.keyboard.press("Enter")
        expect(page.locator(".toast", has_text="The recruiters were told")).to_have_count(1)
        expect(page.get_by_label("A word to the recruiter")).to_have_value("")
        page.locator(".toast-close").click()

    expect(bell.locator(".bell-number")).to_have_text("2")
    bell.locator("#bell").click()
    expect(bell.locator("#bell-list .notice")).to_contain_text(
        ["Test hiring_manager is done with Jana Nováková", "Test hiring_manager wants Jana Nováková"]
    )
    expect(bell.locator("#bell-list")).to_contain_text("Could we talk?")


def test_a_share_gives_the_application_and_taking_it_back_takes_it_away(site: Site) -> None:
    person = site.world.candidate("Jana Nováková")
    applied(site, person, position_of(site))
    manager = site.visit(site.world.id_of(Role.HIRING_MANAGER))
    manager.goto(f"/people/{person}")
    expect(manager.get_by_role("heading", level=1)).to_have_text("Not found")

    page = site.visit(recruiter_of(site))
    page.goto(f"/people/{person}")
    page.locator(".application summary", has_text="Share…").click()
    page.get_by_label("Share with").select_option(label="Test hiring_manager (hiring_manager@example.com)")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.locator(".application")).to_contain_text("1 colleague has it")

    manager.reload()
    expect(manager.locator(".application")).to_contain_text("Engineer")
    page.locator(".application summary", has_text="Share…").click()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".application")).not_to_contain_text("1 colleague has it")
    manager.reload()
    expect(manager.get_by_role("heading", level=1)).to_have_text("Not found")


def test_a_card_is_moved_by_keyboard_and_by_hand_and_a_rejection_asks_for_its_reason(site: Site) -> None:
    reasons(site)
    position, person = position_of(site), site.world.candidate("Jana Nováková")
    applied(site, person, position)
    page = site.visit(recruiter_of(site))
    page.goto(f"/positions/{position}")
    card = page.locator(".card-small")
    column = page.locator(".column")

    tab_to(page, card.locator("summary"))
    page.keyboard.press("Enter")
    tab_to(page, card.get_by_role("button", name="Interview"))
    page.keyboard.press("Enter")
    expect(column.filter(has=page.get_by_role("heading", name="Interview 1"))).to_contain_text("Jana Nováková")
    # Whoever works by key goes on from the card.
    expect(card.get_by_role("link", name="Jana Nováková")).to_be_focused()

    card.drag_to(page.locator("[data-stage=offer]"))
    expect(page.locator("[data-stage=offer]")).to_contain_text("Jana Nováková")

    card.drag_to(page.locator("[data-rejected]"))
    expect(card.get_by_label("Reason")).to_be_focused()
    card.get_by_label("Reason").select_option("Skills")
    card.get_by_role("button", name="Reject").click()
    expect(page.locator("[data-rejected]")).to_contain_text("Skills, said by us")
    page.get_by_role("button", name="Undo Jana Nováková").click()
    expect(page.locator("[data-stage=offer]")).to_contain_text("Jana Nováková")


@pytest.mark.long
def test_without_scripts_a_board_and_a_person_are_worked_on_by_forms(site: Site) -> None:
    site.world.skills("Java")
    position, person = position_of(site), site.world.candidate("Jana Nováková")
    applied(site, person, position)
    page = site.visit(recruiter_of(site), scripts=False)
    page.goto(f"/positions/{position}")
    page.locator(".card-small summary").click()
    page.get_by_role("button", name="Interview").click()
    expect(page.locator("[data-stage=interview]")).to_contain_text("Jana Nováková")
    page.get_by_role("link", name="Jana Nováková").click()
    page.get_by_label("Add tags or places").fill("Java")
    page.keyboard.press("Enter")
    expect(page.locator(".tags li")).to_have_count(1)
    page.get_by_role("button", name="Take off Java").click()
    expect(page.locator(".tags li")).to_have_count(0)
