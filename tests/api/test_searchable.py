"""A write says nothing of when it is found; asking does, and is not wrong."""

from __future__ import annotations

import uuid

import pytest

from core.settings import settings
from engine.indexes import refresh
from engine.process import engine
from mappings.names import alias
from tests.api.answers import ok, problem
from tests.indexer.test_drain import engine_away
from tests.installation import Installation


def asked(world: Installation, person: uuid.UUID) -> dict[str, object]:
    answer: dict[str, object] = ok(world.recruiter.get(f"/v1/candidates/{person}/searchable"))
    return answer


def test_a_person_is_searchable_once_searches_find_them_and_not_before(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = alias(settings().index_prefix, "candidates")
    engine().call("PUT", f"/{index}/_settings", {"index.refresh_interval": "-1"})
    try:
        ada = world.candidate("Ada")
        assert asked(world, ada) == {"version": 1, "matched": False, "searchable": False}
        world.work()
        assert asked(world, ada) == {"version": 1, "matched": True, "searchable": False}
        assert world.found({}) == set()
        refresh(engine(), index)
        assert asked(world, ada) == {"version": 1, "matched": True, "searchable": True}
        assert world.found({}) == {ada}
        world.recruiter.patch(f"/v1/candidates/{ada}", json={"headline": "Changed"})
        assert asked(world, ada) == {"version": 2, "matched": False, "searchable": False}
        world.settle()
        assert asked(world, ada) == {"version": 2, "matched": True, "searchable": True}
    finally:
        engine().call("PUT", f"/{index}/_settings", {"index.refresh_interval": "1s"})


def test_while_it_cannot_be_known_nothing_is_claimed(world: Installation) -> None:
    ada = world.candidate("Ada")
    world.settle()
    with engine_away():
        assert world.recruiter.get(f"/v1/candidates/{ada}/searchable").status_code == 503
    problem(world.recruiter.get(f"/v1/candidates/{uuid.uuid4()}/searchable"), 404)


def test_a_stage_is_not_moved_from_where_somebody_else_has_moved_it_meanwhile(world: Installation) -> None:
    ada = world.candidate("Ada")
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    path = ok(world.recruiter.post(f"/v1/candidates/{ada}/applications", json={"position": position}), 201)["id"]
    address = f"/v1/applications/{path}"
    seen = world.recruiter.get(address).headers["etag"]
    moved = world.administrator.patch(address, json={"stage": "interview"}, headers={"If-Match": seen})
    assert (moved.status_code, moved.headers["etag"] != seen) == (200, True)
    problem(world.recruiter.patch(address, json={"stage": "offer"}, headers={"If-Match": seen}), 412)
    again = world.recruiter.get(address)
    assert (again.json()["stage"], again.headers["etag"]) == ("interview", moved.headers["etag"])
    ok(world.recruiter.patch(address, json={"stage": "offer"}, headers={"If-Match": again.headers["etag"]}))
