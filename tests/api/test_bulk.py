"""What is done to many people at once is what the single routes do to each, and is told of whom it was not done to."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.database import session
from records.models import Role, Share
from records.repositories import bulk
from tests.api.answers import ok, places, problem
from tests.api.selected import TAGS, Action, Mark, Office, Person, actions, people
from tests.api.traces import counts, loudness, waiting
from tests.installation import Installation
from tests.statements import statements

# Each example moves in people twice and settles twice; the long suite takes as many as elsewhere.
FEW = settings(max_examples=500 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 6)


@pytest.fixture(scope="module")
def office(house: Installation) -> Office:
    return Office.opened(house)


# -- the same as one by one --


@FEW
@given(st.data())
def test_it_is_what_the_single_routes_do_to_each(office: Office, data: st.DataObject) -> None:
    twins = data.draw(people)
    action = data.draw(actions(office))
    many, single = [office.move_in(each) for each in twins], [office.move_in(each) for each in twins]
    office.world.settle()
    stranger = uuid.uuid4()
    before = {person: Mark.of(person) for person in (*many, *single)}

    told = action.to_many(office, [*many, stranger, many[0]])
    changed = {one for one in single if action.to_one(office, one)}

    after = {person: Mark.of(person) for person in before}
    office.world.settle()
    assert [office.state(person) for person in many] == [office.state(person) for person in single]
    # Everybody is in the answer once, and those were changed whose twins were.
    left_out = {person: each["why"] for each in told["left_out"] for person in each["people"]}
    assert sorted([*told["changed"], *left_out]) == sorted(map(str, (*many, stranger)))
    assert [str(one) in told["changed"] for one in many] == [other in changed for other in single]
    assert left_out[str(stranger)] == "unknown"
    for one, other in zip(many, single, strict=True):
        # A version higher and a row in the outbox for whoever was changed, but for shares, which no document shows.
        raised = [after[each].version - before[each].version for each in (one, other)]
        assert (raised[0] > 0) == (raised[1] > 0)
        assert raised[0] == after[one].waiting - before[one].waiting <= 1


@FEW
@given(st.data())
def test_undo_takes_back_exactly_what_was_done_but_not_what_was_said_since(office: Office, data: st.DataObject) -> None:
    client = office.world.recruiter
    some = [office.move_in(each) for each in data.draw(people)]
    before = [office.state(person) for person in some]
    body = {"position": office.positions[0], "reason": office.reasons[1], "note": "All of them"}
    told = Action("rejections", body).to_many(office, some)
    since = data.draw(st.sets(st.sampled_from(told["changed"]))) if told["changed"] else set()
    for person in since:
        for row in ok(client.get(f"/v1/candidates/{person}"))["applications"]:
            if row["position"] == office.positions[0] and row["rejection"]["note"] == "All of them":
                ok(client.put(f"/v1/applications/{row['id']}/rejection", json={"reason": office.reasons[0]}))
    changed_since = {person: office.state(uuid.UUID(person)) for person in since}
    assert told["undoable"] == bool(told["changed"])

    undone = ok(client.post(f"/v1/bulk/{told['id']}/undo"))["undone"]

    assert set(undone["changed"]) == set(told["changed"]) - since
    assert {person for each in undone["left_out"] for person in each["people"]} == since
    assert {each["why"] for each in undone["left_out"]} == ({"changed"} if since else set())
    for person, was in zip(some, before, strict=True):
        assert office.state(person) == changed_since.get(str(person), was)
    rows = {person: waiting(person) for person in some}
    assert ok(client.post(f"/v1/bulk/{told['id']}/undo"))["undone"] == undone
    assert {person: waiting(person) for person in some} == rows


# -- how much it asks of the database --


@pytest.mark.parametrize("kind", ["tags", "untag", "rejections", "applications", "shares"])
def test_it_takes_as_many_statements_for_forty_as_for_two(office: Office, kind: Any) -> None:
    applied = Person(frozenset({"Java"}), False, (), True)
    bodies: dict[str, dict[str, Any]] = {
        "tags": {"tags": ["SQL", "Speaker"]},
        "untag": {"tags": ["Java"]},
        "applications": {"position": office.positions[1]},
        "shares": {"position": office.positions[0], "user": str(office.world.id_of(Role.HIRING_MANAGER))},
        "rejections": {"position": office.positions[0], "reason": office.reasons[0], "note": None},
    }
    took = []
    # The first request prepares what later ones find.
    for many in (1, 2, 40):
        some = [office.move_in(applied) for _ in range(many)]
        Action("applications", {"position": office.positions[0]}).to_many(office, some)
        with statements() as asked:
            told = Action(kind, bodies[kind]).to_many(office, some)
        assert len(told["changed"]) == many
        took.append(len(asked))
    assert took[1] == took[2]
    assert took[2] < 25


# -- bells --


def test_everybody_who_tracks_is_told_once_of_all_of_them_and_the_actor_not(house: Installation) -> None:
    mark = uuid.uuid4().hex[:6]
    house.tag(f"skill-{mark}")
    pool = house.pool(f"Pool {mark}", {"tags": {"any": [f"skill-{mark}"]}})
    house.settle()
    house.track(pool)
    house.track(pool, Role.RECRUITER)
    some = [house.candidate(f"Person {number}") for number in range(5)]
    house.settle()
    before = {role: len(house.bell(role)) for role in (Role.HIRING_MANAGER, Role.RECRUITER)}
    body = {"people": list(map(str, some)), "tags": [f"skill-{mark}"]}
    ok(house.recruiter.post("/v1/bulk/tags", json=body), 201)
    assert {each for person in some for each in loudness(person)} == {"summary"}
    house.settle()
    news = house.bell()[: len(house.bell()) - before[Role.HIRING_MANAGER]]
    assert [(each["kind"], each["people"]) for each in news] == [("summary", 5)]
    assert len(house.bell(Role.RECRUITER)) == before[Role.RECRUITER]


def test_many_rejected_into_a_pool_are_one_notice_and_one_who_changed_openly_too_is_told_as_ever(
    house: Installation,
) -> None:
    mark = uuid.uuid4().hex[:6]
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": f"reason-{mark}", "said_by": "us"}), 201)
    pool = house.pool(f"Pool {mark}", {"rejections": {"reasons": [f"reason-{mark}"]}})
    house.settle()
    house.track(pool)
    position = ok(house.recruiter.post("/v1/positions", json={"title": mark}), 201)["id"]
    some = [house.candidate(f"Person {number}") for number in range(4)]
    people_ = list(map(str, some))
    ok(house.recruiter.post("/v1/bulk/applications", json={"people": people_, "position": position}), 201)
    house.settle()
    before = len(house.bell())
    ok(house.recruiter.post("/v1/bulk/rejections", json={"people": people_, "reason": f"reason-{mark}"}), 201)
    ok(house.administrator.patch(f"/v1/candidates/{some[0]}", json={"headline": "Seen by all"}))
    house.settle()
    news = house.bell()[: len(house.bell()) - before]
    assert sorted((each["kind"], each["people"]) for each in news) == [("match", 1), ("summary", 3)]


# -- what is refused, and what is said --


def test_why_somebody_was_left_is_said_in_the_words_of_the_single_routes(house: Installation, office: Office) -> None:
    unknown, reason = str(uuid.uuid4()), office.reasons[0]
    said = problem(house.recruiter.get(f"/v1/candidates/{unknown}"), 404)["detail"]
    told = ok(house.recruiter.post("/v1/bulk/rejections", json={"people": [unknown], "reason": reason}), 201)
    assert told["left_out"] == [{"why": "unknown", "message": said, "people": [unknown]}]
    assert (told["changed"], told["undoable"]) == ([], False)


def test_a_closed_position_an_unknown_reason_and_a_colleague_who_may_not_are_refused_and_nothing_is_kept(
    house: Installation, office: Office
) -> None:
    person = str(office.move_in(Person(frozenset(), False, (), True)))
    closed = ok(house.recruiter.post("/v1/positions", json={"title": "Over"}), 201)["id"]
    ok(house.recruiter.patch(f"/v1/positions/{closed}", json={"status": "closed"}))
    analyst = str(house.id_of(Role.ANALYST))
    before = counts()
    for path, body, status in (
        ("applications", {"position": closed}, 409),
        ("applications", {"position": str(uuid.uuid4())}, 404),
        ("rejections", {"reason": "no such reason"}, 422),
        ("rejections", {"reason": office.reasons[0], "position": str(uuid.uuid4())}, 404),
        ("shares", {"user": analyst}, 409),
        ("shares", {"user": str(uuid.uuid4())}, 404),
        ("tags", {"tags": ["no such tag"]}, 422),
        ("tags", {"tags": ["Brno"]}, 422),
        ("tags", {}, 422),
    ):
        problem(house.recruiter.post(f"/v1/bulk/{path}", json={"people": [person], **body}), status)
    assert counts() == before


def test_more_than_a_thousand_at_once_are_refused(house: Installation) -> None:
    people_ = [str(uuid.uuid4()) for _ in range(1_001)]
    answer = house.recruiter.post("/v1/bulk/tags", json={"people": people_, "tags": ["Java"]})
    assert places(answer, 422) == ["body.people"]
    assert places(house.recruiter.post("/v1/bulk/tags", json={"people": [], "tags": ["Java"]}), 422) == ["body.people"]


def test_nobody_gets_more_tags_than_a_person_can_carry(
    house: Installation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.bulk.MOST_TAGS", 3)
    monkeypatch.setattr("api.routes.bulk.MOST_PLACES", 0)
    full, free = (office.move_in(Person(frozenset(tags), False, (), True)) for tags in (TAGS[:3], TAGS[:1]))
    told = Action("tags", {"tags": [TAGS[0], TAGS[3], TAGS[4]]}).to_many(office, [full, free])
    assert (told["changed"], told["left_out"][0]["why"]) == ([str(free)], "too_many_tags")


def test_only_rejections_are_taken_back_and_a_person_erased_since_is_unknown(
    house: Installation, office: Office
) -> None:
    person = office.move_in(Person(frozenset(), False, (), True))
    applied = Action("applications", {"position": office.positions[0]}).to_many(office, [person])
    problem(house.recruiter.post(f"/v1/bulk/{applied['id']}/undo"), 409)
    body = {"position": None, "reason": office.reasons[0], "note": None}
    told = Action("rejections", body).to_many(office, [person])
    ok(house.administrator.delete(f"/v1/candidates/{person}"), 204)
    undone = ok(house.administrator.post(f"/v1/bulk/{told['id']}/undo"))["undone"]
    assert (undone["changed"], [each["why"] for each in undone["left_out"]]) == ([], ["unknown"])
    assert undone["by_name"] == "Test administrator"


def test_what_was_done_can_be_read_again_with_its_names(house: Installation, office: Office) -> None:
    person = office.move_in(Person(frozenset(), False, (), True))
    body = {"position": office.positions[0], "user": str(house.id_of(Role.HIRING_MANAGER))}
    Action("applications", {"position": office.positions[0]}).to_many(office, [person])
    told = Action("shares", body).to_many(office, [person])
    assert told["about"]["position_title"] == "Engineer"
    assert told["about"]["user_name"] == "Test hiring_manager"
    assert ok(house.administrator.get(f"/v1/bulk/{told['id']}")) == told
    with session() as db:
        assert db.query(Share).filter(Share.granted_by == house.id_of(Role.RECRUITER)).count() >= 1


def test_what_was_done_long_ago_is_forgotten(
    house: Installation, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = office.move_in(Person(frozenset(), False, (), True))
    old = Action("tags", {"tags": ["Java"]}).to_many(office, [person])
    ok(house.recruiter.get(f"/v1/bulk/{old['id']}"))
    monkeypatch.setattr(bulk, "KEPT_DAYS", 0)
    Action("tags", {"tags": ["SQL"]}).to_many(office, [person])
    problem(house.recruiter.get(f"/v1/bulk/{old['id']}"), 404)
