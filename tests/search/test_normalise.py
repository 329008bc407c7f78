"""Names in criteria become keys, or every problem is said with its place."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given

from search.compile import compile_criteria
from search.criteria import CriteriaInvalid, parse_criteria
from search.normalise import Keys, ResolvedCriteria, resolve
from search.question import EVERYONE, Word
from search.secure import Access, secure
from search.vocabulary import Entry, Vocabulary
from tests.search.world import VOCABULARY, Asked, asked


def resolved(sent: dict[str, Any], vocabulary: Vocabulary = VOCABULARY) -> ResolvedCriteria:
    return resolve(parse_criteria(sent), vocabulary)


def problems(sent: dict[str, Any], vocabulary: Vocabulary = VOCABULARY) -> dict[str, str]:
    with pytest.raises(CriteriaInvalid) as caught:
        resolved(sent, vocabulary)
    return {problem.place: problem.message for problem in caught.value.problems}


def test_names_synonyms_and_keys_are_one() -> None:
    one = resolved({"tags": {"any": ["JS"]}, "locations": {"any": ["prague"]}})
    other = resolved({"tags": {"any": ["javascript", "JavaScript"]}, "locations": {"any": ["cz.praha"]}})
    assert one == other
    assert one.tags == Keys(any=("javascript",))


def test_a_language_is_found_by_code_name_and_in_any_tongue() -> None:
    asked_for = {"any": [{"code": "Němčina", "at_least": "b2"}, {"code": "FR"}]}
    assert resolved({"languages": asked_for}).languages.any == ("de>=b2", "fr")


def test_an_unknown_tag_is_said_with_its_place_and_what_was_meant() -> None:
    found = problems({"tags": {"any": ["Java", "Javascrpt"]}, "locations": {"none": ["Atlantis"]}})
    assert found == {
        "criteria.tags.any[1]": "There is no tag “Javascrpt”. Did you mean JavaScript?",
        "criteria.locations.none[0]": "There is no location “Atlantis”.",
    }


def test_a_thing_in_the_wrong_place_is_sent_to_the_right_one() -> None:
    found = problems({"tags": {"all": ["Brno"]}, "locations": {"any": ["Java"]}})
    assert "under locations" in found["criteria.tags.all[0]"]
    assert "under tags" in found["criteria.locations.any[0]"]


def test_a_shared_name_is_asked_back_with_the_choices() -> None:
    twins = Vocabulary.of([Entry("a.x", "Nová Ves", "location"), Entry("b.x", "Nová Ves", "location")])
    found = problems({"locations": {"any": ["Nova Ves"]}}, twins)
    assert "a.x, b.x" in found["criteria.locations.any[0]"]


def test_reasons_and_positions_are_names_too() -> None:
    rejected = resolved({"rejections": {"reasons": ["plat"], "positions": ["Vyvojar v Brne"]}}).rejected
    assert rejected is not None
    assert (rejected.reasons, rejected.positions) == (("salary",), ("p1",))
    found = problems({"rejections": {"none": {"reasons": ["Nálada"]}}})
    assert list(found) == ["criteria.rejections.none.reasons[0]"]


def test_a_mistake_in_the_text_is_shown_with_a_better_text() -> None:
    found = problems({"text": 'java "c++'})
    assert found["criteria.text"] == 'This quotation mark is not closed. (character 6) Perhaps you meant: java "c++"'


def test_no_text_and_blank_text_ask_nothing() -> None:
    assert resolved({}).text == resolved({"text": " \n "}).text == EVERYONE
    assert resolved({"text": " sql "}).text == Word("sql")


def test_all_unknown_names_are_said_but_few_are_compared_with_everything() -> None:
    found = problems({"tags": {"any": [f"Javascrpt{n}" for n in range(20)]}})
    assert len(found) == 20
    assert sum("Did you mean" in message for message in found.values()) == 5


def test_a_name_the_reader_may_not_know_can_be_asked_of_applications_and_finds_nobody() -> None:
    sent = {"applications": {"positions": ["Secret"]}, "rejections": {"reasons": ["Secret"], "positions": ["Secret"]}}
    reader = Access(uuid4(), "hiring_manager", applications=("a1",))
    questions = []
    for known in ([], [Entry("secret", "Secret", "reason")]):
        understood = resolve(parse_criteria(sent), Vocabulary.of(known), unknown_is_nobody=True)
        questions.append(secure(compile_criteria(understood, date(2026, 1, 1)), reader).question)
    # The same question but for a key that nobody has in the one and only others have in the other.
    assert str(questions[1]) == str(questions[0]).replace(
        "'applications.reason': '@'", "'applications.reason': 'secret'"
    )


@given(asked())
def test_whatever_the_world_asks_is_understood(each: Asked) -> None:
    resolve(parse_criteria(each.criteria), VOCABULARY)
