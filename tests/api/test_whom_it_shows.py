"""Whom a pool shows to those who track it: decided in the open, and never wider than what is live."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import update

from records.database import session
from records.models import Notification, RejectionReason, Role
from records.repositories.notices import MOST_UNSEEN
from tests.api.answers import ok, places, problem
from tests.api.test_applications import application_of, position_of
from tests.installation import Installation

JAVA = {"tags": {"any": ["Java"]}}
RUST = {"tags": {"any": ["Rust"]}}


@pytest.fixture
def java(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks."""
    world.skills("Java", "Rust")
    made = world.pool("Java", JAVA)
    world.settle()
    world.track(made)
    return made


# -- what is not live yet --


def test_a_pool_moved_below_a_tracked_one_shows_its_people_only_once_they_match_that_one(
    world: Installation, java: uuid.UUID
) -> None:
    rust = world.pool("Rust", RUST)
    person, both = world.candidate("Rust alone", ["Rust"]), world.candidate("Both", ["Rust", "Java"])
    world.settle()
    hidden = f"/v1/candidates/{person}"
    problem(world.manager.get(hidden), 404)
    bell = world.bell()

    ok(world.recruiter.patch(f"/v1/pools/{rust}", json={"parent": str(java)}))
    problem(world.manager.get(hidden), 404)
    problem(world.manager.get(f"/v1/pools/{rust}"), 404)
    problem(world.manager.get(f"/v1/pools/{rust}/candidates"), 404)
    assert [pool["id"] for pool in ok(world.manager.get("/v1/pools"))["items"]] == [str(java)]
    assert world.bell() == bell

    world.settle()
    problem(world.manager.get(hidden), 404)
    members = ok(world.manager.get(f"/v1/pools/{rust}/candidates"))["items"]
    assert [member["id"] for member in members] == [str(both)]
    assert world.bell() == bell


def test_a_pool_moved_away_from_a_tracked_one_shows_nobody_from_then_on(world: Installation, java: uuid.UUID) -> None:
    below = world.pool("Below", RUST, parent=java)
    world.candidate("Both", ["Rust", "Java"])
    world.settle()
    assert ok(world.manager.get(f"/v1/pools/{below}"))["people"] == 1
    ok(world.recruiter.patch(f"/v1/pools/{below}", json={"parent": None}))
    problem(world.manager.get(f"/v1/pools/{below}"), 404)
    world.settle()
    problem(world.manager.get(f"/v1/pools/{below}/candidates"), 404)


# -- said first, and written down --


def test_a_preview_says_whom_a_change_would_show_to_how_many(world: Installation, java: uuid.UUID) -> None:
    world.track(java, Role.RECRUITER)  # sees everybody anyway
    for number in range(3):
        world.candidate(f"Rust {number}", ["Rust"])
    world.candidate("Java", ["Java"])
    world.settle()
    wider = {"tags": {"any": ["Java", "Rust"]}}

    def preview(**body: Any) -> Any:
        answer = ok(world.recruiter.post("/v1/pools/preview", json=body))
        return {name: value for name, value in answer.items() if name != "newest"}

    assert preview(criteria=wider, pool=str(java)) == {
        "people": 4,
        "a_week": 1.0,
        "shows": {"colleagues": 1, "people": 3},
    }
    assert preview(criteria=JAVA, pool=str(java)) == {
        "people": 1,
        "a_week": 0.25,
        "shows": {"colleagues": 1, "people": 0},
    }
    assert preview(criteria=RUST, parent=str(java)) == {
        "people": 0,
        "a_week": 0.0,
        "shows": {"colleagues": 1, "people": 0},
    }
    assert preview(criteria=wider) == {"people": 4, "a_week": 1.0, "shows": None}
    unknown = {"criteria": wider, "pool": str(uuid.uuid4())}
    assert places(world.recruiter.post("/v1/pools/preview", json=unknown), 422) == ["body.pool"]


def test_a_preview_names_some_of_the_people(world: Installation, java: uuid.UUID) -> None:
    first, second = world.candidate("First", ["Java"]), world.candidate("Second", ["Java"])
    world.candidate("Other", ["Rust"])
    world.settle()
    named = ok(world.recruiter.post("/v1/pools/preview", json={"criteria": JAVA}))["newest"]
    assert sorted(person["id"] for person in named) == sorted(map(str, (first, second)))
    assert {person["name"] for person in named} == {"First", "Second"}


def test_a_wider_pool_shows_more_to_those_who_track_one_below_it_and_none_to_those_above(
    world: Installation, java: uuid.UUID
) -> None:
    world.tag("Brno", "location")
    middle = world.pool("Middle", RUST, parent=java)
    below = world.pool("Below", {"locations": {"any": ["Brno"]}}, parent=middle)
    for lives in ([], ["Brno"], ["Brno"]):
        world.candidate("Java alone", ["Java"], locations=lives)
    world.settle()
    wider = {"criteria": JAVA, "parent": str(java), "pool": str(middle)}

    def shows() -> Any:
        return ok(world.recruiter.post("/v1/pools/preview", json=wider))["shows"]

    # Whoever tracks the one above sees all three already, whatever else they track.
    world.track(below)
    assert shows() == {"colleagues": 1, "people": 0}
    for tracked, people in ((below, 2), (middle, 3)):
        user, _ = world.add_user(Role.HIRING_MANAGER, f"{people}@example.com")
        ok(world.administrator.put(f"/v1/users/{user}/tracking/{tracked}"), 204)
        assert shows() == {"colleagues": people - 1, "people": people}


def test_a_pool_that_changed_since_it_was_read_is_not_changed_over_it(world: Installation, java: uuid.UUID) -> None:
    path = f"/v1/pools/{java}"
    read = world.recruiter.get(path).headers["ETag"]
    world.candidate("Somebody who comes in changes nothing of what it asks", ["Java"])
    world.settle()
    renamed = world.recruiter.patch(path, json={"name": "Java people"}, headers={"If-Match": read})
    assert ok(renamed)["name"] == "Java people"
    problem(world.administrator.patch(path, json={"criteria": RUST}, headers={"If-Match": read}), 412)
    assert ok(world.recruiter.get(path))["criteria"] == {"tags": {"any": ["java"]}}
    ok(world.administrator.patch(path, json={"criteria": RUST}, headers={"If-Match": renamed.headers["ETag"]}))


def test_a_change_of_what_a_pool_asks_is_written_down_with_who_made_it(world: Installation, java: uuid.UUID) -> None:
    above = world.pool("Above", RUST)
    path = f"/v1/pools/{java}"
    ok(world.administrator.patch(path, json={"criteria": RUST}))
    ok(world.recruiter.patch(path, json={"parent": str(above)}))
    ok(world.recruiter.patch(path, json={"name": "Another name"}))
    moved, changed = ok(world.recruiter.get(f"{path}/changes"))
    assert changed["by_name"] == "Test administrator"
    assert (changed["by"], moved["by"]) == (str(world.id_of(Role.ADMINISTRATOR)), str(world.id_of(Role.RECRUITER)))
    assert changed["before"]["criteria"]["tags"] == {"any": ["java"]}
    assert changed["after"]["criteria"]["tags"] == {"any": ["rust"]}
    assert (moved["before"]["parent"], moved["after"]["parent"]) == (None, str(above))
    for caller in (world.manager, world.analyst):
        problem(caller.get(f"{path}/changes"), 403)
    problem(world.recruiter.get(f"/v1/pools/{uuid.uuid4()}/changes"), 404)


# -- what the reader may not know of --


@pytest.mark.parametrize("notices", ["summary", "silent"])
@pytest.mark.parametrize("what", ["application", "rejection", "note"])
def test_nobody_can_tell_from_the_bell_who_of_an_import_applied(
    world: Installation, java: uuid.UUID, notices: str, what: str
) -> None:
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    reason = {"name": "Salary", "said_by": "us"}
    ok(world.administrator.post("/v1/rejection-reasons", json=reason), 201)
    people = [{"name": f"Person {n}", "tags": ["Java"]} for n in range(4)]
    body = {"name": "Fair", "notices": notices, "candidates": people}
    ids = ok(world.recruiter.post("/v1/candidates/bulk", json=body), 201)["ids"]
    for person in ids[:2]:
        applied = ok(world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)[
            "id"
        ]
        if what == "rejection":
            ok(world.recruiter.put(f"/v1/applications/{applied}/rejection", json={"reason": "salary"}))
        if what == "note":
            ok(world.recruiter.post(f"/v1/applications/{applied}/notes", json={"text": "Called"}), 201)
    world.settle()
    told = [(notice["kind"], notice["people"]) for notice in world.bell()]
    assert told == ([("summary", 4)] if notices == "summary" else [])


def test_nobody_can_tell_from_the_bell_what_happened_elsewhere_beside_their_own_act(world: Installation) -> None:
    """A manager brings a person into a pool they track, while an application they do not know of changes its stage."""
    world.track(world.pool("Baristas", {"text": "espresso"}))
    person = world.candidate("Ada")
    shown, hidden = (application_of(world, person, position_of(world, title)) for title in ("Shown", "Hidden"))
    world.settle()
    manager = world.id_of(Role.HIRING_MANAGER)
    ok(world.recruiter.put(f"{shown}/shares/{manager}"), 204)
    ok(world.recruiter.patch(hidden, json={"stage": "offer"}))
    ok(world.manager.patch(f"/v1/candidates/{person}", json={"headline": "Espresso"}))
    world.settle()
    assert [pool["name"] for pool in ok(world.manager.get(f"/v1/candidates/{person}"))["through"]] == ["Baristas"]
    assert [notice["kind"] for notice in world.bell()] == ["shared"]


def test_a_reason_of_hidden_applications_decides_nothing_of_what_a_reader_is_answered(world: Installation) -> None:
    """Names are told apart sign for sign in older installations, and found however they are spelt."""
    position = position_of(world, "Engineer")
    keys = {}
    for name in ("Salary", "Timing", "Pay"):
        ok(world.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"}), 201)
        keys[name] = next(r["key"] for r in ok(world.recruiter.get("/v1/rejection-reasons")) if r["name"] == name)
    shown, hidden = (application_of(world, world.candidate(name), position) for name in ("Shown", "Hidden"))
    ok(world.recruiter.put(f"{shown}/rejection", json={"reason": keys["Salary"]}))
    ok(world.recruiter.put(f"{hidden}/rejection", json={"reason": keys["Timing"]}))
    ok(world.recruiter.put(f"{shown}/shares/{world.id_of(Role.HIRING_MANAGER)}"), 204)
    world.settle()

    def told(name: str) -> Any:
        asked = {"criteria": {"rejections": {"reasons": [name]}}}
        return [item["name"] for item in ok(world.manager.post("/v1/search", json=asked))["items"]]

    asked = ("SALARY", "salary", "TIMING", "timing", "PAY")
    before = {name: told(name) for name in asked}
    assert before == {"SALARY": ["Shown"], "salary": ["Shown"], "TIMING": [], "timing": [], "PAY": []}
    for twin in ("SALARY", "TIMING"):
        with session() as db:
            db.execute(update(RejectionReason).where(RejectionReason.key == keys["Pay"]).values(name=twin))
            db.commit()
        assert {name: told(name) for name in asked} == before


def test_a_rejection_by_which_somebody_enters_a_pool_is_told(world: Installation) -> None:
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    reason = {"name": "Salary", "said_by": "us"}
    ok(world.administrator.post("/v1/rejection-reasons", json=reason), 201)
    pool = world.pool("Too dear", {"rejections": {"reasons": ["Salary"]}})
    person = world.candidate("Ada")
    applied = ok(world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position}), 201)["id"]
    world.settle()
    world.track(pool)
    ok(world.recruiter.put(f"/v1/applications/{applied}/rejection", json={"reason": "salary"}))
    world.settle()
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(person)]


def test_of_labels_a_tracker_sees_those_that_their_pools_ask(world: Installation) -> None:
    for name, kind in (("Java", "skill"), ("Warm", "label"), ("Cold", "label"), ("Never", "internal")):
        world.tag(name, kind)
    above = world.pool("Warm", {"tags": {"any": ["Warm", "Never"]}})
    world.pool("Below", JAVA, parent=above)
    person = world.candidate("Ada", ["Java", "Warm", "Cold", "Never"])
    world.settle()
    world.track(above)
    tags = ok(world.manager.get(f"/v1/candidates/{person}"))["tags"]
    assert sorted(tag["name"] for tag in tags) == ["Java", "Warm"]


def shown_labels(world: Installation, person: uuid.UUID) -> list[str]:
    """The labels of a person, for the manager."""
    tags = ok(world.manager.get(f"/v1/candidates/{person}"))["tags"]
    return sorted(tag["name"] for tag in tags if tag["kind"] == "label")


def test_of_labels_a_tracker_sees_none_that_only_a_pool_above_theirs_asks(world: Installation) -> None:
    for name in ("Warm", "Cold", "Mild"):
        world.tag(name, "label")
    above = world.pool("Warm", {"tags": {"any": ["Warm"]}})
    tracked = world.pool("Cold", {"tags": {"any": ["Cold"]}}, parent=above)
    world.pool("Mild", {"tags": {"all": ["Mild"]}}, parent=tracked)
    person = world.candidate("Ada", ["Warm", "Cold", "Mild"])
    world.settle()
    world.track(tracked)
    assert shown_labels(world, person) == ["Cold", "Mild"]
    world.track(above)
    assert shown_labels(world, person) == ["Cold", "Mild", "Warm"]


def test_of_labels_a_tracker_sees_those_that_are_asked_of_the_people_shown_now(world: Installation) -> None:
    for name in ("Warm", "Cold"):
        world.tag(name, "label")
    pool = world.pool("Pool", {"tags": {"any": ["Warm"]}})
    person = world.candidate("Ada", ["Warm", "Cold"])
    world.settle()
    world.track(pool)
    ok(world.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": {"tags": {"any": ["Cold"]}}}))
    assert shown_labels(world, person) == ["Warm"]
    world.settle()
    assert shown_labels(world, person) == ["Cold"]


def test_what_was_said_of_a_person_goes_with_them(world: Installation, java: uuid.UUID) -> None:
    person = world.candidate("Ada", ["Java"])
    world.settle()
    ok(world.manager.post(f"/v1/candidates/{person}/want", json={"remark": "An old friend"}), 202)

    def remarks() -> list[str | None]:
        with session() as db:
            return [row.remark for row in db.query(Notification).filter_by(candidate_id=person, kind="wanted")]

    assert set(remarks()) == {"An old friend"}
    ok(world.recruiter.delete(f"/v1/candidates/{person}"), 204)
    assert set(remarks()) == {None}


# -- the number beside the bell --


def test_the_number_beside_the_bell_stops_where_nobody_reads_it_as_a_number(
    world: Installation, java: uuid.UUID
) -> None:
    for number in range(MOST_UNSEEN + 1):
        world.candidate(f"Person {number}", ["Java"])
    world.settle()
    bell = ok(world.manager.get("/v1/notifications", params={"limit": 200}))
    assert (bell["unseen"], len(bell["items"])) == (MOST_UNSEEN, MOST_UNSEEN + 1)
    third = bell["items"][-3]["seq"]
    assert ok(world.manager.post("/v1/notifications/seen", json={"up_to": third})) == {"unseen": MOST_UNSEEN - 2}
