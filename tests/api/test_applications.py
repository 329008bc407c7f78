"""Applications: stages, notes, rejections and the undoing of them, each a change of the person's document."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from sqlalchemy import func, update

from records.database import session
from records.models import RejectionReason
from tests.api.answers import ok, places, problem
from tests.api.traces import changes
from tests.installation import Installation


@pytest.fixture
def reason(house: Installation) -> str:
    """A reason of ours."""
    return reason_of(house, "us")


def reason_of(house: Installation, said_by: str) -> str:
    """A new reason; returns its key."""
    name = f"reason-{uuid.uuid4().hex[:8]}"
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": said_by}), 201)
    return name


def position_of(house: Installation, title: str = "Engineer") -> str:
    """A new position; returns its id."""
    made: str = ok(house.recruiter.post("/v1/positions", json={"title": title}), 201)["id"]
    return made


def application_of(house: Installation, candidate: uuid.UUID, position: str) -> str:
    """A new application; returns where it is."""
    made = ok(house.recruiter.post(f"/v1/candidates/{candidate}/applications", json={"position": position}), 201)
    return f"/v1/applications/{made['id']}"


def test_an_application_is_read_as_it_was_made(house: Installation) -> None:
    person, position = house.candidate("Jan"), position_of(house, "Engineer")
    body = {"position": position, "stage": "interview", "source": "referral"}
    with changes(person, by=1):
        answer = house.recruiter.post(f"/v1/candidates/{person}/applications", json=body)
    read = ok(house.recruiter.get(answer.headers["location"]))
    assert {field: read[field] for field in body} == body
    assert (read["id"], read["candidate"], read["position_title"], read["notes"]) == (
        ok(answer, 201)["id"],
        str(person),
        "Engineer",
        [],
    )
    assert "rejection" not in read
    assert datetime.fromisoformat(read["applied_at"]).tzinfo
    assert ok(house.recruiter.get(f"/v1/candidates/{person}"))["applications"] == [read]


def test_a_source_of_an_application_finds_the_person(house: Installation) -> None:
    person, source = house.candidate("Jan"), f"Source {uuid.uuid4().hex}"
    body = {"position": position_of(house), "source": source}
    ok(house.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)
    house.settle()
    assert house.found({"sources": {"any": [source.upper()]}}) == {person}


def test_nobody_applies_for_a_closed_or_unknown_position(house: Installation) -> None:
    person, position = house.candidate("Jan"), position_of(house)
    ok(house.recruiter.patch(f"/v1/positions/{position}", json={"status": "closed"}))
    apply = f"/v1/candidates/{person}/applications"
    with changes(person, by=0):
        problem(house.recruiter.post(apply, json={"position": position}), 409)
        problem(house.recruiter.post(apply, json={"position": str(uuid.uuid4())}), 404)
        problem(house.recruiter.post(f"/v1/candidates/{uuid.uuid4()}/applications", json={"position": position}), 404)
    ok(house.recruiter.patch(f"/v1/positions/{position}", json={"status": "open"}))
    with changes(person, by=1):
        ok(house.recruiter.post(apply, json={"position": position}), 201)


def test_an_open_application_goes_on_though_its_position_closes(house: Installation, reason: str) -> None:
    person, position = house.candidate("Jan"), position_of(house)
    application = application_of(house, person, position)
    ok(house.recruiter.patch(f"/v1/positions/{position}", json={"status": "closed"}))
    ok(house.recruiter.patch(application, json={"stage": "offer"}))
    ok(house.recruiter.put(f"{application}/rejection", json={"reason": reason}))


def test_a_stage_is_a_change_and_the_same_stage_is_none(house: Installation) -> None:
    person = house.candidate("Jan")
    application = application_of(house, person, position_of(house))
    with changes(person, by=1):
        assert ok(house.recruiter.patch(application, json={"stage": "offer"}))["stage"] == "offer"
    with changes(person, by=0):
        assert ok(house.recruiter.patch(application, json={"stage": "offer"}))["stage"] == "offer"
    problem(house.recruiter.patch(f"/v1/applications/{uuid.uuid4()}", json={"stage": "offer"}), 404)


def test_notes_are_kept_in_order_and_each_is_a_change(house: Installation) -> None:
    person = house.candidate("Jan")
    application = application_of(house, person, position_of(house))
    for text in ("First", "Second\nwith a line", "Third"):
        with changes(person, by=1):
            ok(house.recruiter.post(f"{application}/notes", json={"text": text}), 201)
    notes = [note["text"] for note in ok(house.recruiter.get(application))["notes"]]
    assert notes == ["First", "Second\nwith a line", "Third"]
    assert places(house.recruiter.post(f"{application}/notes", json={"text": ""}), 422) == ["body.text"]


def test_a_rejection_is_said_changed_and_undone(house: Installation, reason: str) -> None:
    person = house.candidate("Jan")
    application = application_of(house, person, position_of(house))
    with changes(person, by=1):
        rejected = ok(house.recruiter.put(f"{application}/rejection", json={"reason": reason, "note": "Too far"}))
    said = rejected["rejection"]
    assert (said["reason"], said["said_by"], said["note"]) == (reason, "us", "Too far")
    with changes(person, by=0):
        assert (
            ok(house.recruiter.put(f"{application}/rejection", json={"reason": reason, "note": "Too far"})) == rejected
        )
    with changes(person, by=1):
        other = ok(house.recruiter.put(f"{application}/rejection", json={"reason": reason}))["rejection"]
    assert "note" not in other
    assert datetime.fromisoformat(other["at"]) > datetime.fromisoformat(said["at"])
    theirs = reason_of(house, "candidate")
    with changes(person, by=1):
        again = ok(house.recruiter.put(f"{application}/rejection", json={"reason": theirs}))["rejection"]
    assert (again["reason"], again["said_by"]) == (theirs, "candidate")
    with changes(person, by=1):
        assert "rejection" not in ok(house.recruiter.delete(f"{application}/rejection"))
    with changes(person, by=0):
        assert "rejection" not in ok(house.recruiter.delete(f"{application}/rejection"))


def test_a_reason_that_is_unknown_or_retired_is_refused(house: Installation, reason: str) -> None:
    person = house.candidate("Jan")
    application = application_of(house, person, position_of(house))
    with session() as db:
        db.execute(
            update(RejectionReason).where(RejectionReason.key == reason).values(retired_at=func.clock_timestamp())
        )
        db.commit()
    with changes(person, by=0):
        for wrong in (reason, "no such reason"):
            answer = house.recruiter.put(f"{application}/rejection", json={"reason": wrong})
            assert places(answer, 422) == ["body.reason"]
    listed = {each["key"]: each["retired"] for each in ok(house.recruiter.get("/v1/rejection-reasons"))}
    assert listed[reason] is True


def test_a_rejection_moves_people_between_pools_and_undoing_it_moves_them_back(
    house: Installation, reason: str
) -> None:
    skill = f"skill-{reason}"
    house.tag(skill)
    position = position_of(house)
    asked = {"tags": {"any": [skill]}}
    rejected = house.pool("Rejected so", asked | {"rejections": {"reasons": [reason], "positions": [position]}})
    never = house.pool("Never rejected", asked | {"rejections": {"never": True}})
    not_so = house.pool("Not rejected so", asked | {"rejections": {"none": {"reasons": [reason]}}})
    house.settle()
    person = house.candidate("Jan", [skill])
    application = application_of(house, person, position)
    house.settle()
    assert [house.members(pool) for pool in (rejected, never, not_so)] == [set(), {person}, {person}]
    ok(house.recruiter.put(f"{application}/rejection", json={"reason": reason}))
    house.settle()
    assert [house.members(pool) for pool in (rejected, never, not_so)] == [{person}, set(), set()]
    assert house.found(asked | {"rejections": {"reasons": [reason]}}) == {person}
    ok(house.recruiter.delete(f"{application}/rejection"))
    house.settle()
    assert [house.members(pool) for pool in (rejected, never, not_so)] == [set(), {person}, {person}]


def test_what_is_asked_of_a_rejection_holds_of_one_application(house: Installation, reason: str) -> None:
    """Rejected for one reason on one position and for another reason on another one is not the two crossed over."""
    theirs, one, two = reason_of(house, "candidate"), position_of(house), position_of(house)
    person = house.candidate("Jan")
    ok(house.recruiter.put(f"{application_of(house, person, one)}/rejection", json={"reason": reason}))
    ok(house.recruiter.put(f"{application_of(house, person, two)}/rejection", json={"reason": theirs}))
    house.settle()
    for asked, expected in (
        ({"reasons": [reason], "positions": [one]}, {person}),
        ({"reasons": [reason], "positions": [two]}, set()),
        ({"by": "candidate", "positions": [one]}, set()),
        ({"by": "candidate", "positions": [two]}, {person}),
        ({"reasons": [theirs], "by": "us"}, set()),
        ({"reasons": [reason, theirs], "since": "2020-01-01"}, {person}),
        ({"reasons": [reason], "positions": [two], "since": "2020-01-01"}, set()),
    ):
        assert house.found({"rejections": asked}) & {person} == expected, asked
