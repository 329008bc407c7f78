"""Changes that commit beside each other: whoever comes second sees the first, and no document or question is stale."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from core.errors import Conflict, Invalid, NotFound
from percolators.drain import drain_pools
from records import gate
from records.database import DBAPIError, Session, is_conflict, session
from records.models import Role
from records.repositories import candidates, pools, positions, reasons, tags
from tests.installation import Installation
from tests.records.meeting import Beside
from tests.spine.steps import skills


def change_criteria(db: Session, pool: uuid.UUID, criteria: dict[str, Any]) -> None:
    pools.change_criteria(db, pools.lock(db, pool), criteria, actor=None)


def test_a_child_added_beside_a_change_above_it_asks_the_new_question(world: Installation) -> None:
    world.skills("Java", "PHP", "Go")
    root = world.pool("Root", skills("Java"))
    parent = world.pool("Parent", skills("Java", "PHP"), parent=root)
    ada = world.candidate("Ada", ["PHP", "Go"])
    world.settle()
    made: list[uuid.UUID] = []

    def add_child(db: Session) -> None:
        above = pools.get(db, parent)
        made.extend(pools.add_many(db, [("Child", {"tags": {"any": ["go"]}})], parent=above, actor=None))

    with session() as changing:
        change_criteria(changing, root, {"tags": {"any": ["php"]}})
        with Beside(add_child) as adding:
            assert adding.waits()
            world.settle()
            changing.commit()
        adding.ended()
    world.settle()
    assert world.members(made[0]) == {ada}


def test_a_change_above_waits_for_a_child_that_is_being_added_and_changes_it_too(world: Installation) -> None:
    world.skills("Java", "PHP", "Go")
    root = world.pool("Root", skills("Java"))
    ada = world.candidate("Ada", ["PHP", "Go"])
    world.settle()
    with session() as adding:
        (child,) = pools.add_many(
            adding, [("Child", {"tags": {"any": ["go"]}})], parent=pools.get(adding, root), actor=None
        )
        with Beside(lambda db: change_criteria(db, root, {"tags": {"any": ["php"]}})) as changing:
            assert changing.waits()
            adding.commit()
        changing.ended()
    world.settle()
    assert world.members(child) == {ada}


def test_no_child_is_added_to_a_pool_that_is_being_deleted(world: Installation) -> None:
    world.skills("Java")
    root = world.pool("Root", skills("Java"))

    def add_child(db: Session) -> None:
        pools.add_many(db, [("Child", {"tags": {"any": ["java"]}})], parent=pools.get(db, root), actor=None)

    with session() as deleting:
        pools.remove(deleting, pools.lock(deleting, root), actor=None)
        with pytest.raises(NotFound), Beside(add_child) as adding:
            assert adding.waits()
            deleting.commit()


def test_two_pools_moved_below_each_other_do_not_make_a_circle(world: Installation) -> None:
    world.skills("Java")
    one, other = world.pool("One", skills("Java")), world.pool("Other", skills("Java"))

    def move(db: Session, pool: uuid.UUID, below: uuid.UUID) -> None:
        pools.move(db, pools.lock(db, pool), pools.get(db, below), actor=None)

    with session() as first:
        move(first, one, other)
        with Beside(lambda db: move(db, other, one)) as second:
            assert second.waits()
            first.commit()
            failure = second.expected_failure()
    assert isinstance(failure, Invalid) or (isinstance(failure, DBAPIError) and is_conflict(failure))
    with session() as db:
        assert pools.get(db, one).ancestors == [other, one]
        assert pools.get(db, other).ancestors == [other]


def test_somebody_tagged_beside_a_rename_of_the_tag_gets_the_new_name(world: Installation) -> None:
    """Else their document would keep the old one: nobody who renames would see them, no version would rise."""
    world.skills("Java")
    ada = world.candidate("Ada")
    world.settle()

    def put_on(db: Session) -> None:
        candidates.lock(db, ada)
        candidates.add_tags(db, ada, [tags.by_key(db, "java").id], actor=None, origin="person")
        candidates.raise_versions(db, [ada], actor=None)

    with session() as renaming:
        row = tags.by_key(renaming, "java")
        tags.rename(renaming, row, "Kava", [])
        assert candidates.raise_versions_of_tagged(renaming, [row.id], actor=None) == 0
        with Beside(put_on) as tagging:
            assert tagging.waits()
            renaming.commit()
        tagging.ended()
    world.settle()
    assert world.found({"text": "kava"}) == {ada}


def test_a_rename_waits_for_somebody_who_is_being_tagged_and_renames_for_them_too(world: Installation) -> None:
    world.tag("Moravia", "location")
    world.tag("Brno", "location")
    ada = world.candidate("Ada")
    world.settle()

    def move(db: Session) -> None:
        branch = tags.move(db, tags.by_key(db, "brno"), tags.by_key(db, "moravia"))
        candidates.raise_versions_of_tagged(db, branch, actor=None)

    with session() as tagging:
        candidates.add_tags(tagging, ada, [tags.by_key(tagging, "brno").id], actor=None, origin="person")
        candidates.raise_versions(tagging, [ada], actor=None)
        with Beside(move) as moving:
            assert moving.waits()
            tagging.commit()
        moving.ended()
    world.settle()
    assert world.found({"locations": {"any": ["Moravia"]}}) == {ada}


def test_a_registration_waits_for_whoever_stores_matches_and_they_for_it(world: Installation) -> None:
    with session() as storing:
        gate.pass_shared(storing)
        with Beside(gate.raise_epoch) as registering:
            assert registering.waits()
            storing.commit()
        registering.ended()
    with session() as registering_alone:
        gate.pass_alone(registering_alone)
        with Beside(gate.pass_shared) as storing_next:
            assert storing_next.waits()
            registering_alone.commit()


def test_only_one_process_registers_pools(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    with session() as only:
        assert gate.is_only_registrar(only)
        assert drain_pools() == 0
        assert world.recruiter.get(f"/v1/pools/{pool}").json()["state"] == "filling"
    assert drain_pools() == 1
    assert world.recruiter.get(f"/v1/pools/{pool}").json()["state"] == "live"


def test_the_tree_of_a_moved_pool_is_regrown_and_asked(world: Installation) -> None:
    world.skills("Java", "PHP")
    java, php = world.pool("Java", skills("Java")), world.pool("PHP", skills("PHP"))
    child = world.pool("Child", {"experience": {"any": ["20+"]}}, parent=java)
    lowest = world.pool("Lowest", {"experience": {"any": ["20+"]}}, parent=child)
    ada = world.candidate("Ada", ["Java"], years_experience=30)
    bob = world.candidate("Bob", ["PHP"], years_experience=30)
    world.settle()
    assert world.members(lowest) == {ada}
    answer = world.recruiter.patch(f"/v1/pools/{child}", json={"parent": str(php)})
    assert answer.status_code == 200, answer.text
    world.track(php)
    world.settle()
    assert world.members(child) == world.members(lowest) == {bob}
    world.candidate("Eve", ["PHP"], years_experience=30)
    world.settle()
    assert {pool["name"] for pool in world.bell(Role.HIRING_MANAGER)[0]["pools"]} == {"PHP", "Child", "Lowest"}


def test_of_two_who_give_reasons_the_same_name_but_for_its_case_the_second_is_refused(world: Installation) -> None:
    with session() as db:
        later = positions.add_reason(db, "Test: later", "us").key
        db.commit()

    def rename(db: Session) -> None:
        actor = world.id_of(Role.ADMINISTRATOR)
        reasons.rename(db, positions.reason(db, later), "TEST: SALARY", actor)

    with session() as adding:
        positions.add_reason(adding, "Test: salary", "candidate")
        with Beside(rename) as renaming:
            assert renaming.waits()
            adding.commit()
            assert isinstance(renaming.expected_failure(), Conflict)
