"""The meaning of criteria, free of names and of the engine: atoms joined by every, either and not.

Negations stand only at atoms: the constructors move them inwards, so that whoever reads a question meets four joints
at most. There is no other way to make one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Is:
    """The field holds this keyword, perhaps among others."""

    field: str
    value: str


@dataclass(frozen=True, slots=True, order=True)
class Word:
    """A word as typed occurs in the text, in any of its forms. `named`: it is a known name, so it is spelled right."""

    text: str
    named: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Phrase:
    """These words occur in the text, in this order and as written but for case and diacritics."""

    text: str


@dataclass(frozen=True, slots=True)
class Between:
    """The day lies between these two, both included. `relative`: it was said relative to today."""

    field: str
    first: date | None
    last: date | None
    relative: bool = False


@dataclass(frozen=True, slots=True)
class RejectedSince:
    """One application was rejected since that day, for one of the reasons, by them, on one of the positions."""

    reasons: tuple[str, ...]
    by: str | None
    positions: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True)
class AppliedSince:
    """One application came in since that day: for one of the positions, at one of the stages, from one source."""

    positions: tuple[str, ...]
    stages: tuple[str, ...]
    sources: tuple[str, ...]
    since: date


@dataclass(frozen=True, slots=True, order=True)
class InPool:
    """The person is in this pool, as it is shown now."""

    pool: str


Atom = Is | Word | Phrase | Between | RejectedSince | AppliedSince | InPool


@dataclass(frozen=True, slots=True)
class Not:
    """The atom does not hold."""

    atom: Atom


@dataclass(frozen=True, slots=True)
class Every:
    """All of these hold; of nobody's parts, everyone."""

    parts: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these holds; of no parts, nobody."""

    parts: tuple[Question, ...]


Question = Atom | Not | Every | Either

EVERYONE = Every(())
NOBODY = Either(())


def every(parts: Iterable[Question]) -> Question:
    """All of these."""
    flat: dict[Question, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Every) else (part,)))
    if NOBODY in flat:
        return NOBODY
    return next(iter(flat)) if len(flat) == 1 else Every(tuple(flat))


def either(parts: Iterable[Question]) -> Question:
    """At least one of these."""
    flat: dict[Question, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, Either) else (part,)))
    if EVERYONE in flat:
        return EVERYONE
    return next(iter(flat)) if len(flat) == 1 else Either(tuple(flat))


def negation(part: Question) -> Question:
    """Not this."""
    match part:
        case Not(atom):
            return atom
        case Every(parts):
            return either(negation(each) for each in parts)
        case Either(parts):
            return every(negation(each) for each in parts)
        case _:
            return Not(part)


def atoms(question: Question) -> Iterator[Atom | Not]:
    """Every atom of the question with its negation, in order."""
    if isinstance(question, Every | Either):
        for part in question.parts:
            yield from atoms(part)
    else:
        yield question
