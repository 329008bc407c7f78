"""A search and its address are the same question."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.address import address_of, criteria_in
from search.criteria import CriteriaInvalid, parse_criteria
from tests.search.test_criteria import FULL
from tests.search.world import Asked, asked


@given(asked())
def test_what_is_asked_is_read_again_from_its_address(each: Asked) -> None:
    criteria = parse_criteria(each.criteria)
    assert criteria_in(address_of(criteria)) == criteria
    assert address_of(criteria_in(address_of(criteria))) == address_of(criteria)


def test_everything_that_can_be_said_has_a_place_in_an_address() -> None:
    pools = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]
    application = {"positions": ["p"], "stages": ["s"], "sources": ["o"], "since": "2026-01-01"}
    rejection = {"reasons": ["r"], "by": "us", "positions": ["p"], "since": "2026-01-01"}
    whole = FULL | {
        "pools": {"any": pools, "all": pools, "none": pools},
        "applications": {**application, "none": application},
        "rejections": {**rejection, "none": rejection, "never": False},
    }
    criteria = parse_criteria(whole)
    assert criteria_in(address_of(criteria)) == criteria


@given(st.text(), st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=6))
def test_any_address_is_read_or_refused_with_places(text: str, pairs: list[tuple[str, str]]) -> None:
    for address in (text, pairs, [("q", text)], [("tag", text)], [("created.days", text)], [("language", text)]):
        try:
            criteria_in(address)
        except CriteriaInvalid as error:
            assert error.problems
            assert all(problem.place.startswith("query") for problem in error.problems)


@pytest.mark.parametrize("order", [["q=java", "tag=c", "tag.not=b"], ["tag.not=b", "q=java", "tag=c"]])
def test_one_search_has_one_address_however_it_was_put(order: list[str]) -> None:
    assert address_of(criteria_in("&".join(order)), sort="name") == "q=java&tag=c&tag.not=b&sort=name"
