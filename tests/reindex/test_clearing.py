"""Traces of the erased are cleared in both pairs, in the time that one worker's task has."""

from __future__ import annotations

import time

import pytest

from engine.client import Engine
from indexer.clearing import clear
from tests.api.answers import ok
from tests.installation import Installation
from tests.reindex.steps import begin, run, serves


def test_two_pairs_take_no_more_time_than_one(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    person = place.candidate("Jana")
    place.settle()
    old = serves()
    begin()
    run()
    ok(place.administrator.delete(f"/v1/candidates/{person}"), 204)
    place.settle()
    given: list[str] = []

    def not_done(_engine: Engine, index: str, give_up_after_s: float) -> bool:
        given.append(index)
        ends = time.monotonic() + give_up_after_s
        while time.monotonic() < ends:
            pass
        return False

    monkeypatch.setattr("indexer.clearing.expunge", not_done)
    cleared = clear(merge_s=0.2)
    assert set(cleared.unfinished) == {old.candidates, serves().candidates}
    assert (len(given), cleared.people, cleared.waiting) == (1, 0, 1), "the first took all there was"
