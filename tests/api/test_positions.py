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
    for same in (name, name.upper(), f" {name} "):
        problem(house.administrator.post("/v1/rejection-reasons", json={"name": same, "said_by": "us"}), 409)
    (reason,) = [each for each in ok(house.recruiter.get("/v1/rejection-reasons")) if each["name"] == name]
    assert (reason["said_by"], reason["retired"]) == ("candidate", False)
