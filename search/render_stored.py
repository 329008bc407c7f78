"""A question as the queries a pool is stored as, shaped so that the engine need not run most of them.

The engine decides a conjunction of single terms from its index of terms alone. So a question is written out into its
ways to be true, each stored as one conjunction; "this tag, in this place" is one term; all ways of one term
are one query. Measured: docs/decisions/0002.
"""

from __future__ import annotations

from core.errors import Invalid, Problem
from engine.percolator import StoredQuery
from mappings.documents import tag_at
from search.normal_form import TooManyWays, Way, ways
from search.question import (
    AppliedSince,
    Between,
    Either,
    Every,
    InPool,
    Is,
    Not,
    Question,
    RejectedSince,
    atoms,
    either,
)
from search.render_search import Clause, both, render_search
from search.sight import Percolated

PERCOLATED = Percolated()

# Stored queries per pool. Above it one query that is run on each person it might match is cheaper than the writing,
# the refreshing and the merging of so many.
MOST_STORED = 64


class NotStorable(Invalid):
    """The question can be searched but not kept as a pool; `place` and `reason` say which part and why."""

    title = "This cannot be a pool"

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(reason, problems=(Problem(place, reason),))
        self.place = place
        self.reason = reason


def render_stored(question: Question, pool: str) -> list[StoredQuery]:
    """The stored queries of a pool (`pool` is its key), at least one: it matches where any of them does.

    Raises NotStorable.
    """
    check_storable(question)
    bodies = _conjunctions(question)
    if not 0 < len(bodies) <= MOST_STORED:
        return [StoredQuery(pool, 0, render_search(question, PERCOLATED), exact=False)]
    return [StoredQuery(pool, n, body, exact) for n, (body, exact) in enumerate(bodies)]


def check_storable(question: Question) -> None:
    """Raise NotStorable for what a percolator cannot answer, or only by running it on everyone."""
    for atom in (part.atom if isinstance(part, Not) else part for part in atoms(question)):
        if isinstance(atom, Between) and atom.relative:
            raise NotStorable(
                "criteria.created.last_days",
                "“The last so many days” moves every day and a pool would not notice; give a fixed date (from).",
            )
        if isinstance(atom, InPool):
            raise NotStorable(
                "criteria.pools",
                "A pool does not ask who is in another one: make it a folder below that one (parent).",
            )
        if isinstance(atom, AppliedSince):
            raise NotStorable(
                "criteria.applications",
                "An application together with a date (since) cannot be kept true in a pool; leave the date out.",
            )
        if isinstance(atom, RejectedSince):
            raise NotStorable(
                "criteria.rejections",
                "A rejection together with a date (since) cannot be kept true in a pool; leave the date out.",
            )
    if not _has_anchor(question):
        raise NotStorable(
            "criteria",
            "A pool needs something a person must have (a tag, a place, a word ...); what they must not have, "
            "or nothing at all, would be asked of everyone.",
        )


def _has_anchor(question: Question) -> bool:
    """Whether every way of being true contains an atom that must hold: the engine finds queries by those."""
    match question:
        case Every(parts):
            return any(_has_anchor(part) for part in parts)
        case Either(parts):
            return bool(parts) and all(_has_anchor(part) for part in parts)
        case _:
            return not isinstance(question, Not)


def _conjunctions(question: Question) -> list[tuple[Clause, bool]]:
    """One query per way, those of one keyword all in one, and whether the engine should decide each unrun."""
    try:
        found = dict.fromkeys(_with_places(way) for way in ways(question))
    except TooManyWays:
        return []
    single = [atom for way in found if len(way) == 1 for atom in way if isinstance(atom, Is)]
    merged = [(render_search(either(sorted(single)), PERCOLATED), True)] if single else []
    rest = [way for way in found if not (len(way) == 1 and isinstance(next(iter(way)), Is))]
    return merged + [(_conjunction(way), all(isinstance(atom, Is) for atom in way)) for way in rest]


def _conjunction(way: Way) -> Clause:
    holds = sorted((atom for atom in way if not isinstance(atom, Not)), key=repr)
    fails = sorted((atom.atom for atom in way if isinstance(atom, Not)), key=repr)
    return both(holds, fails, PERCOLATED)


def _with_places(way: Way) -> Way:
    """The same way with tags and places joined, each into one rarer term: fewer queries are looked at per person."""
    tags = sorted(atom.value for atom in way if isinstance(atom, Is) and atom.field == "tags")
    places = sorted(atom.value for atom in way if isinstance(atom, Is) and atom.field == "locations")
    if not tags or not places:
        return way
    joined = {tag_at(tag, places[0]) for tag in tags} | {tag_at(tags[0], place) for place in places}
    others = {atom for atom in way if not (isinstance(atom, Is) and atom.field in ("tags", "locations"))}
    return frozenset(others | {Is("tag_at", pair) for pair in joined})
