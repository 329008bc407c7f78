"""People are selected in the list, by mouse and by keyboard, and something is done with them all at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from records.models import Role
from tests.api.answers import ok
from tests.browser.selecting import tab_to
from tests.browser.visiting import Site


@dataclass(frozen=True, slots=True)
class Office:
    """Three people in a pool; two of them applied for the position."""

    site: Site
    position: str

    def rejected(self) -> list[str]:
        """The reasons that stand beside the applications for the position."""
        rows = ok(self.site.world.recruiter.get(f"/v1/positions/{self.position}/applications"))["items"]
        return sorted(row["rejection"]["reason"] for row in rows if "rejection" in row)


@pytest.fixture
def office(site: Site) -> Office:
    world = site.world
    world.skills("Java", "COBOL")
    pool = world.pool("Everybody", {"tags": {"any": ["Java", "COBOL"]}})
    world.settle()
    world.track(pool)
    people = [world.candidate(name, ["Java"]) for name in ("Ada Nová", "Bob Malý")]
    world.candidate("Cyril Černý", ["COBOL"])
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    for person in people:
        ok(world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)
    ok(world.administrator.post("/v1/rejection-reasons", json={"name": "Salary", "said_by": "candidate"}), 201)
    world.settle()
    return Office(site, position)


def arrived(office: Office, *, who: Role = Role.RECRUITER, scripts: bool = True) -> Page:
    """A reader on the list."""
    page = office.site.visit(office.site.world.id_of(who), scripts=scripts)
    page.goto("/talent?sort=name")
    return page


def test_people_are_rejected_with_a_reason_and_it_is_taken_back(office: Office) -> None:
    page = arrived(office)
    expect(page.get_by_role("button", name="Reject", exact=True)).to_be_hidden()
    page.get_by_role("checkbox", name="All on this page").check()
    expect(page.locator(".selection-count")).to_have_text("3 selected")
    page.get_by_role("button", name="Reject", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 3 people")
    page.get_by_role("radio", name="Engineer 2 of 3").check()
    page.get_by_label("Reason").select_option("Salary")
    page.get_by_label("Note").fill("All of them")
    page.get_by_role("button", name="Reject them").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("2 people were rejected")
    expect(page.get_by_role("heading", level=3)).to_have_text("They have no open application there. 1")
    assert office.rejected() == ["salary", "salary"]
    page.reload()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Taken back for 2 people")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert office.rejected() == []
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(f"{office.site.address}/talent?sort=name")


def test_who_is_selected_stays_so_while_the_list_becomes_another(office: Office) -> None:
    page = arrived(office)
    page.get_by_role("checkbox", name="Select Ada Nová").check()
    page.get_by_role("checkbox", name="COBOL", exact=True).check()
    expect(page.locator(".listed-name")).to_have_text(["Cyril Černý"])
    expect(page.locator(".selection-count")).to_have_text("1 selected, 1 of them not on this page")
    page.get_by_role("checkbox", name="Select Cyril Černý").check()
    page.get_by_role("button", name="Add tags").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tag 2 people")
    expect(page.locator(".named")).to_have_text("Cyril Černý, Ada Nová")
    page.get_by_label("Tags").fill("Jva")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Did you mean Java?")).to_be_visible()
    expect(page.get_by_label("Tags")).to_be_focused()
    page.get_by_label("Tags").fill("java, cobol")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 people were tagged")


def test_all_on_the_page_are_selected_and_nobody_again(office: Office) -> None:
    page = arrived(office)
    whole = page.get_by_role("checkbox", name="All on this page")
    boxes = page.get_by_role("checkbox", name="Select ")
    boxes.first.check()
    assert whole.evaluate("box => box.indeterminate") is True
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator(".selection-count")).to_have_text("3 selected")
    expect(whole).to_be_checked()
    page.get_by_role("checkbox", name="All 3 found").check()
    expect(page.locator(".selection-count")).to_have_text("All found are selected")
    page.get_by_role("button", name="Select nobody").click()
    expect(page.locator(".selection-count")).to_have_text("")
    expect(page.locator("input[name=person]:checked")).to_have_count(0)
    expect(whole).to_be_focused()


def test_by_keyboard_alone(office: Office) -> None:
    page = arrived(office)
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator(".selection-count")).to_have_text("2 selected")
    tab_to(page, page.get_by_role("button", name="Reject", exact=True), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 2 people")
    tab_to(page, page.get_by_role("radio").first)
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Engineer 2 of 2")).to_be_checked()
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("Sal")
    tab_to(page, page.get_by_role("button", name="Reject them"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 people were rejected")
    tab_to(page, page.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Taken back for 2 people")).to_be_visible()
    assert office.rejected() == []


def test_a_file_comes_down(office: Office, tmp_path: Path) -> None:
    """For a recruiter with everybody the search finds; a hiring manager has nothing but this, and of whom they see."""
    for who, heading in ((Role.RECRUITER, "Internal tags"), (Role.HIRING_MANAGER, "Access")):
        page = arrived(office, who=who)
        page.get_by_role("checkbox", name="All 3 found").check()
        buttons = page.locator(".selection-acts [formaction]")
        expect(buttons).to_have_count(6 if who is Role.RECRUITER else 1)
        buttons.last.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Export 3 people")
        with page.expect_download() as coming:
            page.get_by_role("button", name="Download the file").click()
        assert coming.value.suggested_filename == "people.csv"
        coming.value.save_as(there := tmp_path / f"{who.value}.csv")
        lines = there.read_bytes().decode("utf-8-sig").splitlines()
        assert heading in lines[0].split(",")
        assert [line.split(",")[1] for line in lines[1:]] == ["Ada Nová", "Bob Malý", "Cyril Černý"]


def test_it_works_without_scripts(office: Office) -> None:
    page = arrived(office, scripts=False)
    page.get_by_role("checkbox", name="Select Bob Malý").check()
    page.get_by_role("button", name="Add to a position").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Add 1 person to a position")
    page.get_by_label("Position").select_option("Engineer")
    page.get_by_role("button", name="Add them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody was changed")
    expect(page.get_by_role("heading", level=3)).to_have_text("They have an open application there already. 1")
