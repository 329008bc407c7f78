"""Names mean keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.vocabulary import Entry, Vocabulary
from tests.search.world import VOCABULARY


@pytest.mark.parametrize("text", ["javascript", "JavaScript", " JAVASCRIPT ", "js", "JS"])
def test_a_tag_is_found_by_key_name_and_synonym_in_any_case(text: str) -> None:
    found = VOCABULARY.resolve(text, ("skill",))
    assert found is not None
    assert found.key == "javascript"


@pytest.mark.parametrize(("text", "key"), [("C", "c"), ("c++", "c++"), ("CPP", "c++"), ("C#", "c#")])
def test_c_and_its_relatives_are_three_things(text: str, key: str) -> None:
    found = VOCABULARY.resolve(text, ("skill",))
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize("text", ["cesko", "ČESKO", "Česko", "czech republic"])
def test_a_place_is_found_without_diacritics(text: str) -> None:
    found = VOCABULARY.resolve(text, ("location",))
    assert found is not None
    assert found.key == "cz"


def test_a_name_of_another_kind_is_not_found() -> None:
    assert VOCABULARY.resolve("Brno", ("skill", "label")) is None


def test_a_shared_name_means_neither_by_itself() -> None:
    twins = Vocabulary.of(
        [Entry("cz.a.nova-ves", "Nová Ves", "location", "cz.a"), Entry("cz.b.nova-ves", "Nová Ves", "location", "cz.b")]
    )
    assert [entry.key for entry in twins.find("nova ves", ("location",))] == ["cz.a.nova-ves", "cz.b.nova-ves"]
    assert twins.resolve("Nová Ves", ("location",)) is None
    exact = twins.resolve("cz.b.nova-ves", ("location",))
    assert exact is not None
    assert exact.key == "cz.b.nova-ves"


def test_a_name_wins_over_anothers_synonym() -> None:
    names = Vocabulary.of([Entry("go", "Go", "skill"), Entry("golang-tools", "Tools", "skill", synonyms=("Go",))])
    found = names.resolve("GO", ("skill",))
    assert found is not None
    assert found.key == "go"


def test_a_town_lies_in_its_region_and_country() -> None:
    assert VOCABULARY.ancestors("cz.jm.brno") == ("cz.jm.brno", "cz.jm", "cz")
    assert VOCABULARY.ancestors("sk") == ("sk",)
    assert VOCABULARY.ancestors("unheard-of") == ("unheard-of",)


def test_a_loop_in_the_tree_ends() -> None:
    loop = Vocabulary.of([Entry("a", "A", "location", "b"), Entry("b", "B", "location", "a")])
    assert loop.ancestors("a") == ("a", "b")


def test_a_slip_of_the_pen_is_recognised() -> None:
    assert VOCABULARY.suggest("Javascrpt", ("skill",)) == ["JavaScript"]
    assert VOCABULARY.suggest("Brmo", ("location",)) == ["Brno"]
    assert VOCABULARY.suggest("qqqqqq", ("skill",)) == []


@pytest.mark.parametrize("key", ["", "two words", "a|b", "a@b", "*", "tab\there", "x" * 201])
def test_a_key_that_could_not_be_told_apart_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Vocabulary.of([Entry(key, "Name", "skill")])


@given(st.text())
def test_any_text_can_be_looked_up(text: str) -> None:
    VOCABULARY.find(text, ("skill", "location"))
    VOCABULARY.suggest(text, ("skill", "location"))
