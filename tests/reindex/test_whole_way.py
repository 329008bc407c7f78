"""A reindex from its beginning to its end: nobody is lost or comes back, nobody is told, and there is a way back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import orjson
import pytest

from core.settings import settings
from engine.documents import Document, bulk_index
from engine.process import engine
from indexer.prepare import reindex_is_due
from mappings.installed import our_indexes
from records.database import session
from records.models import ReindexJob
from tests.installation import Installation
from tests.reindex.steps import CutOff, ask, assert_no_drift, begin, job_of, run, serves, wish

JAVA = {"tags": {"any": ["Java"]}}
BEFORE_THE_SWAP = ("making", "filling", "registering", "settling", "verifying")


@dataclass
class People:
    """Who is there, by what they can be found by."""

    java: set[uuid.UUID] = field(default_factory=set)
    gone: set[uuid.UUID] = field(default_factory=set)


@pytest.fixture
def people(place: Installation) -> People:
    """A dozen, one of them deleted; everything settled."""
    place.skills("Java", "Go")
    known = People()
    for number in range(12):
        person = place.candidate(
            f"Person {number}", ["Java"] if number % 2 else ["Go"], cv_text="They led engineering."
        )
        if number % 2:
            known.java.add(person)
    gone = known.java.pop()
    known.gone.add(gone)
    place.settle()
    place.recruiter.delete(f"/v1/candidates/{gone}")
    place.settle()
    return known


def test_everybody_is_found_and_nobody_is_told(place: Installation, people: People) -> None:
    pool = place.pool("Java", JAVA)
    place.settle()
    place.track(pool)
    before = serves()
    job = begin()

    run()
    place.settle()

    assert job_of(job).state == "swapped"
    assert {serves().candidates, serves().pools} & {before.candidates, before.pools} == set()
    assert place.found(JAVA) == people.java == place.members(pool)
    assert len(place.found({})) == 11, "and nobody who was deleted"
    assert place.bell() == []
    assert_no_drift()
    with session() as db:
        assert not reindex_is_due(db)

    wish(job, "finish")
    assert job_of(job).state == "finished"
    assert our_indexes(engine(), settings().index_prefix, "candidates").keys() == {serves().candidates}
    assert our_indexes(engine(), settings().index_prefix, "pools").keys() == {serves().pools}
    person = place.candidate("Later", ["Java"])
    place.settle()
    assert [notice["candidate"]["id"] for notice in place.bell()] == [str(person)]
    assert_no_drift()


def test_words_that_stemmers_leave_alone_are_found_only_as_written_after_it(
    place: Installation, people: People
) -> None:
    asked = {"text": "engineer"}
    pool = place.pool("Engineers", asked)
    place.settle()
    assert len(place.found(asked)) == 11 == len(place.members(pool))

    begin()
    run()
    place.settle()

    assert place.found(asked) == set()
    assert place.members(pool) == set(), "pools are matched anew where texts are read differently"
    assert len(place.found({"text": "engineering"})) == 11
    assert len(place.found({"text": "leading"})) == 0
    assert len(place.found({"text": "LED"})) == 11


class Busy:
    """Somebody who writes whenever the job says where it is."""

    def __init__(self, place: Installation, known: People, settles: bool) -> None:
        self.place, self.known, self.settles = place, known, settles
        self.pools: dict[uuid.UUID, set[uuid.UUID]] = {}
        self.came: set[uuid.UUID] = set()
        self.go: set[uuid.UUID] = set()
        self.number = 0
        self.seen: set[tuple[str, bool, bool]] = set()

    def __call__(self, job: ReindexJob) -> None:
        """One of everything: somebody comes, changes, goes; a pool is made, changed, deleted."""
        where = (job.step, job.people_done > 0, job.pools_done > 0)
        if job.step not in (*BEFORE_THE_SWAP, "swapping") or where in self.seen:
            return
        self.seen.add(where)
        self.number += 1
        self.came.add(person := self.place.candidate(f"Busy {self.number}", ["Java"]))
        self.known.java.add(person)
        self.go.add(other := self.place.candidate(f"Changed {self.number}", ["Java"]))
        self.place.recruiter.delete(f"/v1/candidates/{other}/tags/java")
        self.place.recruiter.post(f"/v1/candidates/{other}/tags", json={"tags": ["Go"]})
        gone = self.place.candidate(f"Gone {self.number}", ["Java"])
        born = self.place.pool(f"Pool {self.number}", JAVA)
        if self.settles:
            self.place.work()
        self.place.recruiter.delete(f"/v1/candidates/{gone}")
        changed = self.place.pool(f"Changed pool {self.number}", JAVA)
        if self.settles:
            self.place.work()
        self.place.recruiter.patch(f"/v1/pools/{changed}", json={"criteria": {"tags": {"any": ["Go"]}}})
        deleted = self.place.pool(f"Deleted pool {self.number}", JAVA)
        if self.settles:
            self.place.work()
        self.place.recruiter.delete(f"/v1/pools/{deleted}")
        if self.settles:
            self.place.work()
        self.pools[born] = self.known.java
        self.pools[changed] = self.go


@pytest.mark.parametrize(
    "settles",
    [
        pytest.param(True, id="worked off at once"),
        pytest.param(False, id="worked off later", marks=pytest.mark.long),
    ],
)
def test_whatever_is_written_at_any_step_is_in_the_new_pair_and_in_the_old(
    place: Installation, people: People, settles: bool
) -> None:
    tracked = place.pool("Tracked", JAVA)
    place.settle()
    place.track(tracked)
    busy = Busy(place, people, settles)
    job = begin()

    run(busy)
    place.settle()

    assert job_of(job).state == "swapped", job_of(job).error
    assert busy.number >= 7
    go = place.found({"tags": {"any": ["Go"]}})
    assert busy.go <= go
    assert place.found(JAVA) == people.java
    for pool, members in busy.pools.items():
        assert place.members(pool) == (people.java if members is people.java else go)
    told = [notice["candidate"]["id"] for notice in place.bell() if "candidate" in notice]
    assert len(told) == len(set(told)), "nobody is told of twice"
    assert busy.came <= {uuid.UUID(each) for each in told}
    assert_no_drift()

    wish(job, "rollback")
    place.settle()
    assert job_of(job).state == "rolled_back"
    assert place.found(JAVA) == people.java
    assert_no_drift()


def test_whoever_was_erased_comes_into_neither_pair_though_their_document_arrives_late(
    place: Installation, people: People
) -> None:
    person = place.candidate("Jana Zmizelá", ["Java"], cv_text="zmizelá")
    place.settle()
    old = serves().candidates
    stale = engine().call("GET", f"/{old}/_doc/{person}")
    late = Document(str(person), stale["_version"], orjson.dumps(stale["_source"]))
    place.recruiter.delete(f"/v1/candidates/{person}")
    place.settle()
    steps = 0

    def arrive(_: ReindexJob) -> None:
        nonlocal steps
        steps += 1
        bulk_index(engine(), list(our_indexes(engine(), settings().index_prefix, "candidates")), [late])

    begin()
    run(arrive)
    place.settle()

    assert steps >= 7
    assert serves().candidates != old
    for index in (old, serves().candidates):
        document = engine().call("GET", f"/{index}/_doc/{person}")
        assert "zmizel" not in str(document).lower(), index
    assert place.found({"text": "Zmizelá"}) == set()
    assert place.found(JAVA) == people.java
    assert_no_drift()


def test_a_rollback_brings_back_the_old_pair_with_all_that_was_written_since(
    place: Installation, people: People
) -> None:
    pool = place.pool("Java", JAVA)
    place.settle()
    place.track(pool)
    before = serves()
    job = begin()
    run()
    came = place.candidate("Came after the swap", ["Java"])
    left = people.java.pop()
    place.recruiter.delete(f"/v1/candidates/{left}")
    born = place.pool("Born after the swap", JAVA)
    place.settle()

    wish(job, "rollback")
    place.settle()

    assert serves() == before
    assert place.found(JAVA) == people.java | {came} == place.members(pool) == place.members(born)
    assert our_indexes(engine(), settings().index_prefix, "candidates").keys() == {before.candidates}
    assert [notice["candidate"]["id"] for notice in place.bell()] == [str(came)], "told once"
    assert_no_drift()


def test_one_that_was_given_up_leaves_everything_as_it_was(place: Installation, people: People) -> None:
    before = serves()
    job = begin()

    def cut(at: ReindexJob) -> None:
        if at.step == "settling":
            raise CutOff

    with pytest.raises(CutOff):
        run(cut)
    wish(job, "abandon")

    assert job_of(job).state == "abandoned"
    assert serves() == before
    assert our_indexes(engine(), settings().index_prefix, "pools").keys() == {before.pools}
    assert place.found(JAVA) == people.java
    assert_no_drift()


def _cut_at(number: int, done: list[str]) -> Callable[[ReindexJob], None]:
    def cut(job: ReindexJob) -> None:
        done.append(job.step)
        if len(done) > number:
            raise CutOff

    return cut


def test_cut_off_at_every_single_commit_it_goes_on_where_it_was(place: Installation, people: People) -> None:
    pool = place.pool("Java", JAVA)
    place.settle()
    place.track(pool)
    job = begin()
    cuts, arrived = 0, set()
    while job_of(job).state == "running":
        seen: list[str] = []
        try:
            # The first look tells where it stands, the second comes after one commit more.
            run(_cut_at(1, seen))
        except CutOff:
            cuts += 1
        arrived.add(place.candidate(f"Between {cuts}", ["Java"]))
        place.work()
        assert cuts < 100
    place.settle()

    assert job_of(job).state == "swapped"
    assert cuts >= 7
    assert place.found(JAVA) == people.java | arrived == place.members(pool)
    told = [notice["candidate"]["id"] for notice in place.bell() if "candidate" in notice]
    assert sorted(told) == sorted(map(str, arrived)), "each once"
    assert_no_drift()

    ask(job, "finish")
    while job_of(job).ended_at is None:
        with suppress(CutOff):
            run(_cut_at(1, []))
    assert job_of(job).state == "finished"
    assert_no_drift()
