"""The engine lost indexes while a reindex was under way, or what serves is not what the job thinks it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.settings import settings
from engine.indexes import drop_index, move_aliases
from engine.process import engine
from indexer.prepare import prepare
from indexer.reindex.swapping import by_alias
from mappings.installed import Serving, our_indexes
from mappings.names import KINDS
from records.database import session
from records.models import ReindexJob
from records.repositories import indexes
from tests.installation import Installation
from tests.reindex.steps import CutOff, assert_no_drift, begin, job_of, run, serves, wish

JAVA = {"tags": {"any": ["Java"]}}


def cut_at(step: str) -> Callable[[ReindexJob], None]:
    """End where the job stands at a step."""

    def cut(job: ReindexJob) -> None:
        if job.step == step:
            raise CutOff

    return cut


def all_indexes() -> set[str]:
    """Every index of ours that the engine has."""
    return {name for kind in KINDS for name in our_indexes(engine(), settings().index_prefix, kind)}


@pytest.mark.parametrize("lost", ["everything", "what serves"])
def test_an_engine_that_lost_what_serves_during_a_reindex_is_filled_again(place: Installation, lost: str) -> None:
    place.skills("Java")
    people = {place.candidate(f"Person {number}", ["Java"]) for number in range(3)}
    pool = place.pool("Java", JAVA)
    place.settle()
    before = serves()
    job = begin()
    with pytest.raises(CutOff):
        run(cut_at("registering"))
    for name in all_indexes() if lost == "everything" else (before.candidates, before.pools):
        drop_index(engine(), name)

    prepare()
    place.settle()

    assert job_of(job).state == "abandoned"
    assert place.found(JAVA) == people == place.members(pool)
    with session() as db:
        written = indexes.whole(db)
        assert written == indexes.live(db)
    assert Serving(*written.candidates, *written.pools) == serves()
    assert all_indexes() == {*written.candidates, *written.pools}
    assert all_indexes().isdisjoint({before.candidates, before.pools, job_of(job).new_candidates})
    assert_no_drift()
    anew = begin()
    run()
    assert job_of(anew).state == "swapped", job_of(anew).error


def test_an_index_that_serves_is_not_dropped_whatever_the_job_says(place: Installation) -> None:
    place.skills("Java")
    person = place.candidate("Somebody", ["Java"])
    place.settle()
    before = serves()
    job = begin()
    run()
    # By hand, as an operator in need might.
    move_aliases(engine(), by_alias((before.candidates, before.pools)))

    wish(job, "finish")

    assert job_of(job).state == "failed"
    assert "the one that serves" in str(job_of(job).error)
    assert {before.candidates, before.pools} <= all_indexes()
    assert place.found(JAVA) == {person}
