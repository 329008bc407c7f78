"""A place made by other code is made ready for this one: what serves goes on serving, and says that it is outdated."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator

import pytest

from core.settings import settings
from engine.indexes import drop_index
from engine.percolator import StoredQuery
from engine.process import engine
from indexer.document import build_document
from indexer.prepare import prepare, reindex_is_due
from mappings import documents as views
from mappings import fields, known
from mappings.fields import Field
from mappings.installed import serving
from records.database import session
from records.repositories import indexes
from search.asked import asked_fields
from tests.installation import Installation


@pytest.fixture
def other_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings under which the indexes that are there would be made differently."""
    monkeypatch.setenv("KEPT_WORDS", "kubernetes")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_indexes_of_another_mapping_go_on_serving_and_the_operator_is_told(
    world: Installation, other_words: None, caplog: pytest.LogCaptureFixture
) -> None:
    world.skills("Java")
    person = world.candidate("Jana", ["Java"])
    world.settle()
    before = serving(engine(), settings().index_prefix)

    with caplog.at_level(logging.WARNING):
        prepare()

    assert serving(engine(), settings().index_prefix) == before
    assert "micropools reindex" in caplog.text
    assert world.found({"tags": {"any": ["Java"]}}) == {person}
    with session() as db:
        assert reindex_is_due(db)


def test_making_ready_again_changes_nothing(world: Installation) -> None:
    world.candidate("Jana")
    world.settle()
    before = serving(engine(), settings().index_prefix)
    prepare()
    assert serving(engine(), settings().index_prefix) == before
    assert len(world.found({})) == 1
    with session() as db:
        assert not reindex_is_due(db)


def test_an_engine_that_came_back_empty_is_filled_from_the_database(world: Installation) -> None:
    world.skills("Java")
    person = world.candidate("Jana", ["Java"])
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    lost = serving(engine(), settings().index_prefix)
    drop_index(engine(), lost.candidates)
    drop_index(engine(), lost.pools)

    prepare()
    world.settle()

    assert world.found({"tags": {"any": ["Java"]}}) == {person} == world.members(pool)
    other = world.candidate("Eva", ["Java"])
    world.settle()
    assert world.members(pool) == {person, other}


@pytest.fixture
def a_field_more(monkeypatch: pytest.MonkeyPatch) -> str:
    """What the code would be with one more field, which the indexes that are there do not know."""
    monkeypatch.setattr(known, "FIELDS", (*fields.FIELDS, Field("colour", fields.KEYWORD, fields.PERCOLATED_KEYWORD)))
    monkeypatch.setattr(views, "PERCOLATED", fields.PERCOLATED | {"colour"})
    known.written_fields.cache_clear()
    return "colour"


@pytest.fixture(autouse=True)
def _fields_as_they_are() -> Iterator[None]:
    yield
    known.written_fields.cache_clear()


def test_people_are_written_without_the_fields_that_the_serving_index_does_not_know(
    world: Installation, a_field_more: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indexer import drain

    built = build_document
    monkeypatch.setattr(drain, "build_document", lambda *given: built(*given) | {a_field_more: ["blue"]})
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    with session() as db:
        # As if a pool had asked for it already, while the other index was serving.
        indexes.ask(db, [a_field_more])
        db.commit()

    person = world.candidate("Jana", ["Java"])
    world.settle()

    assert world.found({"tags": {"any": ["Java"]}}) == {person} == world.members(pool)


def test_a_pool_that_asks_an_unknown_field_waits_and_breaks_nothing(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from percolators import registration

    world.skills("Java", "Go")

    def as_if(queries: Iterable[StoredQuery]) -> frozenset[str]:
        queries = list(queries)
        return asked_fields(queries) | ({"colour"} if "go" in str([q.body for q in queries]) else frozenset())

    monkeypatch.setattr(registration, "asked_fields", as_if)
    early = world.pool("Go", {"tags": {"any": ["Go"]}})
    ordinary = world.pool("Java", {"tags": {"any": ["Java"]}})
    person = world.candidate("Jana", ["Java", "Go"])
    world.settle()

    assert world.members(ordinary) == {person}
    assert world.members(early) == set()
    assert _state(world, early) == "filling", "it waits, it is not broken"


def _state(world: Installation, pool: uuid.UUID) -> str:
    return str(world.recruiter.get(f"/v1/pools/{pool}").json()["state"])
