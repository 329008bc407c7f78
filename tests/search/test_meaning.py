"""What a few criteria mean, person by person, in both directions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.client import Engine
from search.compile import compile_criteria, conjoin
from search.criteria import parse_criteria
from search.normalise import resolve
from tests.on_engine import OwnIndexes
from tests.search.test_two_directions import both_directions
from tests.search.world import TODAY, VOCABULARY, Application, Person

NOBODY_YET = Person(frozenset(), frozenset(), frozenset(), None, (), TODAY, (), ())
LONG_AGO = TODAY - timedelta(days=400)


def person(**facts: Any) -> Person:
    return replace(NOBODY_YET, **facts)


def says(*texts: str) -> Person:
    return person(texts=tuple((text,) for text in texts))


def rejected(*applications: tuple[str, str, str]) -> Person:
    return person(applications=tuple(Application(position, reason, by, TODAY) for position, reason, by in applications))


CASES: dict[str, tuple[dict[str, Any], Person, bool]] = {
    "C++ is not C": ({"tags": {"any": ["C"]}}, person(tags=frozenset({"c++"})), False),
    "C in the text is not C++": ({"text": "C"}, says("I write C++ and C#."), False),
    "C++ in the text is found": ({"text": "C++"}, says("C, then C++17"), True),
    "C# in the text is found": ({"text": "c#"}, says("(C#)"), True),
    ".NET is found as typed": ({"text": ".net"}, says("ten years of .NET, mostly"), True),
    ".NET is not a net": ({"text": ".net"}, says("safety net"), False),
    "Node.js is found as typed": ({"text": "NODE.JS"}, says("React/Node.js"), True),
    "an address is found as typed": ({"text": "jan@example.com"}, says("write to jan@example.com!"), True),
    "a region finds its towns": (
        {"locations": {"any": ["Jihomoravský kraj"]}},
        person(towns=frozenset({"cz.jm.brno"})),
        True,
    ),
    "a town does not find its region": ({"locations": {"any": ["Brno"]}}, person(towns=frozenset({"cz.jm"})), False),
    "leaving a region out leaves its towns out": (
        {"tags": {"any": ["Java"]}, "locations": {"none": ["Česko"]}},
        person(tags=frozenset({"java"}), towns=frozenset({"cz.jm.brno"})),
        False,
    ),
    "a tag and a place need not belong together": (
        {"tags": {"all": ["Java", "C"]}, "locations": {"any": ["Praha"]}},
        person(tags=frozenset({"java", "c"}), towns=frozenset({"cz.jm.brno", "cz.praha"})),
        True,
    ),
    "a synonym finds the tag": ({"tags": {"any": ["JS"]}}, person(tags=frozenset({"javascript"})), True),
    "a source is found however it is written": (
        {"sources": {"any": ["linkedin"]}},
        person(sources=frozenset({" LinkedIn"})),
        True,
    ),
    "reason and position of one application": (
        {"rejections": {"reasons": ["Plat"], "positions": ["p1"]}},
        rejected(("p1", "salary", "us"), ("p2", "skills", "us")),
        True,
    ),
    "reason and position of two applications are not mixed": (
        {"rejections": {"reasons": ["Plat"], "positions": ["p2"]}},
        rejected(("p1", "salary", "us"), ("p2", "skills", "us")),
        False,
    ),
    "reason and side of two applications are not mixed": (
        {"rejections": {"reasons": ["Plat"], "by": "candidate"}},
        rejected(("p1", "salary", "us"), ("p1", "skills", "candidate")),
        False,
    ),
    "not rejected for this, though for that": (
        {"tags": {"all": ["Java"]}, "rejections": {"none": {"reasons": ["Plat"]}}},
        replace(rejected(("p1", "skills", "us")), tags=frozenset({"java"})),
        True,
    ),
    "never rejected is never": ({"rejections": {"never": True}}, rejected(("p1", "skills", "us")), False),
    "an application without a rejection is no rejection": (
        {"rejections": {"never": True}},
        person(applications=(Application("p1", None, None, None),)),
        True,
    ),
    "better than asked is good enough": (
        {"languages": {"all": [{"code": "de", "at_least": "b1"}]}},
        person(languages=(("de", "c1"),)),
        True,
    ),
    "worse than asked is not": (
        {"languages": {"all": [{"code": "de", "at_least": "b1"}]}},
        person(languages=(("de", "a2"), ("en", "c2"))),
        False,
    ),
    "of unknown level is not known to be enough": (
        {"languages": {"all": [{"code": "de", "at_least": "a1"}]}},
        person(languages=(("de", None),)),
        False,
    ),
    "the first and the last day are included": (
        {"created": {"from": LONG_AGO.isoformat(), "to": LONG_AGO.isoformat()}},
        person(created=LONG_AGO),
        True,
    ),
    "a word in another form": ({"text": "programátor"}, says("Tým programátorů v Praze"), True),
    "a word without diacritics": ({"text": "zlutoucky kun"}, says("Žluťoučký kůň"), True),
    "an English word in another form": ({"text": "testing"}, says("He tests"), True),
    "a joined word is found with all its parts": ({"text": "front-end"}, says("the front, then the end"), True),
    "a joined word is not found by one of its parts": ({"text": "front-end"}, says("front office"), False),
    "a phrase in its order": ({"text": '"big data"'}, says("Big Data engineer"), True),
    "a phrase in another order": ({"text": '"data big"'}, says("Big Data engineer"), False),
    "a phrase across two texts": ({"text": '"big data"'}, says("thinks big", "data engineer"), False),
    "words across two texts": ({"text": "big data"}, says("thinks big", "data engineer"), True),
    "a phrase is as written": ({"text": '"testing data"'}, says("tests data"), False),
}


@pytest.mark.parametrize("case", CASES)
def test_both_directions_agree_on_the_meaning(engine: Engine, shared_indexes: OwnIndexes, case: str) -> None:
    criteria, somebody, expected = CASES[case]
    question = compile_criteria(resolve(parse_criteria(criteria), VOCABULARY), TODAY)
    searched, percolated, refused = both_directions(engine, shared_indexes, [somebody, NOBODY_YET], [question])
    assert not refused
    assert (0 in searched[0]) == expected
    assert (0 in percolated[0]) == expected


@pytest.mark.parametrize(
    ("towns", "expected"),
    [
        ({"cz.praha"}, False),
        ({"cz.jm.brno"}, False),
        ({"cz.praha", "cz.jm.brno"}, True),
        ({"cz.praha", "cz.jm.brno", "sk"}, True),
    ],
)
def test_a_pool_in_a_pool_asks_for_both_places(
    engine: Engine, shared_indexes: OwnIndexes, towns: set[str], expected: bool
) -> None:
    parent = {"locations": {"any": ["Praha"]}}
    child = {"tags": {"all": ["Java", "C"]}, "locations": {"any": ["Brno"]}}
    chain = [compile_criteria(resolve(parse_criteria(each), VOCABULARY), TODAY) for each in (parent, child)]
    somebody = person(tags=frozenset({"java", "c"}), towns=frozenset(towns))
    searched, percolated, _ = both_directions(engine, shared_indexes, [somebody], [conjoin(chain)])
    assert (0 in searched[0]) == (0 in percolated[0]) == expected
