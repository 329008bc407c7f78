"""The pages of positions: the list, the board of stages, and whom a position is shared with."""

from __future__ import annotations

import uuid

import pytest
from fastapi.testclient import TestClient

from records.models import Role
from tests.api.answers import ok
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.web.reading import Page
from tests.web.test_people import PART, applied, made, name_of


@pytest.fixture(scope="module")
def recruiter(house: Installation) -> TestClient:
    """A browser in which the recruiter is signed in."""
    return signed_in(house, house.id_of(Role.RECRUITER))


@pytest.fixture(scope="module")
def manager(house: Installation) -> TestClient:
    """A browser in which a hiring manager is signed in."""
    return signed_in(house, house.id_of(Role.HIRING_MANAGER))


def columns(page: Page) -> dict[str, list[str]]:
    """Who stands in which column: names by stage."""
    found: dict[str, list[str]] = {}
    stage = ""
    for tag, given in page.elements:
        if tag == "section" and "column" in given.get("class", ""):
            stage = given.get("data-stage", "rejected")
            found[stage] = []
        elif tag == "li" and given.get("id", "").startswith("card-"):
            found[stage].append(given["id"].removeprefix("card-"))
    return found


def test_a_position_is_opened_found_by_a_part_of_its_title_closed_and_opened_again(
    house: Installation, recruiter: TestClient
) -> None:
    title = name_of("Senior Engineer")
    answer = recruiter.post("/positions", data={"title": title}, follow_redirects=False)
    here = answer.headers["location"]
    assert "The position is open." in Page(recruiter.get(here)).text
    part = title[3:].upper()
    assert title in Page(recruiter.get("/positions", params={"q": part})).text
    assert title not in Page(recruiter.get("/positions", params={"q": part, "status": "closed"})).text
    assert "Open it again" in Page(recruiter.post(f"{here}/change", data={"status": "closed"})).text
    assert title not in Page(recruiter.get("/positions", params={"q": part})).text
    assert title in Page(recruiter.get("/positions", params={"q": part, "status": "all"})).text
    other = name_of("Engineer")
    assert other in Page(recruiter.post(f"{here}/change", data={"title": other, "status": "open"})).text
    assert "This is needed." in Page(recruiter.post(f"{here}/change", data={"title": " "}), 422).text


def test_positions_are_listed_newest_first_in_pages_with_who_waits(house: Installation, recruiter: TestClient) -> None:
    mark = name_of("walk")
    titles = [f"{mark} {number}" for number in range(3)]
    ids = [made(house, "positions", title=title) for title in titles]
    applied(house, house.candidate("Jan"), ids[1])
    listed = ok(house.recruiter.get("/v1/positions", params={"q": mark, "limit": 2}))
    assert [(each["title"], each["waiting"]) for each in listed["items"]] == [(titles[2], 0), (titles[1], 1)]
    rest = ok(house.recruiter.get("/v1/positions", params={"q": mark, "limit": 2, "cursor": listed["next"]}))
    assert [each["title"] for each in rest["items"]] == [titles[0]]
    text = Page(recruiter.get("/positions", params={"q": mark})).text
    assert text.index(titles[2]) < text.index(titles[1]) < text.index(titles[0])


def test_a_card_goes_from_column_to_column_and_back_from_a_rejection(
    house: Installation, recruiter: TestClient
) -> None:
    position = made(house, "positions", title=name_of("Engineer"))
    reason = made(house, "rejection-reasons", name=name_of("Salary"), said_by="us")
    here = f"/positions/{position}"
    first, second = (applied(house, house.candidate(name), position) for name in ("Jan", "Eva"))
    assert columns(Page(recruiter.get(here)))["new"] == [second, first]
    page = Page(recruiter.post(f"{here}/move", data={"application": first, "stage": "interview"}))
    assert (columns(page)["new"], columns(page)["interview"]) == ([second], [first])
    # A stage of the house's own is a column as long as somebody is there.
    page = Page(recruiter.post(f"{here}/move", data={"application": first, "stage": "Trial day"}))
    assert columns(page)["Trial day"] == [first]
    page = Page(recruiter.post(f"{here}/reject", data={"application": first, "reason": reason}))
    assert columns(page)["rejected"] == [first]
    assert "Trial day" not in columns(page)
    page = Page(recruiter.post(f"{here}/undo", data={"application": first}))
    assert (columns(page)["Trial day"], columns(page)["rejected"]) == ([first], [])
    assert "This is needed." in Page(recruiter.post(f"{here}/reject", data={"application": first}), 422).text
    Page(recruiter.post(f"{here}/move", data={"application": str(uuid.uuid4()), "stage": "new"}), 404)
    board = Page(recruiter.post(f"{here}/move", data={"application": first, "stage": "offer"}, headers=PART))
    assert board.elements[0][1]["id"] == "board-page"
    assert columns(board)["offer"] == [first]


def test_somebody_who_is_known_is_found_by_name_and_added(house: Installation, recruiter: TestClient) -> None:
    position, name = made(house, "positions", title=name_of("Engineer")), f"Zdeněk {uuid.uuid4().hex[:8]}"
    person = house.candidate(name)
    house.settle()
    page = Page(recruiter.get(f"/positions/{position}", params={"person": name[:9]}))
    assert page.one("input", name="candidate", value=str(person))
    page = Page(recruiter.post(f"/positions/{position}/add", data={"candidate": str(person)}))
    assert len(columns(page)["new"]) == 1
    ok(house.recruiter.patch(f"/v1/positions/{position}", json={"status": "closed"}))
    page = Page(recruiter.post(f"/positions/{position}/add", data={"candidate": str(person)}), 409)
    assert "is closed; open it before adding applications." in page.text
    assert (
        "Nobody's name begins like this."
        in Page(recruiter.get(f"/positions/{made(house, 'positions', title='Other')}", params={"person": "Qqqq"})).text
    )


def test_a_shared_position_is_a_board_to_read_until_it_is_taken_back(
    house: Installation, recruiter: TestClient, manager: TestClient
) -> None:
    title = name_of("Engineer")
    position = made(house, "positions", title=title)
    here = f"/positions/{position}"
    person = house.candidate("Jan Novák")
    card = applied(house, person, position)
    unseen = Page(manager.get(here), 404).text
    assert title not in Page(manager.get("/positions")).text
    user = {"user": str(house.id_of(Role.HIRING_MANAGER))}
    assert "The position is shared." in Page(recruiter.post(f"{here}/share", data=user)).text
    listed = Page(manager.get("/positions"))
    assert (title in listed.text, "Everybody who applied" in listed.text) == (True, True)
    board = Page(manager.get(here))
    assert columns(board)["new"] == [card]
    board.one("a", href=f"/people/{person}")
    assert [form["action"] for form in board.every("form") if form.get("action", "").startswith("/positions")] == []
    assert Page(manager.get(f"/people/{person}")).one("section", id=f"application-{card}")
    assert "Test hiring_manager" in Page(recruiter.get(here)).text
    Page(recruiter.post(f"{here}/unshare", data=user))
    assert Page(manager.get(here), 404).text == unseen
    Page(manager.get(f"/people/{person}"), 404)


def test_a_single_application_is_listed_with_its_person(
    house: Installation, recruiter: TestClient, manager: TestClient
) -> None:
    title, name = name_of("Engineer"), name_of("Jan")
    position, person = made(house, "positions", title=title), house.candidate(name)
    user = house.id_of(Role.HIRING_MANAGER)
    ok(house.recruiter.put(f"/v1/applications/{applied(house, person, position)}/shares/{user}"), 204)
    page = Page(manager.get("/positions"))
    assert (title in page.text, name in page.text) == (True, True)
    page.one("a", href=f"/people/{person}")
    assert page.every("a", href=f"/positions/{position}") == []
