"""A generation that breaks: what was live stays as it was, the owner knows, new criteria mend it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from engine.percolator import StoredQuery, pool_key, register, registered
from engine.process import engine
from indexer.drain import drain_batch
from percolators import registration
from percolators.quarantine import quarantine
from records.database import session
from records.models import Role
from records.repositories import indexes, pools
from tests.installation import Installation
from tests.spine.steps import ask_otherwise, delete, skills, tag, untag

# Parsed when stored, thrown when run on somebody who has the tag.
THROWING = {"script": {"script": {"source": "1 / params.nothing > 0", "params": {"nothing": 0}}}}


def generation_of(pool: uuid.UUID) -> int:
    with session() as db:
        return pools.definitions(db, [pool])[0].generation


def stored_keys() -> set[str]:
    with session() as db:
        (index,) = indexes.live(db).pools
    return {key for key, _ in registered(engine(), index)}


def break_stored(pool: uuid.UUID, tag: str) -> None:
    """Replace what is stored of the pool by a query that throws on whoever has the tag."""
    with session() as db:
        (index,) = indexes.live(db).pools
    body: dict[str, Any] = {"bool": {"filter": [{"term": {"tags": tag}}, THROWING]}}
    register(engine(), index, [StoredQuery(pool_key(pool, generation_of(pool)), 0, body, exact=False)])


def state_of(world: Installation, pool: uuid.UUID) -> tuple[str, str | None]:
    answer = world.recruiter.get(f"/v1/pools/{pool}").json()
    return answer["state"], answer.get("problem")


def broken_notices(world: Installation, role: Role = Role.RECRUITER) -> list[str]:
    return [item["pools"][0]["name"] for item in world.bell(role) if item["kind"] == "pool_broken"]


def test_an_edit_of_a_broken_pool_keeps_its_people_and_their_notices_until_the_swap(world: Installation) -> None:
    """Between the edit and the swap nothing is stored for the old criteria: nobody may be taken for gone."""
    world.skills("Java", "PHP")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    ada = world.candidate("Ada", ["Java", "PHP"])
    world.settle()
    (notice,) = world.bell()
    break_stored(pool, "java")
    world.candidate("Bob", ["Java"])
    world.settle()
    assert state_of(world, pool)[0] == "broken"

    ask_otherwise(world, pool, skills("PHP"))
    assert state_of(world, pool)[0] == "filling"
    untag(world, ada, "java")
    tag(world, ada, "Java")
    _match_people()
    assert world.members(pool) == {ada}
    assert [item["id"] for item in world.bell()] == [notice["id"]]

    world.settle()
    assert state_of(world, pool) == ("live", None)
    assert world.members(pool) == {ada}
    assert [item["id"] for item in world.bell()] == [notice["id"]]
    eve = world.candidate("Eve", ["PHP"])
    world.settle()
    assert world.members(pool) == {ada, eve}


def test_new_criteria_that_break_leave_the_old_ones_matching(world: Installation) -> None:
    world.skills("Java", "PHP")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    world.settle()

    ask_otherwise(world, pool, skills("PHP"))
    quarantine([pool_key(pool, generation_of(pool))], "It breaks before it was ever shown.")
    world.settle()
    assert state_of(world, pool) == ("broken", "It breaks before it was ever shown.")
    assert broken_notices(world) == ["Java"]
    bob = world.candidate("Bob", ["Java"])
    world.candidate("Eve", ["PHP"])
    untag(world, ada, "java")
    world.settle()
    assert world.members(pool) == {bob}
    assert [item["candidate"]["name"] for item in world.bell()] == ["Bob"]


def test_a_generation_that_breaks_while_it_is_filled_is_never_shown(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.skills("Java", "PHP")
    born, edited = world.pool("Born", skills("PHP")), world.pool("Edited", skills("Java"))
    ada = world.candidate("Ada", ["Java", "PHP"])
    world.settle()
    new = world.pool("New", skills("PHP"))
    ask_otherwise(world, edited, skills("PHP"))
    real = registration._fill

    def breaking(compiled: Any) -> None:
        real(compiled)
        quarantine([pool_key(pool, generation_of(pool)) for pool in (new, edited)], "Broken while it was filled.")

    with monkeypatch.context() as patch:
        patch.setattr(registration, "_fill", breaking)
        world.settle()
    assert world.members(new) == set()
    assert world.members(edited) == {ada}, "as last seen under the old criteria"
    assert state_of(world, new)[0] == state_of(world, edited)[0] == "broken"
    assert {key.partition(".")[0] for key in stored_keys()} == {born.hex, edited.hex}
    assert pool_key(edited, generation_of(edited)) not in stored_keys()


def test_the_live_generation_that_breaks_during_an_edit_is_replaced_all_the_same(world: Installation) -> None:
    world.skills("Java", "PHP")
    pool = world.pool("Java", skills("Java"))
    world.settle()
    ada = world.candidate("Ada", ["Java", "PHP"])
    world.settle()
    old = generation_of(pool)
    ask_otherwise(world, pool, skills("PHP"))
    quarantine([pool_key(pool, old)], "The old one breaks.")
    assert state_of(world, pool)[0] == "filling"
    assert broken_notices(world) == [], "what takes its place is under way"
    _match_people()
    assert world.members(pool) == {ada}
    world.settle()
    assert state_of(world, pool) == ("live", None)
    assert world.members(pool) == {ada}


def test_several_broken_pools_are_found_at_once_and_every_other_still_matches(world: Installation) -> None:
    world.skills("Java")
    good = [world.pool(f"Good {n}", skills("Java")) for n in range(10)]
    bad = [world.pool(f"Bad {n}", skills("Java")) for n in range(3)]
    world.settle()
    for pool in bad:
        break_stored(pool, "java")
    people = {world.candidate(f"Person {n}", ["Java"]) for n in range(3)}
    world.settle()
    assert all(world.members(pool) == people for pool in good)
    assert all(state_of(world, pool)[0] == "broken" for pool in bad)
    assert sorted(broken_notices(world)) == ["Bad 0", "Bad 1", "Bad 2"]


def test_without_an_active_maker_the_administrators_are_told(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.settle()
    recruiter = world.id_of(Role.RECRUITER)
    assert world.administrator.patch(f"/v1/users/{recruiter}", json={"active": False}).status_code == 200
    quarantine([pool_key(pool, generation_of(pool))], "Broken.")
    assert broken_notices(world, Role.ADMINISTRATOR) == ["Java"]


def test_a_stored_query_of_nobody_is_removed_when_it_throws(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.settle()
    with session() as db:
        (index,) = indexes.live(db).pools
    stray = {"pool": "stray", "generation": 1, "query": {"bool": {"filter": [{"term": {"tags": "java"}}, THROWING]}}}
    engine().call("PUT", f"/{index}/_doc/stray", stray, refresh=True)
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    assert world.members(pool) == {ada}
    assert stored_keys() == {pool_key(pool, generation_of(pool))}


def test_the_deleted_leave_the_folder_of_a_broken_pool(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    quarantine([pool_key(pool, generation_of(pool))], "Broken.")
    delete(world, ada)
    world.settle()
    assert world.members(pool) == set()
    assert world.recruiter.get(f"/v1/pools/{pool}").json()["people"] == 0
    assert world.bell() == []


def _match_people() -> None:
    while not drain_batch().nothing_due:
        pass
