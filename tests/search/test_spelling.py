"""Words that are nearly the one asked for are marked as the engine finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.door import FRAGMENTS, MARK, MARK_END
from search.question import Word
from search.spelling import marked_nearly
from search.wording import can_be_misspelt


def marked(asked: str, text: str) -> list[str]:
    return [piece.partition(MARK)[2].partition(MARK_END)[0] for piece in marked_nearly(Word(asked), [text])]


@pytest.mark.parametrize(
    ("asked", "text", "words"),
    [
        ("javascirpt", "Java, JavaScript and javascripts.", ["JavaScript", "javascripts"]),
        ("kuberentes", "Docker na Kubernetes", ["Kubernetes"]),
        ("programator", "Deset let programátorkou", ["programátorkou"]),
        ("novák", "Nowák, Kovák, Novotný", ["Nowák"]),
        ("docker", "dockre dcoker dokcre locker", ["dockre", "dcoker"]),
        ("java", "jawa java", []),
    ],
)
def test_a_word_is_marked_with_as_many_errors_as_are_forgiven(asked: str, text: str, words: list[str]) -> None:
    assert marked(asked, text) == words


@given(st.text(max_size=30), st.lists(st.text(max_size=300), max_size=4))
def test_without_its_marks_each_piece_stands_in_one_of_the_texts(asked: str, texts: list[str]) -> None:
    pieces = marked_nearly(Word(asked), texts)
    assert len(pieces) <= FRAGMENTS
    for piece in pieces:
        assert any(
            piece.replace(MARK, "").replace(MARK_END, "") in text.replace(MARK, "").replace(MARK_END, "")
            for text in texts
        )


def test_known_names_numbers_and_short_words_are_right_as_typed() -> None:
    words = [Word("angular", named=True), Word("java"), Word("java17beta"), Word("jana@example.com"), Word("angular")]
    assert [word for word in words if can_be_misspelt(word)] == [Word("angular")]
    assert can_be_misspelt(words[-1])
    assert not can_be_misspelt(words[0])
