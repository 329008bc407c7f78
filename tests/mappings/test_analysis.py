"""How text becomes terms, asked of the real engine."""

from __future__ import annotations

import pytest

from engine.client import Engine
from mappings.analysis import EXACT, WORDS
from tests.on_engine import OwnIndexes


def terms(engine: Engine, index: str, analyzer: str, text: str) -> list[set[str]]:
    """The terms at each position."""
    tokens = engine.call("GET", f"/{index}/_analyze", {"analyzer": analyzer, "text": text})["tokens"]
    return [
        {token["token"] for token in tokens if token["position"] == position}
        for position in sorted({token["position"] for token in tokens})
    ]


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("C", "c"),
        ("C++", "cplusplus"),
        ("C#", "csharp"),
        ("F#", "fsharp"),
        (".NET", "dotnet"),
        ("Node.js", "node.js"),
        ("ASP.NET", "asp.net"),
        ("Žluťoučký", "zlutoucky"),
        ("e\u0301cole", "ecole"),
    ],
)
def test_a_word_is_one_term_as_typed(engine: Engine, shared_indexes: OwnIndexes, typed: str, term: str) -> None:
    assert terms(engine, shared_indexes.pools, EXACT, typed) == [{term}]
    assert term in terms(engine, shared_indexes.pools, WORDS, typed)[0]


@pytest.mark.parametrize("text", ["C++17", "C++/C", "C#.NET", "(C++)", "C++, C"])
def test_signs_do_not_swallow_what_follows(engine: Engine, shared_indexes: OwnIndexes, text: str) -> None:
    first, *rest = terms(engine, shared_indexes.pools, EXACT, text)
    assert first in ({"cplusplus"}, {"csharp"})
    assert all(each in ({"17"}, {"c"}, {"dotnet"}) for each in rest)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("programátor", "programátory"),
        ("vývojáři", "vyvojari"),
        ("Praha", "Praze"),
        ("testing", "tests"),
        ("Brno", "Brně"),
    ],
)
def test_forms_of_a_word_share_a_term(engine: Engine, shared_indexes: OwnIndexes, one: str, other: str) -> None:
    (first,) = terms(engine, shared_indexes.pools, WORDS, one)
    (second,) = terms(engine, shared_indexes.pools, WORDS, other)
    assert first & second


def test_a_phrase_is_asked_in_single_terms(engine: Engine, shared_indexes: OwnIndexes) -> None:
    positions = terms(engine, shared_indexes.pools, EXACT, "vývojářů testing Javě")
    assert [len(position) for position in positions] == [1, 1, 1]


def test_no_term_is_indexed_twice_at_one_place(engine: Engine, shared_indexes: OwnIndexes) -> None:
    tokens = engine.call("GET", f"/{shared_indexes.pools}/_analyze", {"analyzer": WORDS, "text": "sql Java Praze"})
    spots = [(token["token"], token["position"]) for token in tokens["tokens"]]
    assert len(spots) == len(set(spots))
