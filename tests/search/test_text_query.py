"""What people type is a question or a problem with its place, and never an error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.question import Not, Phrase, Question, Word, either, every, negation
from search.text_query import MOST_DEPTH, MOST_WORDS, TextProblem, parse_text
from tests.search.world import TREES, written

A, B, C = Word("a1"), Word("b1"), Word("c1")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a1", A),
        ("a1 b1", every((A, B))),
        ("a1 AND b1", every((A, B))),
        ("a1 and b1", every((A, B))),
        ("a1 OR b1", either((A, B))),
        ("a1 oR b1 c1", either((A, every((B, C))))),
        ("(a1 or b1) c1", every((either((A, B)), C))),
        ("a1 NOT b1", every((A, Not(B)))),
        ("a1 and not b1", every((A, Not(B)))),
        ("a1 -b1", every((A, Not(B)))),
        ("-(a1 b1)", either((Not(A), Not(B)))),
        ("not (a1 or b1)", every((Not(A), Not(B)))),
        ("not not a1", A),
        ("--a1", A),
        ('"a1  b1"', Phrase("a1 b1")),
        ("„a1 b1“", Phrase("a1 b1")),
        ('-"a1 b1"', Not(Phrase("a1 b1"))),
        ('"or"', Phrase("or")),
        ("front-end", Word("front-end")),
        ("R & D", every((Word("R"), Word("D")))),
        ("a1 - b1", every((A, B))),
        ("C++ C# .NET", every((Word("C++"), Word("C#"), Word(".NET")))),
        ("a1(b1)", every((A, B))),
        ("a1 a1", A),
    ],
)
def test_it_means_what_it_looks_like(typed: str, meant: Question) -> None:
    assert parse_text(typed) == meant


@pytest.mark.parametrize(
    ("typed", "position", "correction"),
    [
        ("", 0, ""),
        ("&", 0, ""),
        ('""', 0, ""),
        ('a1 "b1', 3, 'a1 "b1"'),
        ("(a1 b1", 0, "(a1 b1)"),
        ("a1) b1", 2, "a1 b1"),
        ("a1 or", 3, "a1"),
        ("and a1", 0, "a1"),
        ("a1 and or b1", 7, "a1 and b1"),
        ("a1 () b1", 4, "a1 b1"),
        ("not", 0, ""),
        ("a1 (", 3, "a1"),
    ],
)
def test_a_mistake_is_shown_with_its_place_and_a_correction(typed: str, position: int, correction: str) -> None:
    problem = parse_text(typed)
    assert isinstance(problem, TextProblem)
    assert (problem.position, problem.correction) == (position, correction)
    assert problem.message.endswith(".")


def test_a_novel_or_a_maze_is_refused() -> None:
    many = parse_text(" ".join(f"w{n}" for n in range(MOST_WORDS + 1)))
    deep = parse_text("(" * (MOST_DEPTH + 1) + "a1" + ")" * (MOST_DEPTH + 1))
    assert isinstance(many, TextProblem)
    assert isinstance(deep, TextProblem)
    assert not isinstance(parse_text("(" * MOST_DEPTH + "a1" + ")" * MOST_DEPTH), TextProblem)
    assert not isinstance(parse_text("-" * 1_999 + "a"), TextProblem)


@given(
    st.text()
    | st.text(alphabet='ab ()"-„“&ORNT', max_size=40)
    | st.lists(st.sampled_from(["a", "OR", "and", "not", "(", ")", '"', "-"])).map(" ".join)
)
def test_no_text_breaks_it(typed: str) -> None:
    parsed = parse_text(typed)
    if isinstance(parsed, TextProblem):
        assert 0 <= parsed.position <= len(typed)


@given(
    st.text(alphabet='ab ()"-', max_size=30)
    | st.lists(st.sampled_from(["a", "OR", "and", "not", "(", ")", '"', "-"])).map(" ".join)
)
def test_following_the_corrections_ends_in_a_question_or_in_nothing(typed: str) -> None:
    parsed = parse_text(typed)
    for _ in range(len(typed) + 1):
        if not isinstance(parsed, TextProblem) or not parsed.correction:
            return
        parsed = parse_text(parsed.correction)
    raise AssertionError(parsed)


@given(TREES)
def test_a_tree_typed_and_read_is_the_same_tree(tree: tuple[str, object]) -> None:
    assert parse_text(written(tree)) == _meaning(tree)


def _meaning(tree: tuple[str, object]) -> Question:
    kind, content = tree
    if kind == "word":
        return Word(str(content))
    if kind == "phrase":
        assert isinstance(content, tuple)
        return Phrase(" ".join(content))
    assert isinstance(content, tuple)
    if kind == "not":
        return negation(_meaning(content))
    return {"and": every, "or": either}[kind](map(_meaning, content))
