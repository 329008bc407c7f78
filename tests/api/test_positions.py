"""Positions and reasons."""

from __future__ import annotations

import uuid

from tests.api.answers import ok, problem
from tests.api.walking import walked
from tests.installation import Installation


def test_a_position_is_opened_renamed_closed_and_opened_again(house: Installation) -> None:
    answer = house.recruiter.post("/v1/positions", json={"title": "Engineer"})
    ok(answer, 201)
    path = answer.headers["location"]
    assert ok(house.recruiter.get(path)) | {"id": ""} == {"id": "", "title": "Engineer", "status": "open"}
    assert ok(house.recruiter.patch(path, json={"title": "Senior Engineer"}))["title"] == "Senior Engineer"
    assert ok(house.recruiter.patch(path, json={"status": "closed"}))["status"] == "closed"
    assert ok(house.recruiter.patch(path, json={"status": "open"}))["status"] == "open"
    assert ok(house.recruiter.get(path))["title"] == "Senior Engineer"
    problem(house.recruiter.get(f"/v1/positions/{uuid.uuid4()}"), 404)
    problem(house.recruiter.patch(f"/v1/positions/{uuid.uuid4()}", json={"title": "x"}), 404)


def test_the_list_of_positions_is_walked_without_gap_or_repeat(house: Installation) -> None:
    made = {ok(house.recruiter.post("/v1/positions", json={"title": f"P{n}"}), 201)["id"] for n in range(7)}
    for limit in (1, 3, 200):
        ids = [item["id"] for item in walked(house.recruiter, "/v1/positions", limit)]
        assert len(ids) == len(set(ids))
        assert made <= set(ids)


def test_a_reason_is_added_once(house: Installation) -> None:
    name = f"Too far {uuid.uuid4().hex}"
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "candidate"}), 201)
    other = f"Too near {uuid.uuid4().hex}"
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": other, "said_by": "us"}), 201)
    keys = {each["name"]: each["key"] for each in ok(house.recruiter.get("/v1/rejection-reasons"))}
    # Whoever asks by a name could mean any reason that answers to it, however it is spelt.
    for same in (name, name.upper(), f" {name} ", keys[name].upper()):
        problem(house.administrator.post("/v1/rejection-reasons", json={"name": same, "said_by": "us"}), 409)
        problem(house.administrator.patch(f"/v1/rejection-reasons/{keys[other]}", json={"name": same}), 409)
    ok(house.administrator.patch(f"/v1/rejection-reasons/{keys[other]}", json={"name": other.upper()}))
    (reason,) = [each for each in ok(house.recruiter.get("/v1/rejection-reasons")) if each["name"] == name]
    assert (reason["said_by"], reason["retired"]) == ("candidate", False)


def test_positions_are_found_by_status_and_a_part_of_the_title_newest_first(house: Installation) -> None:
    mark = uuid.uuid4().hex[:8]
    first, second, third = (
        ok(house.recruiter.post("/v1/positions", json={"title": f"100% {mark} {n}"}), 201)["id"] for n in range(3)
    )
    ok(house.recruiter.patch(f"/v1/positions/{second}", json={"status": "closed"}))

    def found(**asked: str) -> list[str]:
        return [each["id"] for each in ok(house.recruiter.get("/v1/positions", params=asked))["items"]]

    assert found(q=f"0% {mark.upper()}") == [third, second, first]
    assert found(q=mark, status="open") == [third, first]
    assert found(q=mark, status="closed") == [second]
    # What a pattern would take for anything is itself here.
    assert found(q=f"0_{mark}") == []
    problem(house.recruiter.get("/v1/positions", params={"status": "all"}), 422)


def test_who_waits_is_told_from_who_was_rejected(house: Installation) -> None:
    position = ok(house.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    reason = uuid.uuid4().hex
    ok(house.administrator.post("/v1/rejection-reasons", json={"name": reason, "said_by": "us"}), 201)
    both = [
        ok(
            house.recruiter.post(f"/v1/candidates/{house.candidate(name)}/applications", json={"position": position}),
            201,
        )
        for name in ("Jan", "Eva")
    ]
    ok(house.recruiter.put(f"/v1/applications/{both[0]['id']}/rejection", json={"reason": reason}))

    def listed(**asked: bool) -> list[str]:
        answer = house.recruiter.get(f"/v1/positions/{position}/applications", params=asked)
        return [each["id"] for each in ok(answer)["items"]]

    assert listed() == [both[1]["id"], both[0]["id"]]
    assert (listed(rejected=True), listed(rejected=False)) == ([both[0]["id"]], [both[1]["id"]])
    (row,) = [each for each in ok(house.recruiter.get("/v1/positions"))["items"] if each["id"] == position]
    assert row["waiting"] == 1
