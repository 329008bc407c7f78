"""Facets: what else could be chosen, and how many people each choice would leave. Pure: what to ask, how to read it.

Inside a facet choices are alternatives, between facets they all hold. So the numbers of a facet are of those people
whom everything else finds: its own part is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from core.text import fold
from search.bands import APPLIED_PARTS, REJECTION_PARTS, said_in
from search.compile import Parts
from search.question import AppliedSince, Either, Is, Question, RejectedSince
from search.render_search import render_search
from search.sight import EVERYBODY, IS_REJECTED, Clause, Sight, asked_of_one

FacetName = Literal[
    "tags",
    "labels",
    "internal",
    "locations",
    "sources",
    "experience",
    "languages",
    "created",
    "positions",
    "stages",
    "reasons",
    "never_rejected",
    "pools",
]
FACETS: Final[tuple[FacetName, ...]] = get_args(FacetName)
#: Facets of everybody who may search. One that is not named here is for those who see everything.
FOR_EVERY_READER: Final[frozenset[FacetName]] = frozenset(
    (
        "tags", "locations", "sources", "experience", "languages", "created",
        "positions", "stages", "reasons", "never_rejected", "pools",
    )
)  # fmt: skip

# The part of the question that is chosen in each facet (search.compile), where it is not called the same.
_PART: Final[dict[FacetName, str]] = {
    "labels": "tags",
    "internal": "tags",
    "positions": "applications",
    "stages": "applications",
    "reasons": "rejections",
}
# What one application answers: its field there, and the flat one that holds the same of all of them.
_OF_APPLICATIONS: Final[dict[FacetName, tuple[str, str]]] = {
    "sources": ("source", "sources"),
    "positions": ("position", "positions"),
    "stages": ("stage", "stages"),
    "reasons": ("reason", "reasons"),
}
MOST_VALUES = 200


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet that is asked for: how many values, and where it is searched in, the keys or the text it is cut to.

    `pools` are the folders to count, for the facet of that name.
    """

    name: FacetName
    size: int = 20
    keys: tuple[str, ...] | None = None
    containing: str = ""
    pools: tuple[str, ...] = ()

    @property
    def part(self) -> str:
        """The part of the question that is chosen in it."""
        return _PART.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Counted:
    """The values of a facet with their numbers of people, most first; `more` says that there are others."""

    values: tuple[tuple[str, int], ...]
    more: bool = False


def aggregations(facets: Sequence[Facet], parts: Parts, sight: Sight, folders: Mapping[str, Clause]) -> dict[str, Any]:
    """What to ask the engine for these facets."""
    shown = {facet.part for facet in facets}
    chosen = {name: render_search(question, sight) for name, question in parts.chosen.items() if name in shown}
    by_filter: dict[tuple[str, ...], dict[str, Any]] = {}
    for facet in facets:
        others = tuple(sorted(name for name in chosen if name != facet.part))
        by_filter.setdefault(others, {})[facet.name] = _one(facet, parts, sight, folders)
    return {
        f"g{number}": {"filter": _all([chosen[name] for name in others]), "aggs": inside}
        for number, (others, inside) in enumerate(by_filter.items())
    }


def read(facets: Sequence[Facet], answer: Mapping[str, Any]) -> dict[FacetName, Counted]:
    """The numbers of these facets in the engine's answer to `aggregations`."""
    found: dict[str, Any] = {}
    for group in answer.values():
        found.update({name: value for name, value in group.items() if name in FACETS})
    # Of nobody the engine counts nothing at all.
    return {facet.name: _read_one(facet, found.get(facet.name, {})) for facet in facets}


def _one(facet: Facet, parts: Parts, sight: Sight, folders: Mapping[str, Clause]) -> dict[str, Any]:
    if facet.name == "pools":
        asked = {pool: folders[pool] for pool in facet.pools if pool in folders}
        return {"filters": {"filters": asked}} if asked else {"filter": EVERYBODY}
    if facet.name == "created":
        return {
            "date_histogram": {
                "field": "created", "calendar_interval": "month", "format": "yyyy-MM",
                "min_doc_count": 1, "order": {"_key": "desc"},
            }
        }  # fmt: skip
    if facet.name == "never_rejected":
        answers = {value: sight.atom(Is("never_rejected", value)) for value in ("yes", "no")}
        return {"filters": {"filters": answers}}
    if facet.name in _OF_APPLICATIONS:
        return _of_applications(facet, parts, sight)
    return {"terms": _terms(facet, facet.name)}


def _of_applications(facet: Facet, parts: Parts, sight: Sight) -> dict[str, Any]:
    nested, flat = _OF_APPLICATIONS[facet.name]
    mine = sight.applications()
    beside = _of_the_same_application(facet, parts.chosen.get(facet.part))
    if mine is None and not beside:
        return {"terms": _terms(facet, flat)}
    terms = {**_terms(facet, f"applications.{nested}"), "order": [{"people": "desc"}, {"_key": "asc"}]}
    values = {"terms": terms, "aggs": {"people": {"reverse_nested": {}}}}
    seen = _all([clause for clause in (mine, *beside) if clause is not None])
    return {
        "nested": {"path": "applications"},
        "aggs": {"seen": {"filter": seen, "aggs": {"values": values}}},
    }


def _of_the_same_application(facet: Facet, chosen: Question | None) -> list[Clause]:
    """What else was chosen of the application a value of this facet belongs to, but for the facet's own choice."""
    own = _OF_APPLICATIONS[facet.name][0]
    if chosen is None or facet.part not in ("applications", "rejections"):
        return []
    if isinstance(chosen, RejectedSince | AppliedSince):
        field = f"applications.{own}"
        clauses = [clause for clause in asked_of_one(chosen) if field not in clause.get("terms", {})]
        return [*clauses, IS_REJECTED] if isinstance(chosen, RejectedSince) else clauses
    parts = REJECTION_PARTS if facet.part == "rejections" else APPLIED_PARTS
    asked: dict[str, set[str]] = {part: set() for part in parts}
    for atom in chosen.parts if isinstance(chosen, Either) else (chosen,):
        assert isinstance(atom, Is)
        for part, said in said_in(atom.value, parts).items():
            asked[part].add(said)
    return [{"terms": {f"applications.{part}": sorted(said)}} for part, said in asked.items() if said and part != own]


def _terms(facet: Facet, field: str) -> dict[str, Any]:
    # One more than is shown says whether there are others.
    terms: dict[str, Any] = {
        "field": field,
        "size": facet.size + 1,
        "order": [{"_count": "desc"}, {"_key": "asc"}],
        "min_doc_count": 1,
    }
    if facet.keys is not None:
        terms["include"] = list(facet.keys)
    elif facet.containing:
        terms["include"] = f".*{_escaped(fold(facet.containing))}.*"
    if facet.name == "languages":
        # The rungs of the ladder ("de>=b2") are for asking; what is counted is the language.
        terms["exclude"] = ".*>=.*"
    return terms


def _escaped(text: str) -> str:
    """The text as a regular expression of the engine that means just this text."""
    return re.sub(r"([^\w\s])", r"\\\1", text)


def _all(clauses: list[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return {"bool": {"filter": clauses}} if clauses else EVERYBODY


def _read_one(facet: Facet, found: Mapping[str, Any]) -> Counted:
    if facet.name in ("never_rejected", "pools"):
        # Asked one by one: that the engine says nothing of one, because nobody at all is asked about, is a zero.
        named = ("yes", "no") if facet.name == "never_rejected" else facet.pools
        numbers = found.get("buckets", {})
        return Counted(tuple((key, numbers[key]["doc_count"] if key in numbers else 0) for key in named))
    inside = found.get("seen", found)
    inside = inside.get("values", inside)
    buckets = inside.get("buckets", [])
    values = [
        (str(bucket.get("key_as_string", bucket["key"])), bucket.get("people", bucket)["doc_count"])
        for bucket in buckets
    ]
    return Counted(tuple(values[: facet.size]), more=len(values) > facet.size)
