"""I4: however an arrival falls between the steps of a pool's birth or edit, nobody is lost, doubled or mixed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from itertools import combinations_with_replacement
from typing import Any

import pytest

import indexer.drain
from percolators import recording, registration
from percolators.drain import drain_pools
from tests.installation import Installation
from tests.spine.courses import before_steps

# The steps of percolators/registration.py in their order; something happens *before* each, or after the last.
BIRTH = ("_store", "_raise_epoch", "refresh", "_fill", "_show_first")
EDIT = ("_store", "_raise_epoch", "refresh", "_fill", "_swap")
END = "end"

OLD = {"tags": {"any": ["Old"]}}
NEW = {"tags": {"any": ["New"]}}


class Arrival:
    """A person who is percolated and indexed at one moment, and whose matches are stored at a later one."""

    def __init__(self, world: Installation, tags: list[str]) -> None:
        self.world, self.tags = world, tags
        self.person: uuid.UUID | None = None
        self._asked, self._may_store = threading.Event(), threading.Event()
        self._failure: list[BaseException] = []
        self._thread = threading.Thread(target=self._drain)

    def come(self) -> None:
        """The person is acknowledged, indexed and percolated; storing waits."""
        self.person = self.world.candidate("Test Arrival", self.tags)
        self._thread.start()
        assert self._asked.wait(120), "the person was never percolated"

    def store(self) -> None:
        """Let the matches be stored."""
        self._may_store.set()
        self._thread.join(120)
        assert not self._failure, self._failure

    def _drain(self) -> None:
        real = recording.record

        def held(*arguments: Any, **named: Any) -> Any:
            self._asked.set()
            assert self._may_store.wait(120)
            return real(*arguments, **named)

        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(indexer.drain, "record", held)
                indexer.drain.drain_batch()
        except BaseException as failure:  # noqa: BLE001 - shown by the test's own thread
            self._failure.append(failure)
            self._asked.set()


def register_with(steps: tuple[str, ...], happen: Callable[[str], None]) -> None:
    """One registration, with something happening before each step and after the last."""
    with before_steps(steps, happen):
        assert drain_pools() > 0
    happen(END)


def told_of(world: Installation) -> list[str]:
    """Whom the tracker was told of, once per telling."""
    return [notice["candidate"]["id"] for notice in world.bell()]


def pairs(steps: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(combinations_with_replacement((*steps, END), 2))


@pytest.mark.parametrize(("comes", "stores"), pairs(BIRTH))
def test_whoever_comes_while_a_pool_is_born_is_in_it_and_told_of_once(
    world: Installation, comes: str, stores: str
) -> None:
    world.skills("Old", "New")
    before = world.candidate("Test Before", ["New"])
    world.candidate("Test Other", ["Old"])
    world.settle()
    pool = world.pool("Born", NEW)
    world.track(pool)
    arrival = Arrival(world, ["New"])

    def happen(step: str) -> None:
        if step == comes:
            arrival.come()
        if step == stores:
            arrival.store()

    register_with(BIRTH, happen)
    world.settle()

    assert arrival.person is not None
    assert world.members(pool) == {before, arrival.person}
    assert told_of(world) == [str(arrival.person)]


@pytest.mark.parametrize(("comes", "stores"), pairs(EDIT))
def test_an_edit_loses_nobody_and_never_mixes_old_and_new(world: Installation, comes: str, stores: str) -> None:
    world.skills("Old", "New")
    pool = world.pool("Edited", OLD)
    old = world.candidate("Test Old", ["Old"])
    new = world.candidate("Test New", ["New"])
    both = world.candidate("Test Both", ["Old", "New"])
    world.settle()
    world.track(pool)
    assert world.recruiter.patch(f"/v1/pools/{pool}", json={"criteria": NEW}).status_code == 200
    arrival = Arrival(world, ["New"])
    seen: list[set[uuid.UUID]] = []

    def happen(step: str) -> None:
        seen.append(world.members(pool))
        if step == comes:
            arrival.come()
        if step == stores:
            arrival.store()
        seen.append(world.members(pool))

    register_with(EDIT, happen)
    world.settle()

    assert arrival.person is not None
    assert world.members(pool) == {new, both, arrival.person}
    assert all(folder == {old, both} or {new, both} <= folder <= {new, both, arrival.person} for folder in seen)
    assert told_of(world) == [str(arrival.person)], "of the one who came, and of nobody whom the new criteria brought"


def test_the_epoch_is_what_saves_a_person_percolated_before_and_stored_after(world: Installation) -> None:
    """The teeth of this file: without the epoch the same interleaving loses the person from percolation's answer."""
    world.skills("New")
    world.pool("First", {"tags": {"any": ["New"]}})
    world.settle()
    pool = world.pool("Born", NEW)
    arrival = Arrival(world, ["New"])

    def happen(step: str) -> None:
        if step == "_store":
            arrival.come()
        if step == END:
            arrival.store()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registration, "_raise_epoch", lambda: None)
        register_with(tuple(step for step in BIRTH if step != "_raise_epoch"), happen)

    assert arrival.person not in world.members(pool)


def test_a_parent_edited_changes_its_children_in_one_step_each(world: Installation) -> None:
    world.skills("Old", "New", "Both")
    parent = world.pool("Parent", OLD)
    child = world.pool("Child", {"tags": {"any": ["Both"]}}, parent=parent)
    old = world.candidate("Test Old", ["Old", "Both"])
    new = world.candidate("Test New", ["New", "Both"])
    world.settle()
    assert world.members(child) == {old}

    world.recruiter.patch(f"/v1/pools/{parent}", json={"criteria": NEW})
    world.settle()

    assert world.members(parent) == {new}
    assert world.members(child) == {new}


@pytest.mark.parametrize("comes", [*BIRTH, END])
def test_a_pool_deleted_while_it_is_born_leaves_nothing(world: Installation, comes: str) -> None:
    world.skills("New")
    person = world.candidate("Test Before", ["New"])
    world.settle()
    pool = world.pool("Short-lived", NEW)
    world.track(pool)

    def happen(step: str) -> None:
        if step == comes:
            assert world.recruiter.delete(f"/v1/pools/{pool}").status_code == 204

    register_with(BIRTH, happen)
    world.settle()

    assert world.recruiter.get(f"/v1/pools/{pool}").status_code == 404
    assert world.recruiter.get(f"/v1/candidates/{person}/pools").json() == []
    assert told_of(world) == []
