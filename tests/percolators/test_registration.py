"""Every step of a registration may run twice: whatever dies in between, the next worker ends it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from engine.percolator import pool_key, registered
from engine.process import engine
from percolators import registration
from percolators.drain import drain_pools
from records.database import database, session
from records.repositories import indexes, pools
from tests.installation import Installation
from tests.spine.steps import ask_otherwise, skills, told

BIRTH = ("_store", "_raise_epoch", "refresh", "_fill", "_show_first")
EDIT = ("_store", "_raise_epoch", "refresh", "_fill", "_swap", "_forget_older")


def stored_keys() -> set[str]:
    with session() as db:
        (index,) = indexes.live(db).pools
    return {key for key, _ in registered(engine(), index)}


def key_of(pool: uuid.UUID) -> str:
    with session() as db:
        return pool_key(pool, pools.definitions(db, [pool])[0].generation)


def let_time_pass() -> None:
    with database().begin() as connection:
        connection.execute(text("UPDATE outbox SET due_at = clock_timestamp() - interval '1 second'"))


def die(step: str, *, after: bool) -> None:
    """Register, but die before or after this step; then another worker comes."""
    real = getattr(registration, step)

    def dying(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise KeyboardInterrupt("killed")  # not an Exception: nobody catches a worker's death

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registration, step, dying)
        with pytest.raises(KeyboardInterrupt):
            drain_pools()
    let_time_pass()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", BIRTH)
def test_a_birth_is_ended_by_the_next_worker(world: Installation, step: str, after: bool) -> None:
    world.skills("Java")
    ada = world.candidate("Ada", ["Java"])
    world.settle()
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    die(step, after=after)
    bob = world.candidate("Bob", ["Java"])
    world.settle()
    world.settle()
    assert world.members(pool) == {ada, bob}
    assert told(world) == [("Bob", {"Java"})]
    assert stored_keys() == {key_of(pool)}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", EDIT)
def test_an_edit_is_ended_by_the_next_worker(world: Installation, step: str, after: bool) -> None:
    world.skills("Java", "PHP")
    pool = world.pool("Changing", skills("Java"))
    world.track(pool)
    world.settle()
    world.candidate("Java only", ["Java"])
    php = world.candidate("PHP only", ["PHP"])
    both = world.candidate("Both", ["Java", "PHP"])
    world.settle()
    ask_otherwise(world, pool, skills("PHP"))
    die(step, after=after)
    bob = world.candidate("New", ["PHP"])
    world.settle()
    world.settle()
    assert world.members(pool) == {php, both, bob}
    assert told(world) == [("Both", {"Changing"}), ("New", {"Changing"})]
    assert stored_keys() == {key_of(pool)}


@pytest.mark.parametrize("edits", [1, 3])
@pytest.mark.parametrize("step", ["_raise_epoch", "_show_first"])
def test_a_pool_edited_before_it_was_ever_shown_leaves_nothing_of_what_was_overtaken(
    world: Installation, step: str, edits: int
) -> None:
    world.skills("Java", "PHP", "Go")
    ada = world.candidate("Ada", ["Java", "PHP"])
    world.settle()
    pool = world.pool("Changing", skills("Java"))
    real = getattr(registration, step)

    def edited_first(*arguments: Any, **named: Any) -> Any:
        for number in range(edits):
            ask_otherwise(world, pool, skills("PHP", *(["Go"] if number % 2 else [])))
        return real(*arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registration, step, edited_first)
        assert drain_pools() == 1
    assert world.members(pool) == set()
    assert stored_keys() == set(), "nobody asks for the first criteria any more"
    world.settle()
    assert world.members(pool) == {ada}
    assert stored_keys() == {key_of(pool)}


def test_a_notice_survives_an_edit_that_was_overtaken_before_it_was_shown(world: Installation) -> None:
    """Who is in under the first and the last criteria, and was under the ones between, never left."""
    world.skills("Java", "PHP", "Go")
    pool = world.pool("Changing", skills("Java"))
    world.track(pool)
    world.settle()
    ada = world.candidate("Ada", ["Java", "PHP", "Go"])
    world.settle()
    (notice,) = world.bell()
    since = _since(world, pool)
    ask_otherwise(world, pool, skills("PHP"))
    die("_swap", after=False)
    ask_otherwise(world, pool, skills("Go"))
    world.settle()
    assert world.members(pool) == {ada}
    assert world.bell() == [notice]
    assert _since(world, pool) == since


def _since(world: Installation, pool: uuid.UUID) -> str:
    (member,) = world.recruiter.get(f"/v1/pools/{pool}/candidates").json()["items"]
    since: str = member["since"]
    return since


def test_what_cannot_be_stored_any_more_breaks_its_pool_and_no_other(world: Installation) -> None:
    """The tag it asks is gone by the time it is registered, as after a merge."""
    world.skills("Java", "PHP")
    bad, good = world.pool("Bad", skills("PHP")), world.pool("Good", skills("Java"))
    with database().begin() as connection:
        connection.execute(text("DELETE FROM tags WHERE key = 'php'"))
    world.settle()
    shown = world.recruiter.get(f"/v1/pools/{bad}").json()
    assert shown["state"] == "broken"
    assert "php" in shown["problem"]
    assert world.recruiter.get(f"/v1/pools/{good}").json()["state"] == "live"
