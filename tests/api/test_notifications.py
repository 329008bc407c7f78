"""The bell: unseen, read and done are three things; requests reach whoever answers for the pool."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from records.models import Role
from tests.api.answers import ok, problem
from tests.api.walking import walked
from tests.installation import Installation


@pytest.fixture
def pool(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks."""
    world.skills("Java", "Rust")
    made = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(made)
    return made


def arrive(world: Installation, count: int = 1) -> list[str]:
    """People come into the pool, one after the other."""
    ids = []
    for number in range(count):
        ids.append(str(world.candidate(f"Person {number}", ["Java"])))
        world.settle()
    return ids


def bell(world: Installation, **params: Any) -> dict[str, Any]:
    """The manager's bell."""
    answer: dict[str, Any] = ok(world.manager.get("/v1/notifications", params=params))
    return answer


def marks(notice: dict[str, Any]) -> tuple[bool, bool, bool]:
    """Seen, read, done."""
    return notice["seen"], notice["read"], notice["done"]


def one(world: Installation) -> dict[str, Any]:
    """The only notice."""
    (notice,) = bell(world)["items"]
    assert isinstance(notice, dict)
    return notice


def test_a_notice_tells_who_came_and_where(world: Installation, pool: uuid.UUID) -> None:
    (person,) = arrive(world)
    notice = one(world)
    assert notice["kind"] == "match"
    assert notice["candidate"] == {"id": person, "name": "Person 0"}
    assert notice["pools"] == [{"id": str(pool), "name": "Java"}]
    assert (notice["people"], marks(notice), bell(world)["unseen"]) == (1, (False, False, False), 1)


def test_seen_is_not_read_and_read_is_not_done(world: Installation, pool: uuid.UUID) -> None:
    arrive(world)
    path = f"/v1/notifications/{one(world)['id']}"
    assert ok(world.manager.post("/v1/notifications/seen", json={"up_to": one(world)["seq"]})) == {"unseen": 0}
    assert marks(one(world)) == (True, False, False)
    ok(world.manager.post(f"{path}/read"), 204)
    assert marks(one(world)) == (True, True, False)
    ok(world.manager.post(f"{path}/done"), 204)
    assert marks(one(world)) == (True, True, True)


@pytest.mark.parametrize(("mark", "expected"), [("read", (True, True, False)), ("done", (True, True, True))])
def test_what_is_read_is_seen_and_what_is_done_is_read(
    world: Installation, pool: uuid.UUID, mark: str, expected: tuple[bool, bool, bool]
) -> None:
    arrive(world)
    ok(world.manager.post(f"/v1/notifications/{one(world)['id']}/{mark}"), 204)
    assert (marks(one(world)), bell(world)["unseen"]) == (expected, 0)


@pytest.mark.parametrize("mark", ["read", "done"])
def test_marking_twice_changes_nothing(world: Installation, pool: uuid.UUID, mark: str) -> None:
    arrive(world)
    path = f"/v1/notifications/{one(world)['id']}/{mark}"
    ok(world.manager.post(path), 204)
    first = one(world)
    ok(world.manager.post(path), 204)
    assert one(world) == first


def test_seen_reaches_up_to_where_the_bell_was_looked_at_and_no_further(world: Installation, pool: uuid.UUID) -> None:
    arrive(world, 3)
    newest, middle, oldest = (notice["id"] for notice in bell(world)["items"])
    up_to = bell(world)["items"][1]["seq"]
    assert ok(world.manager.post("/v1/notifications/seen", json={"up_to": up_to})) == {"unseen": 1}
    assert [notice["id"] for notice in bell(world, unseen=True)["items"]] == [newest]
    assert {notice["id"]: notice["seen"] for notice in bell(world)["items"]} == {
        newest: False,
        middle: True,
        oldest: True,
    }
    assert ok(world.manager.post("/v1/notifications/seen", json={"up_to": 0})) == {"unseen": 1}


def test_reading_a_notice_does_not_move_it(world: Installation, pool: uuid.UUID) -> None:
    arrive(world, 3)
    order = [notice["id"] for notice in bell(world)["items"]]
    for mark in ("read", "done"):
        ok(world.manager.post(f"/v1/notifications/{order[-1]}/{mark}"), 204)
        assert [notice["id"] for notice in bell(world)["items"]] == order


@pytest.mark.parametrize("limit", [1, 2, 200])
def test_the_bell_is_walked_without_gap_or_repeat_while_it_is_read(
    world: Installation, pool: uuid.UUID, limit: int
) -> None:
    people = arrive(world, 5)
    rows = walked(world.manager, "/v1/notifications", limit)
    assert [row["candidate"]["id"] for row in rows] == people[::-1]
    page, seen = bell(world, limit=2), []
    while True:
        seen += [row["id"] for row in page["items"]]
        for row in rows:
            ok(world.manager.post(f"/v1/notifications/{row['id']}/read"), 204)
        if "next" not in page:
            break
        page = bell(world, limit=2, cursor=page["next"])
    assert seen == [row["id"] for row in rows]


def test_the_unseen_are_walked_too(world: Installation, pool: uuid.UUID) -> None:
    arrive(world, 4)
    first = bell(world)["items"][0]["id"]
    ok(world.manager.post(f"/v1/notifications/{first}/read"), 204)
    rows = walked(world.manager, "/v1/notifications", 1, unseen=True)
    assert len(rows) == 3
    assert first not in [row["id"] for row in rows]


def test_somebody_elses_notice_is_no_notice(world: Installation, pool: uuid.UUID) -> None:
    world.track(pool, Role.ADMINISTRATOR)
    arrive(world)
    theirs = one(world)["id"]
    for answer in (
        world.administrator.post(f"/v1/notifications/{theirs}/read"),
        world.administrator.post(f"/v1/notifications/{theirs}/done"),
        world.administrator.get(f"/v1/notifications/{theirs}/candidates"),
        world.manager.get(f"/v1/notifications/{uuid.uuid4()}/candidates"),
    ):
        problem(answer, 404)
    ok(world.administrator.post("/v1/notifications/seen", json={"up_to": 2**62}))
    assert bell(world)["unseen"] == 1


def test_a_person_who_leaves_takes_their_notice_along_and_brings_a_new_one_back(
    world: Installation, pool: uuid.UUID
) -> None:
    (person,) = arrive(world)
    first = one(world)["id"]
    ok(world.recruiter.delete(f"/v1/candidates/{person}/tags/java"), 204)
    world.settle()
    assert (bell(world)["items"], bell(world)["unseen"]) == ([], 0)
    problem(world.manager.post(f"/v1/notifications/{first}/read"), 404)
    ok(world.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": ["Java"]}))
    world.settle()
    again = one(world)
    assert (again["candidate"]["id"], again["id"] != first, again["seen"]) == (person, True, False)


def test_an_edit_of_somebody_who_stays_says_nothing(world: Installation, pool: uuid.UUID) -> None:
    (person,) = arrive(world)
    before = one(world)
    ok(world.recruiter.patch(f"/v1/candidates/{person}", json={"headline": "Other"}))
    ok(world.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": ["Rust"]}))
    world.settle()
    assert one(world) == before


def test_a_batch_is_one_summary_that_grows_and_names_its_people(world: Installation, pool: uuid.UUID) -> None:
    people = [{"name": f"Person {n}", "tags": ["Java"]} for n in range(5)] + [{"name": "Outside", "tags": ["Rust"]}]
    body: dict[str, Any] = {"name": "Fair", "candidates": people}
    made = ok(world.recruiter.post("/v1/candidates/bulk", json=body), 201)
    world.settle()
    summary = one(world)
    assert (summary["kind"], summary["people"], bell(world)["unseen"]) == ("summary", 5, 1)
    assert "candidate" not in summary
    path = f"/v1/notifications/{summary['id']}"
    assert {row["id"] for row in walked(world.manager, f"{path}/candidates", 2)} == set(made["ids"][:5])
    ok(world.manager.post(f"{path}/done"), 204)
    ok(world.recruiter.post("/v1/candidates/bulk", json=body | {"batch": {"id": made["id"]}}), 201)
    world.settle()
    grown = one(world)
    assert (grown["id"], grown["people"], marks(grown)) == (summary["id"], 10, (False, False, False))


def test_a_silent_batch_says_nothing_and_fills_the_folder(world: Installation, pool: uuid.UUID) -> None:
    body = {"name": "Fair", "notices": "silent", "candidates": [{"name": "A", "tags": ["Java"]}]}
    made = ok(world.recruiter.post("/v1/candidates/bulk", json=body), 201)
    world.settle()
    assert bell(world)["items"] == []
    assert world.members(pool) == {uuid.UUID(made["ids"][0])}


# -- "I want this person", "done" --


@pytest.mark.parametrize(("action", "kind"), [("want", "wanted"), ("done", "done")])
def test_a_request_rings_the_maker_of_the_pool_with_the_remark(
    world: Installation, pool: uuid.UUID, action: str, kind: str
) -> None:
    (person,) = arrive(world)
    body = {"remark": "Please, today"}
    assert ok(world.manager.post(f"/v1/candidates/{person}/{action}", json=body), 202) == {"told": True}
    (notice,) = world.bell(Role.RECRUITER)
    assert (notice["kind"], notice["remark"], notice["actor"]) == (kind, "Please, today", "Test hiring_manager")
    assert notice["candidate"] == {"id": person, "name": "Person 0"}
    named = ok(world.recruiter.get(f"/v1/notifications/{notice['id']}/candidates"))["items"]
    assert named == [notice["candidate"]]
    assert notice["people"] == 1
    assert world.bell(Role.ADMINISTRATOR) == []


def test_a_request_changes_nothing_of_the_person(world: Installation, pool: uuid.UUID) -> None:
    (person,) = arrive(world)
    before = world.recruiter.get(f"/v1/candidates/{person}").content
    for action in ("want", "done"):
        ok(world.manager.post(f"/v1/candidates/{person}/{action}", json={}), 202)
    assert world.recruiter.get(f"/v1/candidates/{person}").content == before


def test_asking_again_rings_again(world: Installation, pool: uuid.UUID) -> None:
    (person,) = arrive(world)
    for _ in range(2):
        ok(world.manager.post(f"/v1/candidates/{person}/want", json={}), 202)
    assert len(world.bell(Role.RECRUITER)) == 2


@pytest.mark.parametrize("body", [{"active": False}, {"role": "hiring_manager"}])
def test_for_a_maker_who_is_gone_the_administrators_are_asked(
    world: Installation, pool: uuid.UUID, body: dict[str, object]
) -> None:
    (person,) = arrive(world)
    ok(world.administrator.patch(f"/v1/users/{world.id_of(Role.RECRUITER)}", json=body))
    ok(world.manager.post(f"/v1/candidates/{person}/want", json={}), 202)
    assert [notice["kind"] for notice in world.bell(Role.ADMINISTRATOR)] == ["wanted"]


def test_makers_of_several_pools_are_each_asked_once(world: Installation, pool: uuid.UUID) -> None:
    body = {"name": "Also Java", "criteria": {"tags": {"any": ["Java"]}}}
    other = uuid.UUID(ok(world.administrator.post("/v1/pools", json=body), 201)["id"])
    same = world.pool("Java again", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(other)
    world.track(same)
    (person,) = arrive(world)
    ok(world.manager.post(f"/v1/candidates/{person}/want", json={}), 202)
    assert len(world.bell(Role.ADMINISTRATOR)) == len(world.bell(Role.RECRUITER)) == 1


def test_a_request_about_somebody_deleted_since_tells_of_nobody(world: Installation, pool: uuid.UUID) -> None:
    (person,) = arrive(world)
    ok(world.manager.post(f"/v1/candidates/{person}/want", json={"remark": "About a person"}), 202)
    ok(world.recruiter.delete(f"/v1/candidates/{person}"), 204)
    assert world.bell(Role.RECRUITER) == []
    assert ok(world.recruiter.get("/v1/notifications"))["unseen"] == 0


def shared_application(world: Installation) -> tuple[uuid.UUID, str]:
    """Somebody's application for a position: the person, and its address for sharing with the hiring manager."""
    person = world.candidate("Shared Testová")
    position = world.recruiter.post("/v1/positions", json={"title": "Tester"}).json()["id"]
    answer = world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position})
    assert answer.status_code == 201, answer.text
    return person, f"/v1/applications/{answer.json()['id']}/shares/{world.id_of(Role.HIRING_MANAGER)}"


def test_whoever_is_given_somebody_hears_of_it_once_and_no_more_once_it_is_taken_back(world: Installation) -> None:
    person, address = shared_application(world)
    assert world.recruiter.put(address).status_code == 204
    assert world.recruiter.put(address).status_code == 204
    (notice,) = world.bell()
    assert (notice["kind"], notice["candidate"]["id"], notice["actor"]) == ("shared", str(person), "Test recruiter")
    people = world.manager.get(f"/v1/notifications/{notice['id']}/candidates").json()["items"]
    assert [each["id"] for each in people] == [str(person)]
    assert world.recruiter.delete(address).status_code == 204
    assert world.bell() == []
    assert world.manager.get(f"/v1/notifications/{notice['id']}/candidates").status_code == 404
    assert world.manager.get("/v1/notifications").json()["unseen"] == 0


def test_a_position_that_is_shared_is_named(world: Installation) -> None:
    position = world.recruiter.post("/v1/positions", json={"title": "Tester"}).json()["id"]
    address = f"/v1/positions/{position}/shares/{world.id_of(Role.HIRING_MANAGER)}"
    assert world.recruiter.put(address).status_code == 204
    (notice,) = world.bell()
    assert (notice["kind"], notice["people"], notice["position"]) == (
        "shared",
        0,
        {"id": position, "title": "Tester"},
    )
