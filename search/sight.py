"""What of a person a question may look at: everything, what pools are stored with, or what a hiring manager may see.

A question says what is asked; a sight says how each part of it is answered for one kind of reader. Whatever a sight
does not name is answered with nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from mappings.analysis import EXACT
from search.bands import APPLIED_PARTS, REJECTION_PARTS, said_in
from search.question import AppliedSince, Atom, Between, InPool, Is, Phrase, RejectedSince, Word

Clause = dict[str, Any]

EVERYBODY: Final[Clause] = {"match_all": {}}
NOBODY: Final[Clause] = {"match_none": {}}

# What everyone who sees a person sees of them.
PROFILE: Final[frozenset[str]] = frozenset({"tags", "locations", "experience", "languages"})


class Sight(Protocol):
    """How one part of a question is answered."""

    def atom(self, atom: Atom) -> Clause:
        """The filter that answers it."""
        ...

    def applications(self) -> Clause | None:
        """Which applications may be looked at, as a filter on one of them; None for all."""
        ...

    def is_plain(self, field: str, /) -> bool:
        """Whether keywords of this field are just looked up, so that several can be looked up at once."""
        ...


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing is hidden. `folders` says who is in each pool that is asked for."""

    folders: Mapping[str, Clause] = field(default_factory=dict)

    def applications(self) -> Clause | None:
        """All of them."""
        return None

    def is_plain(self, _field: str) -> bool:
        """Every one."""
        return True

    def atom(self, atom: Atom) -> Clause:
        """Whatever it asks."""
        match atom:
            case Word(text) if "@" not in text:
                # A word of several parts ("front-end") may have one in the CV and one in a note, as it may where the
                # two are one text (Percolated).
                asked = {"query": text, "type": "cross_fields", "fields": ["text", "notes"], "operator": "and"}
                return {"multi_match": asked}
            case Word() | Phrase():
                return either_of([words_in("text", atom), words_in("notes", atom)])
            case RejectedSince() | AppliedSince():
                return one_application(asked_of_one(atom))
            case InPool(pool):
                return self.folders.get(pool, NOBODY)
            case _:
                return plain(atom)


class Percolated:
    """What a pool is stored with: notes are part of the text there (mappings/documents.py)."""

    def applications(self) -> Clause | None:
        """Never asked one by one."""
        return NOBODY

    def is_plain(self, _field: str) -> bool:
        """Every one."""
        return True

    def atom(self, atom: Atom) -> Clause:
        """What the percolated document can answer; search.render_stored refuses the rest before it comes here."""
        match atom:
            case Word() | Phrase():
                return words_in("text", atom)
            case RejectedSince() | AppliedSince() | InPool():
                return NOBODY
            case _:
                return plain(atom)


@dataclass(frozen=True, slots=True)
class Own:
    """The profile, and of the applications those that were shared: themselves, or with their whole position."""

    shared_applications: tuple[str, ...]
    shared_positions: tuple[str, ...]
    folders: Mapping[str, Clause] = field(default_factory=dict)

    def applications(self) -> Clause | None:
        """Those that were shared; none where none were."""
        ways = [
            {"terms": {f"applications.{name}": list(values)}}
            for name, values in (("id", self.shared_applications), ("position", self.shared_positions))
            if values
        ]
        return either_of(ways) if ways else NOBODY

    def is_plain(self, field: str) -> bool:
        """Those of the profile."""
        return field in PROFILE

    def atom(self, atom: Atom) -> Clause:  # noqa: PLR0911 - one line for each thing that may be asked
        """What the profile or a shared application answers; anything else nobody has."""
        match atom:
            case Word() | Phrase():
                return either_of([words_in("text", atom), self._one([words_in("applications.note", atom)])])
            case Is(field, _) if field in PROFILE:
                return plain(atom)
            case Is("sources", source):
                return self._one([{"term": {"applications.source": source}}])
            case Is("rejections", value):
                return self._one([IS_REJECTED, *_combined(REJECTION_PARTS, value)])
            case Is("applied", value):
                return self._one(_combined(APPLIED_PARTS, value))
            case Is("never_rejected", value):
                rejected = self._one([IS_REJECTED])
                return rejected if value == "no" else {"bool": {"must_not": [rejected]}}
            case Between("created"):
                return plain(atom)
            case RejectedSince() | AppliedSince():
                return self._one(asked_of_one(atom))
            case InPool(pool):
                return self.folders.get(pool, NOBODY)
            case _:
                return NOBODY

    def _one(self, asked: list[Clause]) -> Clause:
        mine = self.applications()
        return NOBODY if mine == NOBODY else one_application([mine or EVERYBODY, *asked])


IS_REJECTED: Final[Clause] = {"exists": {"field": "applications.reason"}}


def plain(atom: Atom) -> Clause:
    """An atom that one field of the document answers."""
    match atom:
        case Is(field, value):
            return {"term": {field: value}}
        case Between(field, first, last):
            ends = {"gte": first and first.isoformat(), "lte": last and last.isoformat()}
            return {"range": {field: {side: day for side, day in ends.items() if day}}}
        case _:
            return NOBODY


def words_in(field: str, atom: Word | Phrase) -> Clause:
    """The word in any of its forms, or the phrase as written, in this field."""
    # An address is one thing, though the analysis makes two words of it.
    if isinstance(atom, Phrase) or "@" in atom.text:
        return {"match_phrase": {field: {"query": atom.text, "analyzer": EXACT}}}
    return {"match": {field: {"query": atom.text, "operator": "and"}}}


def asked_of_one(atom: RejectedSince | AppliedSince) -> list[Clause]:
    """What is asked of one and the same application."""
    if isinstance(atom, RejectedSince):
        day, named = "rejected", {"reason": atom.reasons, "position": atom.positions}
        named["by"] = (atom.by,) if atom.by else ()
    else:
        day, named = "applied", {"position": atom.positions, "stage": atom.stages, "source": atom.sources}
    clauses: list[Clause] = [{"range": {f"applications.{day}": {"gte": atom.since.isoformat()}}}]
    clauses += [{"terms": {f"applications.{name}": list(values)}} for name, values in named.items() if values]
    return clauses


def one_application(asked: list[Clause]) -> Clause:
    """There is one application of which all this holds."""
    return {"nested": {"path": "applications", "query": {"bool": {"filter": asked}}}}


def either_of(clauses: list[Clause]) -> Clause:
    """At least one of these."""
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _combined(parts: tuple[str, ...], keyword: str) -> list[Clause]:
    """The parts of a combined keyword, each asked of the application itself."""
    return [{"term": {f"applications.{part}": said}} for part, said in said_in(keyword, parts).items()]
