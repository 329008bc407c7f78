"""Selected people: asked first, done, told of whom and of whom not, taken back; a file for a spreadsheet."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from records.models import Role
from tests.api.answers import ok
from tests.api.browser import signed_in
from tests.installation import Installation
from tests.web.hostile import HOSTILE
from tests.web.reading import Page

BACK = "/talent?tag=Java&sort=name"


@dataclass(frozen=True, slots=True)
class Team:
    """Three people: two with an open application for the position, of whom one has another; and one with none."""

    position: str
    other: str
    reason: str
    people: list[str]


@pytest.fixture(scope="module")
def team(house: Installation) -> Team:
    if not ok(house.recruiter.get("/v1/tags", params={"q": "Java"})):
        house.skills("Java", "Python")
        house.tag("Brno", "location")
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": "Salary", "said_by": "candidate"}), 201)
    titles = ("Engineer", "Accountant")
    position, other = (ok(house.recruiter.post("/v1/positions", json={"title": t}), 201)["id"] for t in titles)
    people = [str(house.candidate(name, ["Java"])) for name in ("Ada Nová", "Bob Malý", "Cyril Černý")]
    for person, to in ((people[0], position), (people[1], position), (people[1], other)):
        ok(house.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": to}), 201)
    house.settle()
    return Team(position, other, "salary", people)


@pytest.fixture
def recruiter(house: Installation) -> TestClient:
    return signed_in(house, house.id_of(Role.RECRUITER))


def send(client: TestClient, what: str, people: Sequence[str], **more: Any) -> Any:
    """The form of a list, or of the page after it."""
    return client.post(f"/talent/selected/{what}", data={"person": list(people), "back": BACK, **more})


def people_in(page: Page) -> list[str]:
    """Whom a form would send."""
    return [each["value"] for each in page.every("input", name="person")]


@pytest.mark.parametrize(
    ("what", "title"),
    [
        ("tag", "Tag 3 people"),
        ("untag", "Take tags off 3 people"),
        ("share", "Share 3 people"),
        ("reject", "Reject 3 people"),
        ("add", "Add 3 people to a position"),
        ("export", "Export 3 people"),
    ],
)
def test_a_form_says_first_how_many_they_are_and_who(recruiter: TestClient, team: Team, what: str, title: str) -> None:
    page = Page(send(recruiter, what, team.people))
    assert title in page.text
    assert "Ada Nová, Bob Malý, Cyril Černý" in page.text.replace(" ,", ",")
    assert people_in(page) == team.people
    assert page.one("input", name="do")["value"] == "1"
    assert [link["href"] for link in page.every("a") if link["href"] == BACK] == [BACK]


def test_rejecting_asks_for_the_position_tells_whom_it_left_and_can_be_undone(
    house: Installation, recruiter: TestClient, team: Team
) -> None:
    page = Page(send(recruiter, "reject", team.people))
    assert [each["value"] for each in page.every("input", name="position")] == ["only", team.position, team.other]
    assert "Engineer 2 of 3" in page.text
    assert "The only open application each of them has 1 of 3" in page.text
    said = {"do": "1", "position": team.position, "reason": team.reason, "note": "Too much"}
    told = Page(answer := send(recruiter, "reject", team.people, **said))
    assert answer.history[0].status_code == 303
    assert "2 people were rejected" in told.text
    assert "They have no open application there. 1" in told.text
    assert re.search(r"Left as they were.*Cyril Černý", told.text)
    # Loading it again rejects nobody again.
    assert "2 people were rejected" in Page(recruiter.get(str(answer.url))).text
    undo = next(form for form in told.every("form") if form.get("action", "").endswith("/undo"))
    back = Page(recruiter.post(undo["action"], data={"back": BACK}))
    assert "Taken back for 2 people" in back.text
    assert not [form for form in back.every("form") if form.get("action", "").endswith("/undo")]
    assert BACK in [link["href"] for link in back.every("a")]
    for person in team.people:
        applications = ok(house.recruiter.get(f"/v1/candidates/{person}"))["applications"]
        assert [each for each in applications if "rejection" in each] == []


def test_the_only_open_application_is_that_of_those_who_have_one(recruiter: TestClient, team: Team) -> None:
    said = {"do": "1", "position": "only", "reason": team.reason}
    told = Page(answer := send(recruiter, "reject", team.people, **said))
    assert "1 person was rejected" in told.text
    assert "They have several open applications; say for which position. 1" in told.text
    undo = next(form for form in told.every("form") if form.get("action", "").endswith("/undo"))
    assert "Taken back for 1 person" in Page(recruiter.post(undo["action"], data={"back": BACK})).text
    assert answer.history


def test_what_is_wrong_stands_beside_its_field_and_whom_it_is_about_stays(recruiter: TestClient, team: Team) -> None:
    page = Page(send(recruiter, "tag", team.people, do="1", tags="Java, no such tag"), 422)
    assert page.one("input", id="tags")["aria-invalid"] == "true"
    assert page.one("input", id="tags")["value"] == "Java, no such tag"
    assert "There is no tag “no such tag”." in page.text
    assert people_in(page) == team.people
    page = Page(send(recruiter, "reject", team.people, do="1", position=team.position, reason=""), 422)
    assert page.one("select", id="reason")["aria-invalid"] == "true"
    page = Page(send(recruiter, "share", team.people, do="1", position="only", user=""), 422)
    assert page.one("select", id="user")["aria-invalid"] == "true"


def test_tags_are_put_on_and_taken_off(house: Installation, recruiter: TestClient, team: Team) -> None:
    told = Page(send(recruiter, "tag", team.people, do="1", tags="Python, Java", locations="brno"))
    assert "3 people were tagged" in told.text
    page = Page(send(recruiter, "untag", team.people))
    carried = [(each["name"], each["value"]) for each in page.every("input", type="checkbox")]
    assert sorted(carried) == [("locations", "brno"), ("tags", "java"), ("tags", "python")]
    told = Page(send(recruiter, "untag", team.people, do="1", tags=["python"], locations=["brno"]))
    assert "Tags were taken off 3 people" in told.text
    assert "Name at least one tag or location." in Page(send(recruiter, "untag", team.people, do="1"), 422).text
    tags = ok(house.recruiter.get(f"/v1/candidates/{team.people[0]}"))["tags"]
    assert [tag["name"] for tag in tags] == ["Java"]


def test_people_are_shared_and_added(house: Installation, recruiter: TestClient, team: Team) -> None:
    manager = str(house.id_of(Role.HIRING_MANAGER))
    told = Page(send(recruiter, "share", team.people, do="1", user=manager, position=team.position))
    assert "2 people were shared" in told.text
    assert "Test hiring_manager" in told.text
    assert house.manager.get(f"/v1/candidates/{team.people[0]}").status_code == 200
    closed = ok(house.recruiter.post("/v1/positions", json={"title": "Over and done"}), 201)["id"]
    ok(house.recruiter.patch(f"/v1/positions/{closed}", json={"status": "closed"}))
    page = Page(send(recruiter, "add", team.people))
    assert closed not in [each["value"] for each in page.every("option")]
    people = [str(house.candidate("Dana Bílá")), *team.people[:1]]
    told = Page(send(recruiter, "add", people, do="1", position=team.position, source="list"))
    assert "1 person was added to a position" in told.text
    assert "They have an open application there already. 1" in told.text


def test_everybody_a_search_finds_is_named_before_and_is_whom_it_is_done_to(
    house: Installation, recruiter: TestClient, team: Team
) -> None:
    house.settle()
    page = Page(send(recruiter, "tag", [], everybody="1", query="tag=Java", order="name"))
    assert "Tag 3 people" in page.text
    assert people_in(page) == team.people
    # Whoever comes in the meantime is not among them: the form names those who were there.
    assert page.every("input", name="everybody") == []
    assert "Tag 1 person" in Page(send(recruiter, "tag", [], everybody="1", query="q=Cyril")).text


def test_too_many_to_be_changed_at_once_are_told_so_and_can_be_exported(
    house: Installation, recruiter: TestClient, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.settle()
    for place in ("api.selecting", "web.pages.selection"):
        monkeypatch.setattr(f"{place}.MOST_AT_ONCE", 2)
    everybody = {"everybody": "1", "query": "tag=Java"}
    page = Page(send(recruiter, "reject", [], **everybody))
    assert "3 people are too many to be changed at once: 2 is the most." in page.text
    assert page.every("input", name="do") == []
    page = Page(send(recruiter, "export", [], **everybody))
    assert page.one("input", name="everybody")["value"] == "1"
    answer = send(recruiter, "export", [], do="1", **everybody)
    assert len(answer.text.splitlines()) == 4


def test_a_file_is_in_the_language_of_the_page_as_spreadsheets_there_read_it(recruiter: TestClient, team: Team) -> None:
    for language, separator, name in (("en", ",", "Name"), ("cs", ";", "Jméno")):
        answer = recruiter.post(
            "/talent/selected/export",
            data={"person": team.people, "do": "1"},
            headers={"Accept-Language": language},
        )
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        heading, first, *_ = answer.content.decode().removeprefix("\ufeff").splitlines()
        assert heading.split(separator)[1] == name
        assert "Ada Nová" in first
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("what", ["tag", "export"])
def test_with_nobody_selected_one_is_back_on_the_list_and_told_so(
    house: Installation, recruiter: TestClient, what: str
) -> None:
    for people in ([], [str(uuid.uuid4())]):
        answer = recruiter.post(
            f"/talent/selected/{what}", data={"person": people, "back": BACK}, follow_redirects=False
        )
        assert (answer.status_code, answer.headers["location"]) == (303, BACK)
        assert "micropools_said" in answer.headers["set-cookie"]


def test_back_leads_to_no_other_site(recruiter: TestClient, team: Team) -> None:
    for elsewhere in ("https://evil.example.com", "//evil.example.com", "/\\evil"):
        page = Page(send(recruiter, "tag", team.people[:1], back=elsewhere))
        assert "evil" not in str(page.elements)
        answer = send(recruiter, "tag", team.people[:1], back=elsewhere, do="1", tags="Java")
        assert "evil" not in str(answer.url)
        page = Page(recruiter.get(answer.url.path, params={"back": elsewhere}))
        assert "evil" not in str([link.get("href") for link in page.every("a")])
        assert "evil" not in str(page.every("input", name="back"))


def test_a_form_of_no_ids_is_refused_with_a_page(recruiter: TestClient) -> None:
    assert "Invalid input" in Page(send(recruiter, "tag", ["1; DROP TABLE"]), 422).text
    assert "Invalid input" in Page(send(recruiter, "tag", [], everybody="1", query="nonsense=1"), 422).text


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_are_text_before_and_after(house: Installation, recruiter: TestClient, hostile: str) -> None:
    mark = uuid.uuid4().hex[:6]
    name = f"{hostile[:180]} {mark}"
    person = str(house.candidate(name))
    position = ok(house.recruiter.post("/v1/positions", json={"title": name}), 201)["id"]
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"}), 201)
    reason = next(r["key"] for r in ok(house.recruiter.get("/v1/rejection-reasons")) if r["name"] == name)
    house.tag(name)
    ok(house.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": [name]}))
    ok(house.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)
    as_read = " ".join(name.split())
    for what in ("tag", "untag", "share", "reject", "add", "export"):
        page = Page(send(recruiter, what, [person]))
        assert as_read in page.text
        assert page.every("img", src="x") == []
    said = {"do": "1", "position": position, "reason": reason, "note": hostile}
    page = Page(send(recruiter, "reject", [person], **said))
    assert as_read in page.text
    assert page.every("img", src="x") == []
