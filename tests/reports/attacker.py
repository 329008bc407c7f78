"""Somebody who holds two answers against each other, by brute force and knowing more than anybody could."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeVar

from reports.answered import Answered
from reports.families import LEAST

Groups = list[frozenset[int]]
T = TypeVar("T")


def groups_of(answer: Answered) -> Groups:
    """The rejections of each group."""
    found: dict[int, set[int]] = {}
    for number, group in zip(answer.numbers.tolist(), answer.groups.tolist(), strict=True):
        found.setdefault(group, set()).add(number)
    return [frozenset(found[group]) for group in sorted(found)]


def people_of(*answers: Answered) -> dict[int, int]:
    """Whose rejection it is."""
    return {
        number: person
        for answer in answers
        for number, person in zip(answer.numbers.tolist(), answer.people.tolist(), strict=True)
    }


def sums(groups: Sequence[frozenset[T]]) -> Iterator[frozenset[T]]:
    """What adding up figures of one answer gives."""
    for many in range(1, len(groups) + 1):
        for chosen in combinations(groups, many):
            yield chosen[0].union(*chosen[1:])


def small_groups(one: Answered, other: Answered) -> Iterator[frozenset[int]]:
    """Groups of one to four people whose number is a sum of one answer less a sum of the other.

    For each sum of one answer all that can be taken away from it is: taking away less leaves whole groups more.
    """
    people = people_of(one, other)
    for first, second in ((groups_of(one), groups_of(other)), (groups_of(other), groups_of(one))):
        for whole in sums(first):
            left = whole.difference(*(group for group in second if group <= whole))
            if 0 < len({people[number] for number in left}) < LEAST:
                yield left
