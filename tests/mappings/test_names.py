"""Index names are values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.names import IndexName, Kind, alias

PREFIXES = st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(["candidates", "pools"])
VERSIONS = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)


@given(PREFIXES, KINDS, VERSIONS, st.integers(1, 999_999_999))
def test_a_name_written_and_parsed_is_the_same_value(prefix: str, kind: Kind, version: str, n: int) -> None:
    name = IndexName(prefix, kind, version, n)
    assert IndexName.parse(str(name)) == name
    assert str(name).startswith(f"{alias(prefix, kind)}-")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "micropools-candidates",
        "micropools-candidates-c64237fc",
        "micropools-candidates-c64237fc-0",
        "micropools-candidates-C64237FC-1",
        "micropools-people-c64237fc-1",
        "Micropools-pools-c64237fc-1",
        "micropools-pools-c64237fc-1\n",
        ".tasks",
    ],
)
def test_a_name_that_is_not_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not the name of an index"):
        IndexName.parse(text)
