"""I8: what the index holds and what the database says; every kind of drift is found, told apart and repaired."""

from __future__ import annotations

import uuid

import orjson
import pytest
from sqlalchemy import text

from engine.documents import Document, bulk_index, versions_of
from engine.indexes import refresh
from engine.percolator import forget, pool_key, registered
from engine.process import engine
from indexer.check import check
from mappings.documents import tombstone
from records.database import database, session
from records.repositories import indexes
from tests.installation import Installation


def candidate_index() -> str:
    with session() as db:
        return indexes.live(db).candidates[0]


def pool_index() -> str:
    with session() as db:
        return indexes.live(db).pools[0]


def remove_document(candidate: uuid.UUID) -> None:
    engine().call("DELETE", f"/{candidate_index()}/_doc/{candidate}", refresh=True)


def run(statement: str, **values: object) -> None:
    with database().begin() as connection:
        connection.execute(text(statement), values)


@pytest.fixture
def person(world: Installation) -> uuid.UUID:
    """A person in a pool that somebody tracks, everything settled."""
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    person = world.candidate("Test Person", ["Java"])
    world.settle()
    return person


def test_an_installation_at_rest_has_no_drift(world: Installation, person: uuid.UUID) -> None:
    report = check()

    assert report.drift == 0
    assert (report.candidates, report.pools) == (1, 1)
    assert report.unextracted == 0


def test_what_merely_waits_is_no_drift(world: Installation, person: uuid.UUID) -> None:
    world.candidate("Test Waiting")
    world.recruiter.patch(f"/v1/candidates/{person}", json={"headline": "Changed"})

    assert check().drift == 0


def test_a_person_lost_from_the_index_is_found_and_brought_back_silently(
    world: Installation, person: uuid.UUID
) -> None:
    remove_document(person)
    assert check().missing == 1

    assert check(repair=True).repaired == 1
    world.settle()

    assert check().drift == 0
    assert versions_of(engine(), candidate_index(), [str(person)])[str(person)].state == "live"
    assert len(world.bell()) == 1, "nobody is told of a repair"


def test_a_person_indexed_under_an_older_version_is_brought_up(world: Installation, person: uuid.UUID) -> None:
    run("UPDATE candidates SET version = 7 WHERE id = :id", id=person)
    report = check()
    assert (report.outdated, report.unmatched) == (1, 1)

    check(repair=True)
    world.settle()

    assert check().drift == 0
    assert versions_of(engine(), candidate_index(), [str(person)])[str(person)].version > 7


def test_an_index_ahead_of_a_database_that_was_set_back_is_overtaken(world: Installation, person: uuid.UUID) -> None:
    ahead = orjson.dumps(tombstone(str(person), 50) | {"state": "live"})
    bulk_index(engine(), [candidate_index()], [Document(str(person), 50, ahead)])
    assert check().ahead == 1

    check(repair=True)
    world.settle()

    assert check().drift == 0
    assert versions_of(engine(), candidate_index(), [str(person)])[str(person)].version > 50


def test_a_person_the_database_does_not_know_is_found_and_buried(world: Installation, person: uuid.UUID) -> None:
    stranger = str(uuid.uuid4())
    ghost = orjson.dumps(tombstone(stranger, 3) | {"state": "live", "tags": ["java"]})
    bulk_index(engine(), [candidate_index()], [Document(stranger, 3, ghost)])
    assert check().orphaned == 1

    check(repair=True)
    refresh(engine(), candidate_index())

    assert check().drift == 0
    assert world.found({"tags": {"any": ["Java"]}}) == {person}


def test_a_deleted_person_who_came_back_to_life_in_the_index_is_buried_again(
    world: Installation, person: uuid.UUID
) -> None:
    world.recruiter.delete(f"/v1/candidates/{person}")
    world.settle()
    alive = orjson.dumps(tombstone(str(person), 90) | {"state": "live", "tags": ["java"]})
    bulk_index(engine(), [candidate_index()], [Document(str(person), 90, alive)])
    assert check().orphaned == 1

    check(repair=True)
    world.settle()

    assert check().drift == 0
    assert world.found({"tags": {"any": ["Java"]}}) == set()


def test_a_pool_without_its_stored_queries_is_found_and_matches_again(world: Installation, person: uuid.UUID) -> None:
    (key, _count) = next(registered(engine(), pool_index()))
    forget(engine(), pool_index(), uuid.UUID(hex=key.partition(".")[0]))
    assert check().pools_missing == 1

    check(repair=True)
    world.settle()
    later = world.candidate("Test Later", ["Java"])
    world.settle()

    assert check().drift == 0
    assert {notice["candidate"]["id"] for notice in world.bell()} == {str(person), str(later)}


def test_stored_queries_of_no_living_pool_are_found_and_removed(world: Installation, person: uuid.UUID) -> None:
    keys = ["nobody knows this key", pool_key(uuid.uuid4(), 2**40)]
    body = {"term": {"tags": "java"}}
    stored = [{"pool": key, "generation": at, "query": body} for at, key in enumerate(keys, start=2**40)]
    for at, source in enumerate(stored):
        engine().call("PUT", f"/{pool_index()}/_doc/stray-{at}", source, refresh=True)
    assert check().queries_orphaned == 2

    assert check(repair=True).repaired == 2

    assert check().drift == 0
    assert not set(keys) & {key for key, _ in registered(engine(), pool_index())}


def test_the_first_finds_are_named_in_sentences(world: Installation, person: uuid.UUID) -> None:
    remove_document(person)

    (sentence,) = check().examples
    assert str(person) in sentence
    assert "missing" in sentence


def test_every_page_is_walked_on_both_sides(world: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.comparing.PAGE", 3)
    people = [world.candidate(f"Test Person {number}") for number in range(8)]
    world.settle()
    remove_document(people[0])
    remove_document(people[5])

    report = check()

    assert (report.candidates, report.missing) == (8, 2)
