"""What the benchmarks are made of: a benchmark that measures something else than it says is worse than none."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from benchmarks import percolate
from benchmarks.growth import Crowd, probes
from benchmarks.match import known
from benchmarks.quantiles import milliseconds, quantile
from benchmarks.soak import slope_per_hour
from benchmarks.world import Person, asked, names_of, person, stored, tags_of
from core.text import fold
from sample.locations import locations
from sample.profiles import CandidatePayload, candidates
from sample.requirements import PoolPayload, Sources, pools
from search.asked import asked_fields


def test_a_quantile_is_a_value_that_was_measured() -> None:
    values = [float(n) for n in range(100, 0, -1)]
    assert [quantile(values, share) for share in (0.01, 0.07, 0.5, 0.95, 0.99, 1.0)] == [1, 7, 50, 95, 99, 100]
    assert milliseconds([0.001, 0.002, 0.003], 50, 99) == {"p50": 2.0, "p99": 3.0}


def test_only_the_fields_that_pools_ask_are_percolated() -> None:
    located: PoolPayload = {"name": "", "criteria": {"tags": {"any": ["Java"]}, "locations": {"any": ["Brno"]}}}
    anywhere: PoolPayload = {"name": "", "criteria": {"tags": {"all": ["Java", "SQL"]}}}
    tags = tags_of([], [located, anywhere])
    assert asked_fields(stored(located, tags, 1)) == {"tag_at"}
    assert asked_fields([*stored(located, tags, 1), *stored(anywhere, tags, 2)]) == {"tag_at", "tags"}


def test_a_pool_as_a_row_holds_whom_its_criteria_mean() -> None:
    czech: PoolPayload = {"name": "", "criteria": {"tags": {"any": ["JS", "Go"]}, "locations": {"any": ["Czechia"]}}}
    both: PoolPayload = {"name": "", "criteria": {"tags": {"all": ["JS", "Go"]}}}
    tags = tags_of([], [czech, both])
    somebody = someone(tags=["JavaScript"], locations=["Brno"])
    there = person(somebody, tags, 1)
    assert asked(czech, tags, 1).holds(there.tags, there.places)
    assert not asked(both, tags, 2).holds(there.tags, there.places)


def test_a_wrong_answer_is_noticed(rows: Sources) -> None:
    wanted = list(pools(50, sources=rows))
    payloads = list(candidates(1))
    tags = tags_of(payloads, wanted)
    people = [person(payload, tags, n) for n, payload in enumerate(payloads)]
    with pytest.raises(RuntimeError, match="somebody answers wrongly"):
        percolate.check("somebody", [frozenset({99})], people, [asked(pool, tags, n) for n, pool in enumerate(wanted)])


def test_pools_for_the_comparison_have_three_skills_and_a_whole_country(rows: Sources) -> None:
    wanted = percolate.country_pools(300, rows)
    regions = {place.name for place in locations() if place.parent}
    assert len(wanted) == 300
    assert all(pool["criteria"]["locations"]["any"][0] not in regions for pool in wanted)
    assert all(len(names_of(pool)) == 3 for pool in wanted)


@pytest.mark.parametrize("kind", ["sharing", "disjoint"])
def test_pools_around_a_probe_share_what_they_should_and_never_match(rows: Sources, kind: Any) -> None:
    probe = probes(rows, 1)[0]
    crowd = Crowd(rows, probe, 1)
    others = list(itertools.islice(crowd.others(kind), 300))
    matching = crowd.matching(5)
    tags = tags_of([probe], [*others, *matching])
    there: Person = person(probe, tags, 1)
    skills = {fold(name) for name in probe["tags"]}
    for pool in others:
        assert not asked(pool, tags, 0).holds(there.tags, there.places)
        assert bool(skills & set(map(fold, names_of(pool)))) == (kind == "sharing")
    assert all(asked(pool, tags, 0).holds(there.tags, there.places) for pool in matching)
    assert sum("all" in pool["criteria"]["tags"] for pool in others) == 150


def test_only_people_whose_tags_are_known_are_posted_one_by_one() -> None:
    crowd, stranger = [someone(tags=["Java"])], someone(tags=["Unheard of"])
    assert known([*crowd, stranger, someone(tags=[])], crowd, []) == crowd


def someone(**more: Any) -> CandidatePayload:
    """A person with nothing but what is said."""
    payload: dict[str, Any] = {**next(candidates(1)), "tags": [], "locations": [], **more}
    return payload  # type: ignore[return-value]


def test_a_slope_is_that_of_the_straight_line_per_hour() -> None:
    assert slope_per_hour([100.0, 101.0, 102.0, 103.0], 60) == 60.0
    assert slope_per_hour([5.0, 5.0, 5.0], 15) == 0.0
    assert slope_per_hour([2.0, 1.0], 30) == -120.0
    assert slope_per_hour([7.0], 60) == 0.0
