"""A job that failed at the swap itself: it can be abandoned while the old pair serves, and only then."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import Conflict
from engine.errors import EngineRefused
from engine.indexes import move_aliases
from engine.process import engine
from indexer.reindex import swapping
from indexer.reindex.swapping import by_alias
from tests.installation import Installation
from tests.reindex.steps import ask, assert_no_drift, begin, job_of, resume, run, serves, wish
from tests.reindex.test_lost import all_indexes

REFUSED = EngineRefused(403, "security_exception", "no permissions")


def test_it_is_abandoned_where_nothing_moved(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    person = place.candidate("Somebody")
    place.settle()
    before = serves()
    job = begin()

    def refused(*_: Any) -> None:
        raise REFUSED

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "move_aliases", refused)
        run()
    assert (job_of(job).state, job_of(job).step) == ("failed", "swapping")

    ask(job, "abandon")
    # The engine carries out late what it had not answered.
    new = job_of(job).new_candidates, job_of(job).new_pools
    move_aliases(engine(), by_alias((str(new[0]), str(new[1]))))
    run()

    assert job_of(job).state == "abandoned"
    assert serves() == before
    assert all_indexes() == {before.candidates, before.pools}
    assert place.found({}) == {person}
    assert_no_drift()


def test_it_goes_on_where_the_new_pair_serves_already(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    job = begin()

    def lost(*given: Any) -> None:
        move_aliases(*given)
        raise REFUSED

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "move_aliases", lost)
        run()
    assert (job_of(job).state, job_of(job).step) == ("failed", "swapping")

    with pytest.raises(Conflict, match="then roll back"):
        ask(job, "abandon")
    resume(job)

    assert job_of(job).state == "swapped"
    wish(job, "rollback")
    assert job_of(job).state == "rolled_back"
