"""Values that documents and criteria must make alike."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.bands import (
    EXPERIENCE_BANDS,
    LEVELS,
    Level,
    at_least,
    experience_band,
    language_ladder,
    plain_text,
    rejection_combinations,
    rejection_keyword,
    rejection_keywords,
    source_key,
)


@pytest.mark.parametrize(
    ("years", "band"),
    [
        (None, None),
        (0, "0-1"),
        (1, "0-1"),
        (2, "2-4"),
        (4, "2-4"),
        (5, "5-9"),
        (9, "5-9"),
        (10, "10-19"),
        (19, "10-19"),
        (20, "20+"),
        (60, "20+"),
    ],
)
def test_years_fall_in_the_band_that_names_them(years: int | None, band: str | None) -> None:
    assert experience_band(years) == band


@given(st.integers(0, 80))
def test_every_number_of_years_has_a_band(years: int) -> None:
    assert experience_band(years) in EXPERIENCE_BANDS


@given(st.sampled_from(LEVELS), st.sampled_from(LEVELS))
def test_a_level_is_enough_for_itself_and_all_below(held: Level, asked: Level) -> None:
    assert (at_least("de", asked) in language_ladder("de", held)) == (LEVELS.index(asked) <= LEVELS.index(held))


def test_a_language_of_unknown_level_answers_only_the_bare_question() -> None:
    assert language_ladder("de", None) == ["de"]
    assert at_least("de", None) == "de"


def test_one_rejection_answers_every_question_about_itself_and_no_other() -> None:
    combinations = rejection_combinations("salary", "us", "b")
    asked = product(("salary", None), ("us", None), ("b", None))
    assert sorted(combinations) == sorted(rejection_keyword(*each) for each in asked)
    assert len(set(combinations)) == 8
    assert rejection_keyword("salary", "candidate", None) not in combinations


def test_what_is_not_known_of_a_rejection_answers_no_question_about_it() -> None:
    assert sorted(rejection_combinations("salary", None, None)) == ["*|*|*", "salary|*|*"]


def test_two_rejections_are_never_mixed() -> None:
    keywords = rejection_keywords([("salary", "us", "a"), ("skills", "candidate", "b")])
    assert rejection_keyword("salary", None, "a") in keywords
    assert rejection_keyword("salary", None, "b") not in keywords
    assert rejection_keyword("skills", "us", None) not in keywords


def test_the_order_of_rejections_does_not_change_the_document() -> None:
    one, other = ("salary", "us", "a"), ("skills", "us", "b")
    assert rejection_keywords([one, other, one]) == rejection_keywords([other, one])


def test_a_source_is_one_however_it_is_written() -> None:
    assert source_key(" LinkedIn ") == source_key("linkedin")
    assert source_key("Doporučení") == "doporuceni"


@given(st.text())
def test_plain_text_has_nothing_the_index_or_the_database_refuses(text: str) -> None:
    plain = plain_text(text)
    assert "\x00" not in plain
    plain.encode("utf-8")
    assert plain_text(plain) == plain


def test_plain_text_composes_letters_and_keeps_lines() -> None:
    assert plain_text("e\u0301\tx\r\ny\x07\ud800") == "é\tx\ny"
