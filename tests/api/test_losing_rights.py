"""A right that is lost is gone with the very next request, on every surface, notices included."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from records.database import session
from records.models import Role
from records.repositories import users
from tests.api.answers import ok, problem
from tests.api.traces import revoke_share, share
from tests.installation import Installation
from tests.records.meeting import await_a_wait


@dataclass(frozen=True, slots=True)
class Seen:
    """A person whom one hiring manager sees through one pool and has a notice of."""

    world: Installation
    pool: uuid.UUID
    candidate: uuid.UUID
    notice: str

    @property
    def manager(self) -> TestClient:
        """The one who sees."""
        return self.world.manager

    def is_visible(self) -> None:
        """Everything that the right gives, given."""
        assert ok(self.manager.get(f"/v1/candidates/{self.candidate}"))["access"] == "view"
        assert self.folder() == [str(self.candidate)]
        bell = ok(self.manager.get("/v1/notifications"))
        assert (bell["unseen"], [notice["id"] for notice in bell["items"]]) == (1, [self.notice])
        people = ok(self.manager.get(f"/v1/notifications/{self.notice}/candidates"))["items"]
        assert [person["id"] for person in people] == [str(self.candidate)]

    def is_gone(self) -> None:
        """Nothing of the person left, and the bell silent about them."""
        unknown = self.manager.get(f"/v1/candidates/{uuid.uuid4()}")
        answer = self.manager.get(f"/v1/candidates/{self.candidate}")
        assert (answer.status_code, answer.content) == (404, unknown.content)
        problem(self.manager.patch(f"/v1/candidates/{self.candidate}", json={"headline": "x"}), 404)
        problem(self.manager.post(f"/v1/candidates/{self.candidate}/want", json={}), 404)
        problem(self.manager.post(f"/v1/candidates/{self.candidate}/done", json={}), 404)
        bell = ok(self.manager.get("/v1/notifications"))
        assert (bell["unseen"], bell["items"]) == (0, [])
        problem(self.manager.get(f"/v1/notifications/{self.notice}/candidates"), 404)
        problem(self.manager.post(f"/v1/notifications/{self.notice}/read"), 404)
        problem(self.manager.post(f"/v1/notifications/{self.notice}/done"), 404)

    def folder(self) -> list[str]:
        """Who is in the pool, for the manager."""
        items = ok(self.manager.get(f"/v1/pools/{self.pool}/candidates"))["items"]
        return [item["id"] for item in items]


@pytest.fixture
def seen(world: Installation) -> Seen:
    """The right, held."""
    world.skills("Java")
    world.tag("Brno", "location")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    candidate = world.candidate("Somebody", ["Java"], locations=["Brno"])
    world.settle()
    (notice,) = world.bell()
    held = Seen(world, pool, candidate, notice["id"])
    held.is_visible()
    return held


def test_without_tracking_nothing_is_seen(seen: Seen) -> None:
    manager = seen.world.id_of(Role.HIRING_MANAGER)
    ok(seen.world.administrator.delete(f"/v1/users/{manager}/tracking/{seen.pool}"), 204)
    seen.is_gone()
    problem(seen.manager.get(f"/v1/pools/{seen.pool}"), 404)
    problem(seen.manager.get(f"/v1/pools/{seen.pool}/candidates"), 404)
    assert ok(seen.manager.get("/v1/pools"))["items"] == []
    seen.world.track(seen.pool)
    seen.is_visible()


def test_tracking_of_a_pool_above_ends_with_it(seen: Seen) -> None:
    manager = seen.world.id_of(Role.HIRING_MANAGER)
    below = seen.world.pool("Brno", {"locations": {"any": ["Brno"]}}, parent=seen.pool)
    seen.world.settle()
    assert ok(seen.manager.get(f"/v1/pools/{below}"))["people"] == 1
    ok(seen.world.administrator.delete(f"/v1/users/{manager}/tracking/{seen.pool}"), 204)
    problem(seen.manager.get(f"/v1/pools/{below}"), 404)
    seen.is_gone()


def test_a_person_who_left_the_pool_is_not_seen(seen: Seen) -> None:
    ok(seen.world.recruiter.delete(f"/v1/candidates/{seen.candidate}/tags/java"), 204)
    seen.world.settle()
    seen.is_gone()
    assert seen.folder() == []


def test_a_deleted_person_is_not_seen_even_before_the_worker_knows(seen: Seen) -> None:
    ok(seen.world.recruiter.delete(f"/v1/candidates/{seen.candidate}"), 204)
    seen.is_gone()
    assert seen.folder() == []
    assert seen.world.found({}) == set()
    assert ok(seen.manager.get(f"/v1/pools/{seen.pool}"))["people"] == 0
    problem(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}"), 404)
    seen.world.settle()
    seen.is_gone()


def test_a_deleted_pool_shows_nobody_even_before_the_worker_knows(seen: Seen) -> None:
    ok(seen.world.recruiter.delete(f"/v1/pools/{seen.pool}"), 204)
    seen.is_gone()
    problem(seen.manager.get(f"/v1/pools/{seen.pool}/candidates"), 404)
    problem(seen.world.recruiter.get(f"/v1/pools/{seen.pool}/candidates"), 404)
    assert ok(seen.world.recruiter.get("/v1/pools"))["items"] == []
    assert ok(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}/pools")) == []
    seen.world.settle()
    seen.is_gone()


def test_a_pool_that_asks_otherwise_shows_its_new_people_only(seen: Seen) -> None:
    seen.world.skills("Rust")
    other = seen.world.candidate("Other", ["Rust"])
    seen.world.settle()
    ok(seen.world.recruiter.patch(f"/v1/pools/{seen.pool}", json={"criteria": {"tags": {"any": ["Rust"]}}}))
    seen.world.settle()
    seen.is_gone()
    assert seen.folder() == [str(other)]


@pytest.mark.parametrize("body", [{"active": False}, {"role": "analyst"}])
def test_a_user_who_is_deactivated_or_becomes_an_analyst_sees_nobody(seen: Seen, body: dict[str, object]) -> None:
    manager = seen.world.id_of(Role.HIRING_MANAGER)
    ok(seen.world.administrator.patch(f"/v1/users/{manager}", json=body))
    refused = 401 if "active" in body else 403
    problem(seen.manager.get(f"/v1/candidates/{seen.candidate}"), refused)
    problem(seen.manager.get("/v1/pools"), refused)
    problem(seen.manager.get(f"/v1/pools/{seen.pool}/candidates"), refused)
    if refused == 401:
        problem(seen.manager.get("/v1/notifications"), 401)
        problem(seen.manager.get("/v1/me"), 401)
    else:
        assert ok(seen.manager.get("/v1/notifications"))["items"] == []


def test_a_revoked_token_opens_nothing_and_another_one_still_does(seen: Seen) -> None:
    manager = seen.world.id_of(Role.HIRING_MANAGER)
    other = ok(seen.world.administrator.post(f"/v1/users/{manager}/tokens", json={"name": "second"}), 201)
    client = seen.world.anonymous
    client.headers["Authorization"] = f"Bearer {other['token']}"
    assert ok(client.get("/v1/me"))["id"] == str(manager)
    ok(seen.world.administrator.delete(f"/v1/users/{manager}/tokens/{other['id']}"), 204)
    problem(client.get("/v1/me"), 401)
    problem(client.get(f"/v1/candidates/{seen.candidate}"), 401)
    problem(seen.world.administrator.delete(f"/v1/users/{manager}/tokens/{other['id']}"), 404)
    seen.is_visible()


def test_a_token_is_revoked_only_of_the_user_it_belongs_to(seen: Seen) -> None:
    administrator, manager = seen.world.id_of(Role.ADMINISTRATOR), seen.world.id_of(Role.HIRING_MANAGER)
    token = ok(seen.world.administrator.post(f"/v1/users/{manager}/tokens", json={"name": "x"}), 201)["id"]
    problem(seen.world.administrator.delete(f"/v1/users/{administrator}/tokens/{token}"), 404)
    ok(seen.world.administrator.delete(f"/v1/users/{manager}/tokens/{token}"), 204)


@pytest.mark.parametrize("whole", [True, False])
def test_a_revoked_share_leaves_what_the_pool_gives_and_without_it_nothing(seen: Seen, whole: bool) -> None:
    manager, recruiter = seen.world.id_of(Role.HIRING_MANAGER), seen.world.recruiter
    position = uuid.UUID(ok(recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"])
    path = f"/v1/candidates/{seen.candidate}"
    application = uuid.UUID(ok(recruiter.post(f"{path}/applications", json={"position": str(position)}), 201)["id"])
    given = share(manager, position=position) if whole else share(manager, application=application)
    assert ok(seen.manager.get(path))["access"] == "owner"
    etag = seen.manager.get(path).headers["etag"]
    revoke_share(given)
    view = ok(seen.manager.get(path))
    assert view["access"] == "view"
    assert "applications" not in view
    problem(seen.manager.patch(path, json={"headline": "x"}, headers={"If-Match": etag}), 403)
    problem(seen.manager.get(f"/v1/positions/{position}"), 404)
    ok(seen.world.administrator.delete(f"/v1/users/{manager}/tracking/{seen.pool}"), 204)
    seen.is_gone()


def test_a_recruiter_who_becomes_a_hiring_manager_keeps_no_right_they_gave_themselves(seen: Seen) -> None:
    """Tracking gave a recruiter no right, so they set it themselves; nobody ever decided that they may see these."""
    recruiter = seen.world.id_of(Role.RECRUITER)
    ok(seen.world.recruiter.put(f"/v1/users/{recruiter}/tracking/{seen.pool}"), 204)
    ok(seen.world.administrator.patch(f"/v1/users/{recruiter}", json={"role": "hiring_manager"}))
    problem(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}"), 404)
    assert ok(seen.world.recruiter.get("/v1/pools"))["items"] == []
    assert ok(seen.world.recruiter.get(f"/v1/users/{recruiter}/tracking")) == []


def test_what_an_administrator_let_a_recruiter_track_stays_when_they_become_a_hiring_manager(seen: Seen) -> None:
    seen.world.track(seen.pool, Role.RECRUITER)
    recruiter = seen.world.id_of(Role.RECRUITER)
    ok(seen.world.administrator.patch(f"/v1/users/{recruiter}", json={"role": "hiring_manager"}))
    assert ok(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}"))["access"] == "view"


def test_a_recruiter_who_becomes_a_hiring_manager_keeps_no_folder_that_is_called_like_an_internal_tag(
    seen: Seen,
) -> None:
    world, recruiter = seen.world, seen.world.id_of(Role.RECRUITER)
    world.tag("Do not hire", "internal", key="dnh")
    person = world.candidate("Jan", ["dnh"])
    ok(world.administrator.post(f"/v1/users/{recruiter}/tracking", json={"tags": ["dnh"], "pools": [str(seen.pool)]}))
    world.settle()
    for role in ("recruiter", "analyst", "hiring_manager"):
        ok(world.administrator.patch(f"/v1/users/{recruiter}", json={"role": role}))
    assert [each["pool"] for each in ok(world.recruiter.get(f"/v1/users/{recruiter}/tracking"))] == [str(seen.pool)]
    problem(world.recruiter.get(f"/v1/candidates/{person}"), 404)
    assert "Do not hire" not in [pool["name"] for pool in ok(world.recruiter.get("/v1/pools"))["items"]]


def test_a_recruiter_who_becomes_a_hiring_manager_reads_no_request_any_more(seen: Seen) -> None:
    ok(seen.manager.post(f"/v1/candidates/{seen.candidate}/want", json={"remark": "Please"}), 202)
    assert [notice["kind"] for notice in seen.world.bell(Role.RECRUITER)] == ["wanted"]
    recruiter = seen.world.id_of(Role.RECRUITER)
    ok(seen.world.administrator.patch(f"/v1/users/{recruiter}", json={"role": "hiring_manager"}))
    assert seen.world.bell(Role.RECRUITER) == []


def test_an_administrators_decision_counts_though_the_recruiter_tracked_first(seen: Seen) -> None:
    recruiter = seen.world.id_of(Role.RECRUITER)
    ok(seen.world.recruiter.put(f"/v1/users/{recruiter}/tracking/{seen.pool}"), 204)
    seen.world.track(seen.pool, Role.RECRUITER)
    # Doing it again themselves takes nothing away from it.
    ok(seen.world.recruiter.put(f"/v1/users/{recruiter}/tracking/{seen.pool}"), 204)
    ok(seen.world.administrator.patch(f"/v1/users/{recruiter}", json={"role": "hiring_manager"}))
    assert ok(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}"))["access"] == "view"


def test_whoever_loses_their_role_meanwhile_gives_themselves_nothing(seen: Seen) -> None:
    """The request was let in with the old role, and waits while an administrator changes it."""
    recruiter = seen.world.id_of(Role.RECRUITER)
    answers: list[Response] = []

    def ask() -> None:
        answers.append(seen.world.recruiter.put(f"/v1/users/{recruiter}/tracking/{seen.pool}"))

    asking = threading.Thread(target=ask)
    with session() as db:
        users.lock(db, recruiter).role = Role.HIRING_MANAGER.value
        db.flush()
        asking.start()
        await_a_wait()
        db.commit()
    asking.join()
    problem(answers[0], 403)
    problem(seen.world.recruiter.get(f"/v1/candidates/{seen.candidate}"), 404)


def test_an_analyst_reads_no_names_of_pools_they_once_tracked(seen: Seen) -> None:
    manager = seen.world.id_of(Role.HIRING_MANAGER)
    ok(seen.world.administrator.patch(f"/v1/users/{manager}", json={"role": "analyst"}))
    problem(seen.manager.get(f"/v1/users/{manager}/tracking"), 403)


def test_a_request_repeated_after_a_deletion_is_answered_as_about_somebody_unknown(seen: Seen) -> None:
    key = {"Idempotency-Key": "again"}
    ok(seen.manager.post(f"/v1/candidates/{seen.candidate}/want", json={}, headers=key), 202)
    ok(seen.world.recruiter.delete(f"/v1/candidates/{seen.candidate}"), 204)
    unknown = seen.manager.post(f"/v1/candidates/{uuid.uuid4()}/want", json={}, headers=key)
    for body in ({}, {"remark": "Another"}):
        answer = seen.manager.post(f"/v1/candidates/{seen.candidate}/want", json=body, headers=key)
        assert (answer.status_code, answer.content) == (404, unknown.content)
