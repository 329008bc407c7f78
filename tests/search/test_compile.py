"""Resolved criteria ask one question, whichever way it is going to be answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from search.compile import compile_criteria, conjoin
from search.criteria import parse_criteria
from search.normalise import resolve
from search.question import EVERYONE, Between, Either, Is, Not, Question, RejectedSince, Word, every
from tests.search.world import TODAY, VOCABULARY


def question(sent: dict[str, Any]) -> Question:
    return compile_criteria(resolve(parse_criteria(sent), VOCABULARY), TODAY)


def test_no_criteria_ask_for_everyone() -> None:
    assert question({}) == EVERYONE


def test_any_all_and_none() -> None:
    asked = question({"tags": {"any": ["Java", "JS"], "all": ["C++"], "none": ["VIP"]}})
    assert asked == every(
        [Is("tags", "c++"), Either((Is("tags", "java"), Is("tags", "javascript"))), Not(Is("labels", "vip"))]
    )


def test_a_rejection_is_one_application() -> None:
    asked = question({"rejections": {"reasons": ["Plat"], "by": "us", "positions": ["p1", "p2"]}})
    assert asked == Either((Is("rejections", "salary|us|p1"), Is("rejections", "salary|us|p2")))


def test_rejected_in_this_way_never_is_not_never_rejected() -> None:
    assert question({"rejections": {"none": {"reasons": ["Plat"]}}}) == Not(Is("rejections", "salary|*|*"))
    assert question({"rejections": {"never": True}}) == Is("never_rejected", "yes")
    assert question({"rejections": {"never": False}}) == Is("never_rejected", "no")


def test_a_rejection_since_a_day_is_asked_of_the_application_itself() -> None:
    asked = question({"rejections": {"reasons": ["Plat"], "since": "2026-01-01"}})
    assert asked == RejectedSince(("salary",), None, (), date(2026, 1, 1))


def test_days_are_days_and_the_last_days_are_counted_from_today() -> None:
    assert question({"created": {"from": "2026-01-01"}}) == Between("created", date(2026, 1, 1), None)
    assert question({"created": {"last_days": 5}}) == Between("created", date(2026, 6, 10), None, relative=True)


def test_a_pool_in_a_pool_asks_both_and_nothing_twice() -> None:
    parent, child = question({"tags": {"all": ["Java"]}, "text": "a"}), question({"tags": {"all": ["Java", "C"]}})
    assert conjoin([parent, child]) == every([Is("tags", "java"), Word("a"), Is("tags", "c")])
    assert conjoin([parent, EVERYONE]) == parent
