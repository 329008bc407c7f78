"""A question as a filter for the candidate index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from mappings.analysis import EXACT
from search.question import Atom, Between, Either, Every, Is, Not, Phrase, Question, RejectedSince, Word

Clause = dict[str, Any]


def render_search(question: Question) -> Clause:
    """The filter that finds whom the question asks for. It says nothing of rights: see search.secure."""
    match question:
        case Every(()):
            return {"match_all": {}}
        case Either(()):
            return {"match_none": {}}
        case Every(parts):
            return both([part for part in parts if not isinstance(part, Not)], _negated(parts))
        case Either(parts):
            clauses = [*_terms(parts), *(render_search(part) for part in parts if not isinstance(part, Is))]
            return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}
        case Not(atom):
            return both([], [atom])
        case _:
            return render_atom(question)


def both(holds: Iterable[Question], fails: Iterable[Atom]) -> Clause:
    """All of the first hold and none of the second does."""
    sides = {"filter": [render_search(part) for part in holds], "must_not": [render_atom(atom) for atom in fails]}
    return {"bool": {side: clauses for side, clauses in sides.items() if clauses}}


def render_atom(atom: Atom) -> Clause:
    """One atom; the same in either index, but for RejectedSince, which only the candidate index can answer."""
    match atom:
        case Is(field, value):
            return {"term": {field: value}}
        case Word(text):
            return {"match": {"text": {"query": text, "operator": "and"}}}
        case Phrase(text):
            return {"match_phrase": {"text": {"query": text, "analyzer": EXACT}}}
        case Between(field, first, last):
            ends = {"gte": first and first.isoformat(), "lte": last and last.isoformat()}
            return {"range": {field: {side: day for side, day in ends.items() if day}}}
        case RejectedSince():
            return _rejected_since(atom)


def _rejected_since(atom: RejectedSince) -> Clause:
    asked: list[Clause] = [{"range": {"applications.rejected": {"gte": atom.since.isoformat()}}}]
    if atom.reasons:
        asked.append({"terms": {"applications.reason": list(atom.reasons)}})
    if atom.by:
        asked.append({"term": {"applications.by": atom.by}})
    if atom.positions:
        asked.append({"terms": {"applications.position": list(atom.positions)}})
    return {"nested": {"path": "applications", "query": {"bool": {"filter": asked}}}}


def _terms(parts: Iterable[Question]) -> list[Clause]:
    """One clause per field for all the keywords asked of it."""
    values: dict[str, list[str]] = defaultdict(list)
    for part in parts:
        if isinstance(part, Is):
            values[part.field].append(part.value)
    return [
        {"terms": {field: several}} if len(several) > 1 else {"term": {field: several[0]}}
        for field, several in values.items()
    ]


def _negated(parts: Iterable[Question]) -> list[Atom]:
    return [part.atom for part in parts if isinstance(part, Not)]
