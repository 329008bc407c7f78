""" "I want this person" until it is answered: listed for who asked and for who was asked, and answered by sharing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest

from records.models import Role
from tests.api.answers import ok, places, problem
from tests.api.test_applications import application_of, position_of
from tests.api.traces import set_role
from tests.installation import Installation


@dataclass(frozen=True, slots=True)
class Asked:
    """A manager asked the recruiter for a person they see through a pool."""

    world: Installation
    person: uuid.UUID
    notice: str

    def of_me(self) -> list[Any]:
        """What waits for the recruiter."""
        found: list[Any] = ok(self.world.recruiter.get("/v1/me/requests"))
        return found

    def by_me(self) -> list[Any]:
        """What the manager waits for."""
        found: list[Any] = ok(self.world.manager.get("/v1/me/requests"))
        return found

    def answers(self) -> Any:
        """What the recruiter could answer."""
        return ok(self.world.recruiter.get(f"/v1/notifications/{self.notice}/answers"))

    def share(self, application: str) -> Any:
        """The answer."""
        body = {"application": application.rpartition("/")[2]}
        return self.world.recruiter.post(f"/v1/notifications/{self.notice}/share", json=body)


@pytest.fixture
def asked(world: Installation) -> Asked:
    """The question."""
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    person = world.candidate("Jana", ["Java"])
    world.settle()
    world.track(pool)
    ok(world.manager.post(f"/v1/candidates/{person}/want", json={"remark": "Soon?"}), 202)
    return Asked(world, person, world.bell(Role.RECRUITER)[0]["id"])


def test_it_waits_for_who_asked_and_for_who_was_asked(asked: Asked) -> None:
    ok(asked.world.manager.post(f"/v1/candidates/{asked.person}/want", json={"remark": "Please!"}), 202)
    (mine,) = asked.by_me()
    assert (mine["candidate"], mine["remark"]) == ({"id": str(asked.person), "name": "Jana"}, "Please!")
    assert "notice" not in mine
    assert "asker" not in mine
    (theirs,) = asked.of_me()
    assert (theirs["candidate"]["name"], theirs["asker"]["name"]) == ("Jana", "Test hiring_manager")
    assert theirs["notice"] == asked.world.bell(Role.RECRUITER)[0]["id"]
    assert ok(asked.world.administrator.get("/v1/me/requests")) == []


def test_it_is_answered_by_sharing_an_application_and_waits_no_longer(asked: Asked) -> None:
    application = application_of(asked.world, asked.person, position_of(asked.world, "Engineer"))
    answers = asked.answers()
    assert [(each["position"], each["given"]) for each in answers["applications"]] == [("Engineer", False)]
    ok(asked.share(application), 204)
    assert ok(asked.world.manager.get(f"/v1/candidates/{asked.person}"))["access"] == "owner"
    assert (asked.by_me(), asked.of_me()) == ([], [])
    notice = next(each for each in asked.world.bell(Role.RECRUITER) if each["id"] == asked.notice)
    assert notice["done"]
    ok(asked.share(application), 204)
    assert asked.answers()["applications"][0]["given"]


def test_nothing_but_an_open_application_of_this_person_is_an_answer(asked: Asked) -> None:
    position = position_of(asked.world, "Engineer")
    assert asked.answers()["applications"] == []
    another = application_of(asked.world, asked.world.candidate("Another"), position)
    assert places(asked.share(another), 422) == ["body.application"]
    ended = application_of(asked.world, asked.person, position)
    reason = {"name": "Salary", "said_by": "us"}
    ok(asked.world.administrator.post("/v1/rejection-reasons", json=reason), 201)
    ok(asked.world.recruiter.put(f"{ended}/rejection", json={"reason": "salary"}))
    assert asked.answers()["applications"] == []
    assert places(asked.share(ended), 422) == ["body.application"]
    assert len(asked.by_me()) == 1


def test_a_notice_of_somebody_else_or_of_another_kind_answers_nobody(asked: Asked) -> None:
    application = application_of(asked.world, asked.person, position_of(asked.world, "Engineer")).rpartition("/")[2]
    path = f"/v1/notifications/{asked.notice}"
    problem(asked.world.administrator.get(f"{path}/answers"), 404)
    problem(asked.world.administrator.post(f"{path}/share", json={"application": application}), 404)
    problem(asked.world.manager.post(f"{path}/share", json={"application": application}), 403)
    ok(asked.world.manager.post(f"/v1/candidates/{asked.person}/done", json={}), 202)
    done = asked.world.bell(Role.RECRUITER)[0]["id"]
    problem(asked.world.recruiter.get(f"/v1/notifications/{done}/answers"), 409)
    assert asked.by_me() == []


def test_who_is_no_hiring_manager_any_more_is_given_nothing_and_waits_for_nothing(asked: Asked) -> None:
    application = application_of(asked.world, asked.person, position_of(asked.world, "Engineer"))
    set_role(asked.world, asked.world.id_of(Role.HIRING_MANAGER), Role.ANALYST)
    assert asked.of_me() == []
    assert not asked.answers()["able"]
    problem(asked.share(application), 409)


def test_a_request_for_somebody_who_left_the_pool_is_not_told_to_who_asked(asked: Asked) -> None:
    ok(asked.world.recruiter.delete(f"/v1/candidates/{asked.person}/tags/java"), 204)
    asked.world.settle()
    assert asked.by_me() == []
    assert len(asked.of_me()) == 1


def test_my_positions_are_those_i_opened_that_are_open(asked: Asked) -> None:
    position = position_of(asked.world, "Engineer")
    application_of(asked.world, asked.person, position)
    closed = position_of(asked.world, "Closed")
    ok(asked.world.recruiter.patch(f"/v1/positions/{closed}", json={"status": "closed"}))
    mine = ok(asked.world.recruiter.get("/v1/me/positions"))
    assert [(each["title"], each["open"]) for each in mine] == [("Engineer", 1)]
    assert ok(asked.world.administrator.get("/v1/me/positions")) == []
