"""One bad row holds up nobody, is counted and in the end set aside; an outage is nobody's fault."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

import indexer.drain
import percolators.drain
from core.errors import Unavailable
from core.pace import Pace
from core.settings import settings
from engine.indexes import create_index, drop_index
from engine.process import engine, forget_engine
from indexer.document import build_document
from indexer.drain import Drained, drain_batch
from mappings.indexes import candidate_index, mapping_version
from mappings.names import IndexName
from percolators.drain import drain_pools
from percolators.registration import register_pools
from records import outbox
from records.database import database, session
from records.repositories import indexes
from tests.installation import Installation

JAVA = {"tags": {"any": ["Java"]}}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test made the engine do is forgotten."""
    monkeypatch.setattr(indexer.drain, "_pace", Pace())
    monkeypatch.setattr(percolators.drain, "_pace", Pace())


def rows() -> dict[uuid.UUID, Any]:
    """What waits in the outbox, by person or pool."""
    with database().connect() as connection:
        return {row.entity_id: row for row in connection.execute(text("SELECT * FROM outbox ORDER BY id"))}


def let_time_pass() -> None:
    """Every pause is over."""
    with database().begin() as connection:
        connection.execute(text("UPDATE outbox SET due_at = clock_timestamp() - interval '1 second'"))


def failing_for(names: set[str]) -> Callable[..., Any]:
    """The document builder, with a flaw that some people's records bring out."""

    def build(candidate: uuid.UUID, person: dict[str, Any], tags: Any) -> Any:
        if person["name"] in names:
            raise ZeroDivisionError("a flaw that this record brings out")
        return build_document(candidate, person, tags)

    return build


@contextmanager
def engine_away() -> Iterator[None]:
    """Nothing listens where the engine should be."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENSEARCH_URL", "http://127.0.0.1:9")
        settings.cache_clear()
        forget_engine()
        try:
            yield
        finally:
            patch.undo()
            settings.cache_clear()
            forget_engine()


def test_somebody_who_cannot_be_processed_holds_up_nobody(world: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    world.skills("Java")
    pool = world.pool("Java", JAVA)
    world.settle()
    bad = world.candidate("Bad", ["Java"])
    good = [world.candidate(f"Good {n}", ["Java"]) for n in range(5)]
    with monkeypatch.context() as patch:
        patch.setattr(indexer.drain, "build_document", failing_for({"Bad"}))
        assert drain_batch() == Drained(claimed=6, done=5, failed=1)
        assert drain_batch().nothing_due
    assert world.members(pool) == set(good)
    (row,) = rows().values()
    assert (row.entity_id, row.attempts, row.dead_at) == (bad, 1, None)
    assert "a flaw that this record brings out" in row.error

    let_time_pass()
    assert drain_batch() == Drained(claimed=1, done=1)
    assert world.members(pool) == {bad, *good}


def test_somebody_the_engine_refuses_holds_up_nobody(world: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    world.skills("Java")
    pool = world.pool("Java", JAVA)
    world.settle()
    world.candidate("Bad", ["Java"])
    good = world.candidate("Good", ["Java"])

    def with_a_field_too_many(candidate: uuid.UUID, person: dict[str, Any], tags: Any) -> dict[str, Any]:
        return build_document(candidate, person, tags) | ({"unheard_of": 1} if person["name"] == "Bad" else {})

    monkeypatch.setattr(indexer.drain, "build_document", with_a_field_too_many)
    assert drain_batch() == Drained(claimed=2, done=1, failed=1)
    assert world.members(pool) == {good}
    (row,) = rows().values()
    assert row.attempts == 1
    assert "unheard_of" in row.error


def test_whatever_fails_every_time_is_set_aside_where_it_is_seen_and_can_be_revived(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = world.candidate("Bad")
    with monkeypatch.context() as patch:
        patch.setattr(indexer.drain, "build_document", failing_for({"Bad"}))
        for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
            assert drain_batch() == Drained(claimed=1, failed=1)
            assert rows()[bad].attempts == attempt
            assert not outbox.is_due("candidate"), "it waits, each time longer, instead of being tried all the time"
            let_time_pass()
        assert rows()[bad].dead_at is not None
        assert drain_batch().nothing_due
    with session() as db:
        assert [(each.kind, each.waiting, each.dead) for each in outbox.backlog(db)] == [("candidate", 0, 1)]
        assert outbox.revive(db) == 1
        db.commit()
    assert drain_batch() == Drained(claimed=1, done=1)
    assert rows() == {}


def test_an_engine_that_is_away_costs_no_attempt_and_loses_nobody(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", JAVA)
    people = {world.candidate(f"Person {n}", ["Java"]) for n in range(3)}
    with engine_away():
        for _ in range(outbox.MAX_ATTEMPTS + 1):
            for drain in (drain_batch, drain_pools):
                with pytest.raises(Unavailable):
                    drain()
            let_time_pass()
    assert {(row.attempts, row.dead_at) for row in rows().values()} == {(0, None)}
    assert all("did not answer" in row.error for row in rows().values())
    world.settle()
    assert world.members(pool) == people


def test_an_engine_that_goes_away_while_each_is_tried_alone_costs_nobody_an_attempt(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = world.candidate("Bad")
    others = [world.candidate(f"Person {n}") for n in range(4)]
    real_work = indexer.drain._work

    def engine_gone_at_the_third(ids: list[int]) -> Drained:
        if len(ids) == 1 and len(rows()) <= 3:
            raise Unavailable("The search engine did not answer.")
        return real_work(ids)

    with monkeypatch.context() as patch:
        patch.setattr(indexer.drain, "build_document", failing_for({"Bad"}))
        patch.setattr(indexer.drain, "_work", engine_gone_at_the_third)
        with pytest.raises(Unavailable):
            drain_batch()
    left = rows()
    assert left.pop(bad).attempts == 1
    assert len(left) == 2
    assert set(left) < set(others)
    assert {row.attempts for row in left.values()} == {0}


def test_an_index_that_takes_no_writes_now_costs_nobody_an_attempt(world: Installation) -> None:
    """One of two live indexes (as while reindexing) is over its disk's watermark: "not now" for every document."""
    world.skills("Java")
    pool = world.pool("Java", JAVA)
    world.settle()
    full = str(IndexName(settings().index_prefix, "candidates", mapping_version(), 99))
    create_index(engine(), full, candidate_index())
    engine().call("PUT", f"/{full}/_settings", {"index.blocks.read_only_allow_delete": True})
    with session() as db:
        before = indexes.live(db).candidates
        indexes.set_live(db, "candidates", [*before, full])
        db.commit()
    try:
        ada = world.candidate("Ada", ["Java"])
        assert drain_batch() == Drained(claimed=1, delayed=1)
        assert (rows()[ada].attempts, rows()[ada].dead_at) == (0, None)
        assert world.members(pool) == set(), "not matched before every live index holds them"
        engine().call("PUT", f"/{full}/_settings", {"index.blocks.read_only_allow_delete": None})
        let_time_pass()
        assert drain_batch() == Drained(claimed=1, done=1)
        assert world.members(pool) == {ada}
    finally:
        with session() as db:
            indexes.set_live(db, "candidates", before)
            db.commit()
        drop_index(engine(), full)


def test_a_pool_that_cannot_be_registered_holds_up_no_other_and_is_set_aside(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.skills("Java")
    ada = world.candidate("Ada", ["Java"])
    drain_batch()
    bad, good = world.pool("Bad", JAVA), world.pool("Good", JAVA)

    def flawed(db: Any, ids: list[uuid.UUID]) -> set[uuid.UUID]:
        if bad in ids:
            raise ZeroDivisionError("a flaw that this pool brings out")
        return register_pools(db, ids)

    monkeypatch.setattr(percolators.drain, "register_pools", flawed)
    assert drain_pools() == 1
    assert world.members(good) == {ada}
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        assert rows()[bad].attempts == attempt
        assert not outbox.is_due("pool")
        let_time_pass()
        assert drain_pools() == 0
    assert rows()[bad].dead_at is not None
    assert "a flaw that this pool brings out" in rows()[bad].error


@contextmanager
def closed_for_writing(block: str) -> Iterator[None]:
    """The serving index of people takes no writes, as the engine does it when the disk is full, or an operator."""
    with session() as db:
        (name,) = indexes.live(db).candidates
    engine().call("PUT", f"/{name}/_settings", {f"index.blocks.{block}": True})
    try:
        yield
    finally:
        engine().call("PUT", f"/{name}/_settings", {f"index.blocks.{block}": None})


def rests() -> list[float]:
    """For how long each row rests yet, in seconds."""
    with database().connect() as connection:
        seconds = text("SELECT extract(epoch FROM due_at - clock_timestamp()) FROM outbox ORDER BY id")
        return [float(each) for each in connection.scalars(seconds)]


@pytest.mark.parametrize("block", ["read_only_allow_delete", "write", "read_only"])
def test_an_index_that_is_closed_for_writing_costs_nobody_an_attempt_however_it_is_closed(
    world: Installation, block: str
) -> None:
    ada = world.candidate("Ada")
    with closed_for_writing(block):
        for _ in range(outbox.MAX_ATTEMPTS + 1):
            with pytest.raises(Unavailable):
                drain_batch()
            let_time_pass()
        assert (rows()[ada].attempts, rows()[ada].dead_at) == (0, None)
        assert world.found({}) == set()
        world.candidate("Bob")
    world.settle()
    assert len(world.found({})) == 2


def test_while_the_engine_is_away_rows_rest_longer_and_longer_but_never_long_and_not_all_alike(
    world: Installation,
) -> None:
    for n in range(6):
        world.candidate(f"Person {n}")
    longest = []
    with engine_away():
        for _ in range(8):
            with pytest.raises(Unavailable):
                while not drain_batch().nothing_due:
                    pass
            # Batches have become small: the other rows' turn comes, too.
            for _ in range(6):
                try:
                    drain_batch()
                except Unavailable:
                    continue
            longest.append(max(rests()))
            together = rests()
            let_time_pass()
    assert longest[0] < 2
    assert longest[0] < longest[2] < longest[4]
    assert outbox.MAX_OUTAGE_PAUSE_S * 0.7 < longest[-1] <= outbox.MAX_OUTAGE_PAUSE_S * 1.25
    assert max(together) - min(together) > 0.2


def test_the_first_success_after_an_outage_brings_everybody_else_forward(world: Installation) -> None:
    people = {world.candidate(f"Person {n}") for n in range(5)}
    with engine_away():
        for _ in range(6):
            for _ in people:
                try:
                    drain_batch()
                except Unavailable:
                    continue
            let_time_pass()
        with pytest.raises(Unavailable):
            while not drain_batch().nothing_due:
                pass
    with database().begin() as connection:
        connection.execute(text("UPDATE outbox SET postponed = 5, due_at = clock_timestamp() + interval '10 seconds'"))
    late = world.candidate("Late")
    assert drain_batch() == Drained(claimed=1, done=1), "one at a time until the engine has shown that it works"
    assert max(rests()) <= 0
    while not drain_batch().nothing_due:
        pass
    assert rows() == {}
    world.settle()
    assert world.found({}) == {*people, late}


def test_batches_shrink_while_the_engine_turns_them_away_and_grow_again_afterwards(world: Installation) -> None:
    for n in range(20):
        world.candidate(f"Person {n}")
    sizes: list[int] = []
    with closed_for_writing("read_only_allow_delete"):
        for _ in range(3):
            with pytest.raises(Unavailable):
                drain_batch(limit=16)
            sizes.append(sum(row.postponed > 0 for row in rows().values()))
            with database().begin() as connection:
                connection.execute(text("UPDATE outbox SET postponed = 0, due_at = clock_timestamp()"))
    assert sizes == [16, 8, 4]
    done = [drain_batch(limit=16).done for _ in range(4)]
    assert done == [2, 4, 8, 6]


def test_a_later_change_that_gets_through_takes_along_what_was_set_aside(
    world: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.skills("Java")
    pool = world.pool("Java", JAVA)
    world.settle()
    world.track(pool)
    bad = world.candidate("Bad", ["Java"])
    with monkeypatch.context() as patch:
        patch.setattr(indexer.drain, "build_document", failing_for({"Bad"}))
        for _ in range(outbox.MAX_ATTEMPTS):
            drain_batch()
            let_time_pass()
    assert rows()[bad].dead_at is not None
    world.recruiter.patch(f"/v1/candidates/{bad}", json={"headline": "Mended"})
    world.settle()
    assert rows() == {}, "nothing is left to be retried"
    assert [notice["candidate"]["id"] for notice in world.bell()] == [str(bad)]
