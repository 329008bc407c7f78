"""Which tags lend their names to a reader: those that somebody carries whom they see, however many others do."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from records.database import session
from records.models import Role
from records.repositories import access
from tests.installation import Installation

MANY = 230


@pytest.fixture(scope="module")
def world(prepared: Installation) -> Iterator[Installation]:
    prepared.empty()
    prepared.add_users()
    with prepared.answering():
        yield prepared


def carried(world: Installation, *keys: str) -> set[str]:
    with session() as db:
        return access.carried_by_seen(db, world.id_of(Role.HIRING_MANAGER), keys)


def test_a_tag_of_many_hidden_people_is_known_once_one_of_them_is_seen(world: Installation) -> None:
    key = f"tag{uuid.uuid4().hex[:8]}"
    people = [{"name": f"Jan {n}", "tags": [key]} for n in range(MANY)]
    body = {"name": "import", "notices": "silent", "new_tags": True, "candidates": people}
    answer = world.recruiter.post("/v1/candidates/bulk", json=body)
    assert answer.status_code == 201, answer.text
    assert carried(world, key) == set()
    position = world.recruiter.post("/v1/positions", json={"title": "Developer"}).json()["id"]
    somebody = world.candidate("Jana", [key])
    path = f"/v1/candidates/{somebody}/applications"
    application = world.recruiter.post(path, json={"position": position}).json()["id"]
    share = f"/v1/applications/{application}/shares/{world.id_of(Role.HIRING_MANAGER)}"
    assert world.administrator.put(share).status_code in {200, 201, 204}
    assert carried(world, key, "none.such") == {key}
    assert world.recruiter.delete(f"/v1/candidates/{somebody}").status_code in {200, 204}
    assert carried(world, key) == set()
