"""Checks for drift beside a reindex: they see what they should, and are not misled by what it does."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from engine.process import engine
from indexer import comparing
from indexer.check import check
from indexer.rebuild import rebuild
from records.database import database
from records.models import ReindexJob
from tests.installation import Installation
from tests.reindex.steps import CutOff, begin, job_of, run, serves, wish


@pytest.fixture
def person(place: Installation) -> uuid.UUID:
    """Somebody whom the index has."""
    place.skills("Java", "Go")
    person = place.candidate("Jana", ["Java"])
    place.settle()
    return person


def cut_off_at(step: str) -> Callable[[ReindexJob], None]:
    def watch(job: ReindexJob) -> None:
        if job.step == step:
            raise CutOff

    return watch


def test_after_indexes_were_made_anew_amid_a_reindex_drift_is_seen(place: Installation, person: uuid.UUID) -> None:
    job = begin()
    with pytest.raises(CutOff):
        run(cut_off_at("registering"))
    rebuild()
    assert job_of(job).state == "abandoned"
    engine().call("DELETE", f"/{serves().candidates}/_doc/{person}", refresh=True)
    assert check().missing == 1


def test_a_pool_that_the_kept_index_cannot_hold_is_no_drift(place: Installation, person: uuid.UUID) -> None:
    old = serves()
    begin()
    run()
    with database().begin() as connection:  # as if it had been made by code that did not know the field
        connection.execute(
            text("UPDATE live_indexes SET fields = fields - 'tags' WHERE name = :name"), {"name": old.pools}
        )
    place.pool("Go", {"tags": {"any": ["Go"]}})
    place.settle()
    assert check().drift == 0
    engine().call("POST", f"/{serves().pools}/_delete_by_query", {"query": {"match_all": {}}}, refresh=True)
    assert check().pools_missing == 1, "the one that serves has to hold it"


def test_a_check_goes_on_when_the_old_index_is_dropped_under_it(
    place: Installation, person: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin()
    run()
    real = comparing.compare_people

    def finished_meanwhile(*page: Any) -> Any:
        if job_of(job).state == "swapped":
            wish(job, "finish")
        return real(*page)

    monkeypatch.setattr("indexer.check.compare_people", finished_meanwhile)
    report = check()
    assert job_of(job).state == "finished"
    assert (report.candidates, report.drift) == (1, 0)
