"""Criteria are read strictly, and errors say where."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.criteria import MOST_NAMES, MOST_TEXT, Criteria, CriteriaInvalid, parse_criteria
from tests.search.world import Asked, asked

FULL: dict[str, Any] = {
    "tags": {"any": ["Java"], "all": ["C++"], "none": ["C"]},
    "locations": {"any": ["Brno"], "none": ["Praha"]},
    "sources": {"any": ["web"], "none": ["LinkedIn"]},
    "experience": {"any": ["5-9"], "none": ["20+"]},
    "languages": {"any": [{"code": "de", "at_least": "b2"}], "all": [{"code": "en"}], "none": [{"code": "fr"}]},
    "created": {"from": "2026-01-01", "to": "2026-02-01"},
    "rejections": {"reasons": ["Plat"], "by": "us", "positions": ["p1"], "none": {"reasons": ["Neozval se"]}},
    "text": "java",
}


def test_everything_that_can_be_said_is_kept_as_said() -> None:
    assert parse_criteria(FULL).as_json() == FULL
    assert parse_criteria({}).as_json() == {}


@given(asked())
def test_criteria_written_and_read_again_are_the_same(each: Asked) -> None:
    criteria = parse_criteria(each.criteria)
    assert parse_criteria(orjson.loads(orjson.dumps(criteria.as_json()))) == criteria


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"tag": {}}, "criteria.tag"),
        ({"tags": {"some": []}}, "criteria.tags.some"),
        ({"tags": ["Java"]}, "criteria.tags"),
        ({"tags": {"any": "Java"}}, "criteria.tags.any"),
        ({"tags": {"any": ["Java", 5]}}, "criteria.tags.any[1]"),
        ({"tags": {"any": ["  "]}}, "criteria.tags.any[0]"),
        ({"tags": {"any": ["a\x00b"]}}, "criteria.tags.any[0]"),
        ({"tags": {"any": ["\ud800"]}}, "criteria.tags.any[0]"),
        ({"tags": {"any": ["x" * 201]}}, "criteria.tags.any[0]"),
        ({"tags": {"any": ["x"] * (MOST_NAMES + 1)}}, "criteria.tags.any"),
        ({"experience": {"any": ["3-5"]}}, "criteria.experience.any[0]"),
        ({"languages": {"any": ["de"]}}, "criteria.languages.any[0]"),
        ({"languages": {"any": [{"code": "de", "at_least": "d1"}]}}, "criteria.languages.any[0].at_least"),
        ({"created": {"from": 1700000000}}, "criteria.created.from"),
        ({"created": {"from": "2026-02-30"}}, "criteria.created.from"),
        ({"created": {"from": "2026-02-01T10:00:00"}}, "criteria.created.from"),
        ({"created": {"last_days": True}}, "criteria.created.last_days"),
        ({"created": {"last_days": 0}}, "criteria.created.last_days"),
        ({"created": {"last_days": "7"}}, "criteria.created.last_days"),
        ({"created": {"last_days": 7, "to": "2026-01-01"}}, "criteria.created"),
        ({"created": {"from": "2026-02-02", "to": "2026-02-01"}}, "criteria.created"),
        ({"rejections": {"by": "them"}}, "criteria.rejections.by"),
        ({"rejections": {"never": 1}}, "criteria.rejections.never"),
        ({"rejections": {"never": True, "reasons": ["Plat"]}}, "criteria.rejections"),
        ({"rejections": {"none": {}}}, "criteria.rejections"),
        ({"rejections": {"none": {"never": True}}}, "criteria.rejections.none.never"),
        ({"text": "x" * (MOST_TEXT + 1)}, "criteria.text"),
        ({"text": None}, "criteria.text"),
        ({"text": "a\x00b"}, "criteria.text"),
        ([], "criteria"),
        (None, "criteria"),
        ("java", "criteria"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(sent: object, place: str) -> None:
    with pytest.raises(CriteriaInvalid) as caught:
        parse_criteria(sent)
    assert [problem.place for problem in caught.value.problems] == [place]
    assert all(problem.message.endswith(".") for problem in caught.value.problems)


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(CriteriaInvalid) as caught:
        parse_criteria({"tags": {"any": [1]}, "text": 2, "nonsense": 3})
    assert {each.place for each in caught.value.problems} == {
        "criteria.tags.any[0]",
        "criteria.text",
        "criteria.nonsense",
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*FULL, "any", "all", "none", "code", "from", "since", "never"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_json_is_criteria_or_a_refusal(sent: object) -> None:
    try:
        criteria = parse_criteria(sent)
    except CriteriaInvalid as refusal:
        assert refusal.problems
    else:
        assert isinstance(criteria, Criteria)
