"""For a question that finds nobody: its parts, each with where it stands and what was said there."""

from __future__ import annotations

from typing import Any

import pytest

from search.criteria import parse_criteria
from search.hints import parts_of
from search.normalise import resolve
from search.vocabulary import Entry, Vocabulary

HIDDEN = [Entry("one", "One", "skill", None, ("Uno",)), Entry("kl", "Klingon", "language", None, ("Klin",))]


def hints(sent: dict[str, Any], known: list[Entry]) -> list[tuple[str, Any]]:
    criteria = parse_criteria(sent)
    understood = resolve(criteria, Vocabulary.of(known), unknown_is_nobody=True)
    return [(part.place, part.said) for part in parts_of(criteria, understood)]


@pytest.mark.parametrize(
    "sent",
    [
        {"tags": {"all": ["One", "Uno", "Two", "two"]}},
        {"tags": {"any": ["One", "Uno"], "none": ["Two"]}},
        {"languages": {"all": [{"code": "Klingon"}, {"code": "Klin"}, {"code": "Elvish", "at_least": "b2"}]}},
    ],
)
def test_they_do_not_tell_whether_a_tag_exists_that_the_reader_may_not_know(sent: dict[str, Any]) -> None:
    assert hints(sent, HIDDEN) == hints(sent, [])


def test_every_name_that_must_be_there_is_a_part_of_its_own_as_it_was_said() -> None:
    sent = {"tags": {"all": ["Uno", "One"]}, "text": "java"}
    assert hints(sent, HIDDEN) == [("text", "java"), ("tags.all[0]", "Uno"), ("tags.all[1]", "One")]
