"""A place made by other code is made ready for this one without losing anybody."""

from __future__ import annotations

import pytest

from core.settings import settings
from engine.process import engine
from indexer.prepare import prepare
from mappings import installed
from tests.installation import Installation


def test_a_new_mapping_gets_new_indexes_that_are_filled_from_the_database(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.skills("Java")
    person = world.candidate("Jana", ["Java"])
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    before = installed.live_indexes(engine(), settings().index_prefix)
    with monkeypatch.context() as patch:
        patch.setattr(installed, "MAPPING_VERSION", "0123abcd")
        prepare()
        after = installed.live_indexes(engine(), settings().index_prefix)
        assert not {*before.candidates, *before.pools} & {*after.candidates, *after.pools}
        assert installed.outdated_indexes(engine(), settings().index_prefix) == ()
        world.settle()
        assert world.found({"tags": {"any": ["Java"]}}) == {person} == world.members(pool)
        other = world.candidate("Eva", ["Java"])
        world.settle()
        assert world.members(pool) == {person, other}
        assert [notice["people"] for notice in world.bell()] == [1]
    # Back again, as the tests that follow need it.
    prepare()
    world.settle()
    assert world.found({"tags": {"any": ["Java"]}}) == {person, other}


def test_making_ready_again_changes_nothing(world: Installation) -> None:
    world.candidate("Jana")
    world.settle()
    before = installed.live_indexes(engine(), settings().index_prefix)
    prepare()
    assert installed.live_indexes(engine(), settings().index_prefix) == before
    assert len(world.found({})) == 1
