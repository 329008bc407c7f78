"""What is wrong in the new pair stops the swap, in words; mended, it goes on. Meant differences can be accepted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from engine.percolator import pool_key, registered
from engine.process import engine
from indexer.check import check
from indexer.reindex.finds import Finds
from records.database import session
from records.ids import FIRST, LAST
from records.models import ReindexJob
from records.repositories import candidates, filling, pools
from records.repositories.filling import Digest
from tests.installation import Installation
from tests.reindex.steps import assert_no_drift, begin, job_of, resume, run, serves, wish

JAVA = {"tags": {"any": ["Java"]}}


@pytest.fixture
def person(place: Installation) -> uuid.UUID:
    """One of five people, in a pool."""
    place.skills("Java")
    place.pool("Java pool", JAVA)
    people = [place.candidate(f"Person {number}", ["Java"]) for number in range(5)]
    place.settle()
    return people[2]


def once_at(step: str, do: Callable[[ReindexJob], Any]) -> Callable[[ReindexJob], None]:
    """Do something the first time the job stands at a step."""
    done: list[str] = []

    def watch(job: ReindexJob) -> None:
        if job.step == step and not done:
            done.append(step)
            do(job)

    return watch


def remove(job: ReindexJob, person: uuid.UUID) -> None:
    engine().call("DELETE", f"/{job.new_candidates}/_doc/{person}", refresh=True)


def change(job: ReindexJob, person: uuid.UUID, **fields: object) -> None:
    script = {"source": "ctx._source.putAll(params)", "params": fields}
    engine().call("POST", f"/{job.new_candidates}/_update/{person}", {"script": script}, refresh=True)


def add_stranger(job: ReindexJob, stranger: uuid.UUID) -> None:
    body = {"id": str(stranger), "version": 1, "state": "live"}
    engine().call("PUT", f"/{job.new_candidates}/_doc/{stranger}", body, refresh=True)


def the_query(index: str | None) -> str:
    ((key, _),) = registered(engine(), str(index))
    return f"{key}.0"


def forget(job: ReindexJob) -> None:
    engine().call("DELETE", f"/{job.new_pools}/_doc/{the_query(job.new_pools)}", refresh=True)


def ask_otherwise(job: ReindexJob) -> None:
    change = {"doc": {"query": {"term": {"tags": "cobol"}}}}
    engine().call("POST", f"/{job.new_pools}/_update/{the_query(job.new_pools)}", change, refresh=True)


TAMPERED: dict[str, tuple[Callable[[ReindexJob, uuid.UUID], Any], str]] = {
    "somebody is missing": (remove, "missing"),
    "somebody is there whom nobody knows": (lambda job, _: add_stranger(job, uuid.uuid4()), "unknown to the database"),
    "somebody is of another version": (lambda job, who: change(job, who, version=7), "newer version"),
    "somebody is taken for deleted": (lambda job, who: change(job, who, state="deleted"), "taken for deleted"),
    "a document differs at the same version": (lambda job, who: change(job, who, email=["x@example.com"]), "document"),
    "a stored query is missing": (lambda job, _: forget(job), "0 stored queries"),
    "a stored query asks something else": (lambda job, _: ask_otherwise(job), "another question"),
}


# One of each kind; the others are in the long suite.
SHORT = ("somebody is missing", "a document differs at the same version", "a stored query asks something else")


@pytest.mark.parametrize(
    "how", [how if how in SHORT else pytest.param(how, marks=pytest.mark.long) for how in TAMPERED]
)
def test_what_is_wrong_in_the_new_pair_stops_the_swap_and_is_said(
    place: Installation, person: uuid.UUID, how: str
) -> None:
    tamper, said = TAMPERED[how]
    before = serves()
    job = begin()

    run(once_at("verifying", lambda at: tamper(at, person)))

    stopped = job_of(job)
    assert (stopped.state, stopped.step) == ("failed", "verifying")
    assert said in str(stopped.error)
    assert Finds.of(stopped).count == 1
    assert serves() == before
    assert len(place.found(JAVA)) == 5
    wish(job, "abandon")
    assert_no_drift()


def test_what_was_repaired_is_swapped_in_when_it_goes_on(place: Installation, person: uuid.UUID) -> None:
    job = begin()
    run(once_at("verifying", lambda at: remove(at, person)))
    assert job_of(job).state == "failed"

    # The check looks at the new pair, too, once it is meant to be whole.
    assert check(repair=True).repaired == 1
    place.settle()
    resume(job)

    assert job_of(job).state == "swapped"
    assert job_of(job).error is None
    assert len(place.found(JAVA)) == 5


def test_what_is_just_as_wrong_in_the_old_pair_is_no_reason_to_keep_it(place: Installation, person: uuid.UUID) -> None:
    job = begin()

    def remove_from_both(at: ReindexJob) -> None:
        for index in (at.old_candidates, at.new_candidates):
            engine().call("DELETE", f"/{index}/_doc/{person}", refresh=True)

    run(once_at("verifying", remove_from_both))

    assert job_of(job).state == "swapped"
    assert any("as well" in note for note in Finds.of(job_of(job)).notes)


def test_what_a_pool_left_behind_in_the_new_index_is_removed(place: Installation, person: uuid.UUID) -> None:
    job = begin()
    stray = pool_key(uuid.uuid4(), 10**6)
    body = {"pool": stray, "generation": 10**6, "query": {"term": {"tags": "java"}}}
    run(once_at("settling", lambda at: engine().call("PUT", f"/{at.new_pools}/_doc/{stray}.0", body, refresh=True)))

    assert job_of(job).state == "swapped"
    assert stray not in dict(registered(engine(), serves().pools))


def test_searches_that_are_answered_otherwise_stop_it_until_that_is_accepted(place: Installation) -> None:
    place.candidate("Somebody", cv_text="Years of engineering.")
    pool = place.pool("Engineers", {"text": "engineer"})
    place.settle()
    assert len(place.members(pool)) == 1
    job = begin(accept_differences=False)

    run()

    stopped = job_of(job)
    assert stopped.state == "failed"
    assert "“Engineers”" in str(stopped.error)
    assert "--accept-differences" in str(stopped.error)
    with session() as db:
        from indexer.reindex import asking

        asking.go_on(db, stopped, accept_differences=True)
        db.commit()
    run()
    assert job_of(job).state == "swapped"


def test_both_sides_work_out_the_same_digest(place: Installation, person: uuid.UUID) -> None:
    place.recruiter.delete(f"/v1/candidates/{person}")
    place.settle()
    with session() as db:
        here = filling.digest(db, FIRST, LAST)
        rows = candidates.versions_between(db, FIRST, LAST, 100)
    there = Digest.of((str(row.id), row.version, "deleted" if row.deleted else "live") for row in rows)

    assert here == there
    assert here.people == 5
    wrong = [(str(row.id), row.version + (row.id == person), "live") for row in rows]
    assert Digest.of(wrong) != here


def test_pools_that_cannot_be_understood_any_more_go_on_as_they_are_stored(
    place: Installation, person: uuid.UUID
) -> None:
    from tests.indexer.test_check import run as execute

    execute('UPDATE pools SET live_chain = \'[{"tags": {"any": ["Nobody knows this"]}}]\'')
    job = begin()

    def stored() -> dict[str, int]:
        return dict(registered(engine(), serves().pools))

    before = stored()
    run(once_at("swapping", lambda _: None))

    assert job_of(job).state == "swapped", job_of(job).error
    assert before.keys() <= stored().keys()
    with session() as db:
        assert all(pool.broken_reason is None for pool in pools.page(db, FIRST, 10))
