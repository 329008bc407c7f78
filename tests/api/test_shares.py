"""Sharing with a colleague: given, listed, taken back, and gone with the next request."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from records.database import session
from records.models import Role, Share
from tests.api.answers import ok, problem
from tests.api.test_applications import application_of, position_of
from tests.installation import Installation


@dataclass(frozen=True, slots=True)
class Case:
    """A person with an application for a position, and a hiring manager who sees neither yet."""

    house: Installation
    person: uuid.UUID
    position: str
    application: str
    user: uuid.UUID
    manager: TestClient

    @property
    def ways(self) -> dict[str, str]:
        """Where each kind of share is given and taken back."""
        return {
            "application": f"{self.application}/shares/{self.user}",
            "position": f"/v1/positions/{self.position}/shares/{self.user}",
        }

    def share(self, way: str) -> None:
        """As a recruiter."""
        ok(self.house.recruiter.put(self.ways[way]), 204)

    def unshare(self, way: str) -> None:
        """As a recruiter."""
        ok(self.house.recruiter.delete(self.ways[way]), 204)

    @property
    def seen(self) -> tuple[bool, bool, bool]:
        """What the manager gets of the person, the application, the position."""
        paths = (f"/v1/candidates/{self.person}", self.application, f"/v1/positions/{self.position}")
        answers = [self.manager.get(path) for path in paths]
        assert {answer.status_code for answer in answers} <= {200, 404}
        return answers[0].status_code == 200, answers[1].status_code == 200, answers[2].status_code == 200


@pytest.fixture
def case(house: Installation) -> Case:
    """Nothing shared yet."""
    person, position = house.candidate("Jan Novák"), position_of(house, "Engineer")
    user, manager = house.add_user(Role.HIRING_MANAGER, f"{uuid.uuid4().hex}@example.com")
    return Case(house, person, position, application_of(house, person, position), user, manager)


NOTHING, APPLICATION, POSITION = (False, False, False), (True, True, False), (True, True, True)


def test_a_share_shows_what_was_shared_and_taking_it_back_hides_it_with_the_next_request(case: Case) -> None:
    assert case.seen == NOTHING
    case.share("application")
    assert case.seen == APPLICATION
    case.share("position")
    assert case.seen == POSITION
    case.unshare("application")
    assert case.seen == POSITION
    case.unshare("position")
    assert case.seen == NOTHING
    case.share("position")
    case.share("application")
    case.unshare("position")
    assert case.seen == APPLICATION


@pytest.mark.parametrize("way", ["application", "position"])
def test_what_was_taken_back_is_answered_as_what_never_was(case: Case, way: str) -> None:
    case.share(way)
    case.unshare(way)
    unknown = uuid.uuid4()
    for path, nowhere in (
        (f"/v1/candidates/{case.person}", f"/v1/candidates/{unknown}"),
        (case.application, f"/v1/applications/{unknown}"),
        (f"/v1/positions/{case.position}", f"/v1/positions/{unknown}"),
        (f"/v1/positions/{case.position}/applications", f"/v1/positions/{unknown}/applications"),
    ):
        answer, expected = case.manager.get(path), case.manager.get(nowhere)
        assert (answer.status_code, answer.content) == (404, expected.content), path
    assert ok(case.manager.get("/v1/me/shared"))["items"] == []


def test_sharing_twice_is_one_share_and_taking_back_twice_is_one_end(case: Case) -> None:
    for way in ("application", "position"):
        case.share(way)
        case.share(way)
        (listed,) = ok(case.house.recruiter.get(case.ways[way].rpartition("/")[0]))
        case.unshare(way)
        case.unshare(way)
        (ended,) = ok(case.house.recruiter.get(case.ways[way].rpartition("/")[0], params={"past": True}))
        assert ended["since"] == listed["since"]
        assert ended["until"] > ended["since"]
    with session() as db:
        rows = db.scalars(select(Share).where(Share.user_id == case.user)).all()
    assert len(rows) == 2
    assert all(row.revoked_at and row.revoked_by == case.house.id_of(Role.RECRUITER) for row in rows)


def test_staff_see_who_has_what_by_whom_and_through_what(case: Case) -> None:
    of_application, of_position = f"{case.application}/shares", f"/v1/positions/{case.position}/shares"
    case.share("application")
    other, _ = case.house.add_user(Role.HIRING_MANAGER, f"{uuid.uuid4().hex}@example.com")
    ok(case.house.administrator.put(f"{of_position}/{other}"), 204)
    listed = ok(case.house.recruiter.get(of_application))
    assert [(each["user"], each["through"], each["by"], each["in_effect"]) for each in listed] == [
        (str(case.user), "application", str(case.house.id_of(Role.RECRUITER)), True),
        (str(other), "position", str(case.house.id_of(Role.ADMINISTRATOR)), True),
    ]
    assert [each["user"] for each in ok(case.house.recruiter.get(of_position))] == [str(other)]
    case.unshare("application")
    assert [each["user"] for each in ok(case.house.recruiter.get(of_application))] == [str(other)]
    past = ok(case.house.recruiter.get(of_application, params={"past": True}))
    assert [(each["user"], each["in_effect"], "until" in each) for each in past] == [
        (str(case.user), False, True),
        (str(other), True, False),
    ]
    assert past[0]["ended_by"] == str(case.house.id_of(Role.RECRUITER))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.RECRUITER, Role.ANALYST])
@pytest.mark.parametrize("way", ["application", "position"])
def test_only_hiring_managers_can_be_given_anything(case: Case, role: Role, way: str) -> None:
    path = f"{case.ways[way].rpartition('/')[0]}/{case.house.id_of(role)}"
    assert "hiring managers" in problem(case.house.recruiter.put(path), 409)["detail"]


def test_who_was_deactivated_is_given_nothing_and_what_they_had_is_marked(case: Case) -> None:
    case.share("application")
    ok(case.house.administrator.patch(f"/v1/users/{case.user}", json={"active": False}))
    assert "deactivated" in problem(case.house.recruiter.put(case.ways["position"]), 409)["detail"]
    (listed,) = ok(case.house.recruiter.get(f"{case.application}/shares"))
    assert listed["in_effect"] is False
    problem(case.manager.get(case.application), 401)


def test_shares_with_nobody_or_of_nothing_are_unknown(case: Case) -> None:
    nobody = uuid.uuid4()
    for path in (
        f"{case.application}/shares/{nobody}",
        f"/v1/positions/{case.position}/shares/{nobody}",
        f"/v1/applications/{nobody}/shares/{case.user}",
        f"/v1/positions/{nobody}/shares/{case.user}",
    ):
        problem(case.house.recruiter.put(path), 404)
        problem(case.house.recruiter.delete(path), 404)
    problem(case.house.recruiter.get(f"/v1/applications/{nobody}/shares"), 404)
    problem(case.house.recruiter.get(f"/v1/positions/{nobody}/shares"), 404)


def test_the_bell_stays_as_it_was_when_something_is_shared_and_taken_back(case: Case) -> None:
    before = case.manager.get("/v1/notifications")
    for way in ("application", "position"):
        case.share(way)
        case.house.settle()
        case.unshare(way)
    ok(case.house.recruiter.post(f"{case.application}/notes", json={"text": "Hidden"}), 201)
    case.house.settle()
    after = case.manager.get("/v1/notifications")
    assert (after.status_code, after.content) == (before.status_code, before.content)


def test_an_owner_reads_notes_and_rejection_of_what_was_shared_and_of_nothing_else(case: Case) -> None:
    recruiter = case.house.recruiter
    other = application_of(case.house, case.person, position_of(case.house, "Secret"))
    ok(recruiter.post(f"{case.application}/notes", json={"text": "Spoke on the phone"}), 201)
    case.share("application")
    assert ok(case.manager.get(case.application)) == ok(recruiter.get(case.application))
    assert ok(case.manager.get(case.application))["notes"][0]["text"] == "Spoke on the phone"
    problem(case.manager.get(other), 404)
    problem(case.manager.get(f"/v1/positions/{case.position}/applications"), 404)
    problem(case.manager.patch(case.application, json={"stage": "offer"}), 403)


def test_what_was_shared_with_me_names_the_person_the_position_and_who_shared(case: Case) -> None:
    case.share("application")
    case.share("position")
    whole, one = ok(case.manager.get("/v1/me/shared"))["items"]
    assert (whole["position_title"], whole["by_name"], "application" in whole) == ("Engineer", "Test recruiter", False)
    assert one["application"] == case.application.rpartition("/")[2]
    assert (one["candidate_name"], one["candidate"], one["position"]) == ("Jan Novák", str(case.person), case.position)
    ok(case.house.recruiter.delete(f"/v1/candidates/{case.person}"), 204)
    assert [item["position"] for item in ok(case.manager.get("/v1/me/shared"))["items"]] == [case.position]


def test_the_pages_of_what_was_shared_and_of_who_applied_show_each_once(case: Case) -> None:
    people = [case.house.candidate(f"Person {n}") for n in range(4)]
    made = [application_of(case.house, person, case.position) for person in people]
    for application in made:
        ok(case.house.recruiter.put(f"{application}/shares/{case.user}"), 204)
    case.share("position")
    for path in ("/v1/me/shared", f"/v1/positions/{case.position}/applications"):
        whole = ok(case.manager.get(path, params={"limit": 200}))
        assert "next" not in whole
        paged, cursor = [], None
        while True:
            page = ok(case.manager.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {})))
            paged += page["items"]
            cursor = page.get("next")
            if cursor is None:
                break
        assert paged == whole["items"]
        assert len(paged) == 5
    listed = ok(case.manager.get(f"/v1/positions/{case.position}/applications"))["items"]
    assert [each["candidate_name"] for each in listed] == ["Person 3", "Person 2", "Person 1", "Person 0", "Jan Novák"]
    assert ok(case.house.recruiter.get(f"/v1/positions/{case.position}/applications"))["items"] == listed


def test_a_cursor_opens_nothing_after_the_position_was_taken_back(case: Case) -> None:
    application_of(case.house, case.house.candidate("Another"), case.position)
    case.share("position")
    path = f"/v1/positions/{case.position}/applications"
    cursor = ok(case.manager.get(path, params={"limit": 1}))["next"]
    case.unshare("position")
    problem(case.manager.get(path, params={"limit": 1, "cursor": cursor}), 404)


def test_whom_one_can_share_with_are_the_active_hiring_managers(house: Installation) -> None:
    name = uuid.uuid4().hex[:8]
    manager, _ = house.add_user(Role.HIRING_MANAGER, f"{name}@example.com")
    house.add_user(Role.RECRUITER, f"{name}-recruiter@example.com")

    def found(typed: str) -> list[dict[str, str]]:
        listed: list[dict[str, str]] = ok(house.recruiter.get("/v1/hiring-managers", params={"q": typed}))
        return listed

    assert found(name[:5].upper()) == [{"id": str(manager), "name": name, "email": f"{name}@example.com"}]
    assert found("%") == []
    ok(house.administrator.patch(f"/v1/users/{manager}", json={"active": False}))
    assert found(name) == []
