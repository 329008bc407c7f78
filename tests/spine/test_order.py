"""I3: whatever order changes are delivered in, and however often, index and matches end the same."""

from __future__ import annotations

import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from engine.documents import Document, bulk_index, versions_of
from engine.indexes import refresh
from engine.process import engine
from indexer.document import build_document
from indexer.drain import drain_batch
from mappings.fields import STORED_APART
from percolators.diff import Subject
from percolators.recording import record
from records import outbox
from records.database import database, session
from records.repositories import candidates, indexes
from tests.installation import Installation

PEOPLE = 12


def index_name() -> str:
    with session() as db:
        return indexes.live(db).candidates[0]


def stored_document(person: uuid.UUID) -> dict[str, Any]:
    refresh(engine(), index_name())
    apart = {"_source": "true", "stored_fields": ",".join(STORED_APART)}
    found: dict[str, Any] = engine().call("GET", f"/{index_name()}/_doc/{person}", **apart)
    texts = {name: found.get("fields", {}).get(name, []) for name in STORED_APART}
    return {"version": found["_version"], "source": found["_source"] | texts}


def match_rows() -> set[tuple[Any, ...]]:
    with database().connect() as connection:
        rows = connection.execute(text("SELECT candidate_id, pool_id, generation FROM matches WHERE left_at IS NULL"))
        return {tuple(row) for row in rows}


def drain_all(workers: int = 3) -> None:
    """Several workers at once, one row at a time, until nothing waits."""
    with ThreadPoolExecutor(workers) as pool:
        for worker in [pool.submit(_drain) for _ in range(workers)]:
            worker.result()
    _drain()


def _drain() -> None:
    while not drain_batch(1).nothing_due:
        pass


@pytest.mark.parametrize("seed", range(3))
def test_permuted_and_repeated_deliveries_end_the_same(world: Installation, seed: int) -> None:
    drawn = random.Random(seed)
    world.skills("Java", "Python", "Go")
    for name in ("Java", "Python", "Go"):
        world.pool(name, {"tags": {"any": [name]}})
    world.settle()
    people = [world.candidate(f"Test Person {n}", ["Java"]) for n in range(PEOPLE)]
    for person in people:
        world.recruiter.post(f"/v1/candidates/{person}/tags", json={"tags": ["Python"]})
        world.recruiter.delete(f"/v1/candidates/{person}/tags/java")
    with session() as db:
        repeated = people * 3
        drawn.shuffle(repeated)
        outbox.enqueue(db, "candidate", repeated, actor=None)
        db.commit()
    with database().begin() as connection:
        connection.execute(text("UPDATE outbox SET due_at = due_at - random() * interval '1 hour'"))

    drain_all()

    with session() as db:
        snapshot = candidates.load(db, people)
    for person in people:
        built = build_document(person, snapshot.people[person], snapshot.tags)
        assert stored_document(person) == {"version": 3, "source": orjson.loads(orjson.dumps(built))}
    named = {pool["name"]: pool["id"] for pool in world.recruiter.get("/v1/pools").json()["items"]}
    assert {(row[0], str(row[1])) for row in match_rows()} == {(person, named["Python"]) for person in people}


def test_the_same_version_gives_the_same_bytes(world: Installation) -> None:
    world.skills("Java", "Python")
    world.tag("Brno", "location")
    person = world.candidate("Test Person", ["Python", "Java"], locations=["Brno"], cv_text="Plzeň", years_experience=3)

    def built() -> bytes:
        with session() as db:
            snapshot = candidates.load(db, [person])
        return orjson.dumps(build_document(person, snapshot.people[person], snapshot.tags))

    assert built() == built()


def test_a_late_write_does_not_bring_a_deleted_person_back(world: Installation) -> None:
    world.skills("Java")
    person = world.candidate("Test Gone", ["Java"])
    world.settle()
    late = Document(str(person), 1, orjson.dumps(stored_document(person)["source"]))
    world.recruiter.delete(f"/v1/candidates/{person}")
    world.settle()
    # The engine forgets deletions after a minute; here at once. A tombstone is no deletion, so nothing is forgotten.
    engine().call("PUT", f"/{index_name()}/_settings", {"index": {"gc_deletes": "0s"}})
    try:
        outcome = bulk_index(engine(), [index_name()], [late])
    finally:
        engine().call("PUT", f"/{index_name()}/_settings", {"index": {"gc_deletes": None}})
    refresh(engine(), index_name())

    assert outcome.stale == [str(person)]
    assert versions_of(engine(), index_name(), [str(person)])[str(person)].state == "deleted"
    assert world.found({"tags": {"any": ["Java"]}}) == set()


def test_a_late_percolation_does_not_overwrite_a_newer_one(world: Installation) -> None:
    world.skills("Java", "Python")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    person = world.candidate("Test Person", ["Java"])
    world.settle()
    (standing,) = match_rows()
    world.recruiter.delete(f"/v1/candidates/{person}/tags/java")
    world.settle()
    assert world.members(pool) == set()

    with session() as db:
        row = candidates.get(db, person)
        late = {person: Subject(1, row.created_at, row.created_at)}
        epoch = indexes.footing(db).epoch
        readers = record(
            db, late, {person: frozenset({standing[2]})}, {}, seen_epoch=epoch, look_again=lambda: {person: frozenset()}
        )
        db.commit()

    assert readers == set()
    assert world.members(pool) == set()


def test_a_tag_renamed_or_moved_is_a_new_version_of_everyone_who_carries_it_and_a_synonym_is_understood(
    world: Installation,
) -> None:
    world.tag("Moravia", "location")
    world.tag("Brno", "location")
    person = world.candidate("Test Person", locations=["Brno"])
    world.settle()
    assert world.found({"locations": {"any": ["Moravia"]}}) == set()

    answers = [
        world.recruiter.patch("/v1/tags/brno", json={"parent": "Moravia"}),
        world.recruiter.patch("/v1/tags/brno", json={"synonyms": ["Brünn"]}),
        world.recruiter.patch("/v1/tags/brno", json={"name": "Statutární město Brno"}),
    ]
    world.settle()

    assert [answer.json()["people"] for answer in answers] == [1, 0, 1]
    assert stored_document(person)["version"] == 3
    assert world.found({"locations": {"any": ["Moravia"]}}) == {person}
    assert world.found({"text": "brunn"}) == {person}
