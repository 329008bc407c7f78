"""What the tests of the spine do again and again, as the product's own requests."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from records.models import Role
from tests.installation import Installation


def tag(world: Installation, candidate: uuid.UUID, *names: str) -> None:
    """The recruiter puts skills on a person."""
    answer = world.recruiter.post(f"/v1/candidates/{candidate}/tags", json={"tags": list(names)})
    assert answer.status_code == 200, answer.text


def untag(world: Installation, candidate: uuid.UUID, key: str) -> None:
    """The recruiter takes a tag off a person."""
    answer = world.recruiter.delete(f"/v1/candidates/{candidate}/tags/{key}")
    assert answer.status_code == 204, answer.text


def edit(world: Installation, candidate: uuid.UUID, **columns: Any) -> None:
    """The recruiter changes a person."""
    answer = world.recruiter.patch(f"/v1/candidates/{candidate}", json=columns)
    assert answer.status_code == 200, answer.text


def delete(world: Installation, candidate: uuid.UUID) -> None:
    """The recruiter deletes a person."""
    answer = world.recruiter.delete(f"/v1/candidates/{candidate}")
    assert answer.status_code == 204, answer.text


def ask_otherwise(world: Installation, pool: uuid.UUID, criteria: dict[str, Any]) -> None:
    """The recruiter gives a pool other criteria."""
    answer = world.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": criteria})
    assert answer.status_code == 200, answer.text


def delete_pool(world: Installation, pool: uuid.UUID) -> None:
    """The recruiter deletes a pool."""
    answer = world.recruiter.delete(f"/v1/pools/{pool}")
    assert answer.status_code == 204, answer.text


def untrack(world: Installation, pool: uuid.UUID, role: Role = Role.HIRING_MANAGER) -> None:
    """The administrator ends the tracking of the user of a role."""
    answer = world.administrator.delete(f"/v1/users/{world.id_of(role)}/tracking/{pool}")
    assert answer.status_code == 204, answer.text


def bring_in(
    world: Installation, people: Sequence[dict[str, Any]], notices: str = "summary", batch: str | None = None
) -> dict[str, Any]:
    """The recruiter imports people together; the receipt with the batch (`id`) and the people (`ids`)."""
    body: dict[str, Any] = {"name": "An import", "notices": notices, "candidates": list(people)}
    if batch is not None:
        body["batch"] = {"id": batch}
    answer = world.recruiter.post("/v1/candidates/bulk", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["created"] == len(people)
    receipt: dict[str, Any] = answer.json()
    return receipt


def people_of(world: Installation, notice: dict[str, Any], role: Role = Role.HIRING_MANAGER) -> set[uuid.UUID]:
    """Everyone a notice speaks of, page by page."""
    found: set[uuid.UUID] = set()
    cursor: str | None = None
    while True:
        parameters = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        answer = world.client(role).get(f"/v1/notifications/{notice['id']}/candidates", params=parameters)
        assert answer.status_code == 200, answer.text
        found |= {uuid.UUID(item["id"]) for item in answer.json()["items"]}
        cursor = answer.json().get("next")
        if cursor is None:
            return found


def told(world: Installation, role: Role = Role.HIRING_MANAGER) -> list[tuple[str, set[str]]]:
    """Of whom the bell tells, and in which pools: names, oldest notice first."""
    return [
        (item["candidate"]["name"], {pool["name"] for pool in item["pools"]}) for item in reversed(world.bell(role))
    ]


def skills(*names: str) -> dict[str, Any]:
    """Criteria: any of these skills."""
    return {"tags": {"any": list(names)}}


def names(pairs: Iterable[tuple[str, set[str]]]) -> list[str]:
    """Only whom."""
    return [name for name, _ in pairs]
