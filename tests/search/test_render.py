"""The two renderings of a question: what they look like, and what the engine makes of the stored one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from engine.client import Engine
from engine.percolator import StoredQuery, count_unextracted, register
from search.compile import compile_criteria
from search.criteria import MOST_NAMES, MOST_REJECTION_NAMES, parse_criteria
from search.normalise import resolve
from search.question import Question
from search.render_search import render_search
from search.render_stored import MOST_STORED, NotStorable, render_stored
from search.sight import Everything
from search.vocabulary import Entry, Vocabulary
from tests.on_engine import OwnIndexes
from tests.search.questions import NOT_STORABLE, TYPICAL, Extraction
from tests.search.world import TODAY, VOCABULARY

SNAPSHOT = Path(__file__).parent / "snapshots" / "queries.json"
POOL = "00000000000000000000000000000001.1"


def question(criteria: dict[str, Any]) -> Question:
    return compile_criteria(resolve(parse_criteria(criteria), VOCABULARY), TODAY)


def rendered(criteria: dict[str, Any]) -> dict[str, Any]:
    asked = question(criteria)
    try:
        stored: Any = [query.body for query in render_stored(asked, POOL)]
    except NotStorable as refusal:
        stored = f"{refusal.place}: {refusal.reason}"
    return {"criteria": criteria, "search": render_search(asked, Everything()), "stored": stored}


def test_the_queries_are_their_snapshot() -> None:
    """To change them: change search/, run with UPDATE_SNAPSHOTS=1, read the difference, register every pool anew."""
    cases = {name: case[0] for name, case in (TYPICAL | NOT_STORABLE).items()}
    queries = {name: rendered(criteria) for name, criteria in cases.items()}
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_bytes(orjson.dumps(queries, option=orjson.OPT_INDENT_2) + b"\n")
    assert queries == orjson.loads(SNAPSHOT.read_bytes())


def extraction(engine: Engine, index: str, query: StoredQuery) -> str:
    """What the percolator made of one stored query."""
    for result in ("complete", "partial", "failed"):
        filters = [{"ids": {"values": [query.id]}}, {"term": {"query.extraction_result": result}}]
        if engine.call("POST", f"/{index}/_count", {"query": {"bool": {"filter": filters}}})["count"]:
            return result
    return "not stored"


@pytest.mark.parametrize(("name", "number"), [(name, n) for n, name in enumerate(TYPICAL)])
def test_the_engine_extracts_from_each_shape_what_we_say(
    engine: Engine, shared_indexes: OwnIndexes, name: str, number: int
) -> None:
    criteria, expected = TYPICAL[name]
    stored = render_stored(question(criteria), f"{number:032x}.1")
    assert register(engine, shared_indexes.pools, stored).failed == []
    found = tuple(extraction(engine, shared_indexes.pools, query) for query in stored)
    assert found == expected
    promised: tuple[Extraction, ...] = tuple("complete" for query in stored if query.exact)
    assert found.count("complete") >= len(promised)
    assert all(result == "complete" for query, result in zip(stored, found, strict=True) if query.exact)
    assert count_unextracted(engine, shared_indexes.pools) == 0


@pytest.mark.parametrize("name", NOT_STORABLE)
def test_what_cannot_be_kept_as_a_pool_is_refused_with_place_and_reason(name: str) -> None:
    criteria, place, reason = NOT_STORABLE[name]
    with pytest.raises(NotStorable) as caught:
        render_stored(question(criteria), POOL)
    assert caught.value.place == place
    assert reason in caught.value.reason
    assert [problem.place for problem in caught.value.problems] == [place]


def test_many_tags_in_many_places_are_still_one_query_of_single_terms() -> None:
    tags = ["Java", "JS", "C", "C++", "C#"]
    places = ["cz", "cz.jm", "Brno", "Praha", "Znojmo", "sk", "Nitra"]
    (query,) = render_stored(question({"tags": {"any": tags}, "locations": {"any": places}}), POOL)
    assert query.exact
    assert len(query.body["terms"]["tag_at"]) == 35


def test_no_pool_is_stored_as_more_queries_than_the_bound() -> None:
    bands = ["0-1", "2-4", "5-9", "10-19", "20+"]
    for sources in range(1, 30):
        criteria = {"sources": {"any": [f"s{n}" for n in range(sources)]}, "experience": {"any": bands}}
        stored = render_stored(question(criteria), POOL)
        assert len(stored) == (sources * 5 if sources * 5 <= MOST_STORED else 1)


def test_the_order_in_which_things_are_said_does_not_change_what_is_stored() -> None:
    one = question({"tags": {"all": ["C", "Java"], "none": ["vip", "JS"]}})
    other = question({"tags": {"all": ["Java", "C"], "none": ["JS", "vip"]}})
    assert render_stored(one, POOL) == render_stored(other, POOL)


def test_the_widest_criteria_there_are_are_compiled_within_bounds() -> None:
    """As many names as may be given, everywhere: stored whole, and without writing millions of ways out."""
    names = [f"s{n}" for n in range(MOST_NAMES)]
    skills = Vocabulary.of(
        [Entry(name, name, kind) for name in names for kind in ("skill", "location", "reason", "position")]
    )
    few = names[:MOST_REJECTION_NAMES]
    widest = {
        "tags": {"any": names, "all": names, "none": names},
        "locations": {"any": names, "none": names},
        "sources": {"any": names, "none": names},
        "experience": {"any": ["0-1", "2-4", "5-9"]},
        "rejections": {"reasons": few, "positions": few},
        "text": " ".join(f"(a{n} or -b{n})" for n in range(50)),
    }
    asked = compile_criteria(resolve(parse_criteria(widest), skills), TODAY)
    (query,) = render_stored(asked, POOL)
    assert not query.exact
