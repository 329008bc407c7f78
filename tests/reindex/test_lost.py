"""The engine lost indexes while a reindex was under way, or what serves is not what the job thinks it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from core.settings import settings
from engine.errors import EngineUnavailable
from engine.indexes import change_settings, drop_index, move_aliases
from engine.percolator import parse_pool_key, registered
from engine.process import engine
from indexer.prepare import prepare
from indexer.reindex import swapping
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


def test_the_old_index_is_refreshed_as_usual_though_the_engine_failed_right_after_the_swap(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = serves().candidates
    job = begin()
    with monkeypatch.context() as patch:
        away = EngineUnavailable("A node is away.")
        patch.setattr(swapping, "refresh_as_usual", Mock(side_effect=[None, away]))
        with pytest.raises(EngineUnavailable):
            run()
    assert job_of(job).step == "matching"
    assert _refresh_interval(old) == "-1"

    run()

    assert job_of(job).state == "swapped"
    assert _refresh_interval(old) != "-1"


def test_an_index_that_was_left_without_refreshes_has_them_when_it_serves_again(place: Installation) -> None:
    place.skills("Java")
    place.settle()
    old = serves().candidates
    job = begin()
    run()
    change_settings(engine(), old, {"refresh_interval": "-1"})

    wish(job, "rollback")

    assert serves().candidates == old
    assert _refresh_interval(old) != "-1"


def _refresh_interval(name: str) -> str | None:
    settings_of = engine().call("GET", f"/{name}/_settings", flat_settings=True)[name]["settings"]
    found: str | None = settings_of.get("index.refresh_interval")
    return found


def test_who_comes_while_the_answer_of_the_swap_is_lost_is_told_of(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.skills("Java")
    pool = place.pool("Java", JAVA)
    place.settle()
    place.track(pool)
    job = begin()
    with pytest.raises(CutOff):
        run(cut_at("swapping"))
    _as_if_made_before_skills_were_keys(job_of(job))

    def lost(*given: Any) -> None:
        move_aliases(*given)
        raise EngineUnavailable("It did not answer in time.")

    with monkeypatch.context() as patch:
        patch.setattr(swapping, "move_aliases", lost)
        with pytest.raises(EngineUnavailable):
            run()
    came = place.candidate("Came", ["Java"], cv_text="Java")
    place.work()
    told = place.bell()
    run()
    place.settle()

    assert job_of(job).state == "swapped"
    assert place.members(pool) == {came}
    assert [notice["candidate"]["id"] for notice in told] == [str(came)]
    assert place.bell() == told, "once"


def _as_if_made_before_skills_were_keys(job: ReindexJob) -> None:
    """As if the old pool index did not know the field of tags, and the same pool asked it for words of the text."""
    assert job.old_pools is not None
    ((key, _),) = registered(engine(), job.old_pools)
    body = {"pool": key, "generation": parse_pool_key(key)[1], "query": {"term": {"text": "java"}}}
    engine().call("PUT", f"/{job.old_pools}/_doc/{key}.0", body, refresh=True)
    _forget_the_field_of_tags(job.old_pools)
    with session() as db:
        indexes.ask(db, ["text"])
        db.commit()


def test_a_rollback_to_what_cannot_hold_a_pool_leaves_everybody_in_it_until_something_can(place: Installation) -> None:
    place.skills("Java", "Go")
    ordinary = place.pool("Words", {"text": "java"})
    place.settle()
    job = begin()
    run()
    place.settle()
    _forget_the_field_of_tags(job_of(job).old_pools)
    pool = place.pool("Go", {"tags": {"any": ["Go"]}})
    place.settle()
    place.track(pool)
    person = place.candidate("Petr", ["Go"], cv_text="Java")
    place.settle()
    assert place.members(pool) == {person}

    wish(job, "rollback")
    place.work()
    seen = place.recruiter.get(f"/v1/candidates/{person}")
    changed = place.recruiter.patch(
        f"/v1/candidates/{person}", json={"headline": "Developer"}, headers={"If-Match": seen.headers["etag"]}
    )
    assert changed.status_code == 200
    place.settle()

    assert place.members(pool) == {person} == place.members(ordinary)
    assert place.found({"pools": {"any": [str(pool)]}}) == {person}
    later = place.candidate("Eva", ["Go"])
    place.settle()
    begin()
    run()
    place.settle()
    assert place.members(pool) == {person, later}
    assert sorted(n["candidate"]["id"] for n in place.bell()) == sorted(map(str, (person, later))), "each once"
    place.recruiter.delete(f"/v1/candidates/{person}/tags/go")
    place.settle()
    assert place.members(pool) == {later}


def _forget_the_field_of_tags(index: str | None) -> None:
    """As if it had been made by code that had no such field."""
    assert index is not None
    with session() as db:
        known = indexes.live(db).known[index]
        indexes.set_fields(db, index, {name: inside for name, inside in known.items() if name != "tags"})
        db.commit()
