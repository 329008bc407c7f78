"""A question as a filter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from search.question import Atom, Either, Every, Is, Not, Question
from search.sight import EVERYBODY, NOBODY, Clause, Sight, either_of

__all__ = ["Clause", "both", "render_search"]


def render_search(question: Question, sight: Sight) -> Clause:
    """The filter that finds whom the question asks for, as far as this sight goes.

    It says nothing of who may be found at all: see search.secure.
    """
    match question:
        case Every(()):
            return EVERYBODY
        case Either(()):
            return NOBODY
        case Every(parts):
            return both([part for part in parts if not isinstance(part, Not)], _negated(parts), sight)
        case Either(parts):
            keywords = [part for part in parts if isinstance(part, Is) and sight.is_plain(part.field)]
            others = [part for part in parts if not (isinstance(part, Is) and sight.is_plain(part.field))]
            return either_of([*_terms(keywords), *(render_search(part, sight) for part in others)])
        case Not(atom):
            return both([], [atom], sight)
        case _:
            return sight.atom(question)


def both(holds: Iterable[Question], fails: Iterable[Atom], sight: Sight) -> Clause:
    """All of the first hold and none of the second does."""
    sides = {"filter": [render_search(part, sight) for part in holds], "must_not": [sight.atom(atom) for atom in fails]}
    return {"bool": {side: clauses for side, clauses in sides.items() if clauses}}


def _terms(parts: Iterable[Is]) -> list[Clause]:
    """One clause per field for all the keywords asked of it."""
    values: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        values[part.field].append(part.value)
    return [
        {"terms": {field: several}} if len(several) > 1 else {"term": {field: several[0]}}
        for field, several in values.items()
    ]


def _negated(parts: Iterable[Question]) -> list[Atom]:
    return [part.atom for part in parts if isinstance(part, Not)]
