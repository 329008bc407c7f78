"""The one place where a question meets the rights of the one who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, Self
from uuid import UUID

from core.text import fold
from engine.door import SecuredQuery
from search.compile import Parts
from search.facets import Facet, aggregations
from search.question import EVERYONE, Is, Question, every
from search.ranking import by_statistics, by_what_is_seen, marked
from search.render_search import render_search
from search.sight import EVERYBODY, NOBODY, Clause, Everything, Own, Sight, either_of
from search.wording import Forgiving, Named

Role = Literal["administrator", "recruiter", "hiring_manager", "analyst", "system"]

# Whoever is not named here sees nobody by their role alone.
SEE_ALL: Final[frozenset[Role]] = frozenset({"administrator", "recruiter", "system"})
# Who may have everybody counted: names never leave a count.
COUNT_ALL: Final[frozenset[Role]] = SEE_ALL | {"analyst"}


# The engine takes 65,536 terms in one clause.
MOST_IDS = 50_000


@dataclass(frozen=True)
class Folder:
    """Who is in a pool now: those its question finds, or, while it cannot be asked, those last known (`people`).

    Kept from request to request, so its filter is written once.
    """

    id: str
    question: Question | None
    people: tuple[str, ...] = ()

    @cached_property
    def clause(self) -> Clause:
        """The filter. Whoever is in is in, whatever the reader may know of the reasons."""
        if self.question is not None:
            return render_search(self.question, Everything())
        slices = [self.people[at : at + MOST_IDS] for at in range(0, len(self.people), MOST_IDS)]
        return either_of([{"terms": {"id": list(ids)}} for ids in slices]) if slices else NOBODY


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and what they may see, resolved to values as of this very request.

    `applications` and `positions` are those shared with them; `tracked` the pools they see people through; `folders`
    every pool they may ask for, by id.
    """

    user_id: UUID | None
    role: Role
    applications: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    tracked: tuple[Folder, ...] = ()
    folders: Mapping[str, Folder] = field(default_factory=dict)

    @property
    def sees_all(self) -> bool:
        """Whether every living candidate is theirs to find."""
        return self.role in SEE_ALL

    @classmethod
    def system(cls) -> Self:
        """The product itself: back-fill and the drift checker. Nothing found with it is shown to anyone."""
        return cls(None, "system")


def secure(question: Question, access: Access) -> SecuredQuery:
    """The question cut to what may be seen: of the living, those the reader sees, as far as the reader sees them."""
    return SecuredQuery(rights=_rights(access), question=render_search(question, _sight(access, _clauses(access))))


def secure_count(question: Question, access: Access) -> SecuredQuery:
    """The same for numbers over everybody, which analysts may have and hiring managers may not."""
    if access.role not in COUNT_ALL:
        return SecuredQuery(rights=NOBODY, question=NOBODY)
    return SecuredQuery(rights=_alive(EVERYBODY), question=render_search(question, Everything(_clauses(access))))


def secure_search(
    parts: Parts,
    access: Access,
    facets: tuple[Facet, ...] = (),
    *,
    ranked: bool = False,
    forgiving: bool = False,
    gone: Collection[str] = (),
) -> SecuredQuery:
    """A search with its facets: what was chosen in a facet that is shown narrows the people, not that facet.

    `forgiving` also finds words that are written a little differently. `gone` are ids of people whom the engine still
    finds and the reader no longer sees: they are not to be counted either.
    """
    folders = _clauses(access)
    sight = _sight(access, folders)
    # What finds people says of each which parts hold; what counts them in facets need not.
    parts_named = Named(sight)
    finding: Sight = Forgiving(parts_named) if forgiving else parts_named
    counting: Sight = Forgiving(sight) if forgiving else sight
    shown = {facet.part for facet in facets} & parts.chosen.keys()
    chosen = every(parts.chosen[name] for name in sorted(shown))
    asked = parts.without()
    rank = by_statistics if access.sees_all else by_what_is_seen
    question = render_search(parts.without(*shown), finding)
    return SecuredQuery(
        rights=_rights(access),
        question=_without(gone, question),
        chosen=render_search(chosen, finding) if shown else None,
        facets=aggregations(facets, parts, counting, folders),
        rank=tuple(rank(asked)) if ranked else (),
        marked=marked(asked),
        marked_fields=("text", "notes") if access.sees_all else ("text",),
        names=parts_named.names,
        texts=forgiving,
    )


def secure_suggestions(typed: str, facets: tuple[Facet, ...], access: Access) -> SecuredQuery:
    """People with a name that begins with the words typed; the facets are of everybody the reader sees."""
    sight = _sight(access, {})
    return SecuredQuery(
        rights=_rights(access),
        question=EVERYBODY,
        chosen={"bool": {"filter": [_name_begins(word) for word in fold(typed).split()] or [NOBODY]}},
        facets=aggregations(facets, Parts(EVERYONE), sight, {}),
    )


def secure_similar(candidate: str, tags: Sequence[Is], access: Access) -> SecuredQuery:
    """Others with at least one of these tags, ranked by how many they share: each counts the same, however rare."""
    sight = _sight(access, {})
    shared = [sight.atom(tag) for tag in tags]
    return SecuredQuery(
        rights=_rights(access),
        question=_without([candidate], either_of(shared)),
        rank=tuple({"constant_score": {"filter": clause, "boost": 1.0}} for clause in shared),
    )


def _name_begins(word: str) -> Clause:
    # All endings alike and without a limit: how many names begin like this depends on people not seen.
    return {"prefix": {"name": {"value": word, "rewrite": "constant_score"}}}


def secure_alternatives(
    alternatives: Mapping[str, Question], access: Access, gone: Collection[str] = ()
) -> SecuredQuery:
    """How many of those the reader sees, but for these who are gone, each of these questions finds."""
    sight = _sight(access, _clauses(access))
    counted = {name: render_search(question, sight) for name, question in alternatives.items()}
    return SecuredQuery(
        rights=_rights(access),
        question=_without(gone, EVERYBODY),
        facets={"alternatives": {"filters": {"filters": counted}}} if counted else {},
    )


def _rights(access: Access) -> Clause:
    """Whom the reader sees. A hiring manager without anything shared or tracked sees nobody; so does any other role."""
    if access.sees_all:
        return _alive(EVERYBODY)
    if access.role != "hiring_manager":
        return NOBODY
    mine = Own(access.applications, access.positions).applications() or NOBODY
    owned: list[Clause] = [] if mine == NOBODY else [{"nested": {"path": "applications", "query": mine}}]
    ways = [*owned, *(folder.clause for folder in access.tracked)]
    return _alive(either_of(ways)) if ways else NOBODY


def _without(people: Collection[str], question: Clause) -> Clause:
    """The question but for these people, by id."""
    if not people:
        return question
    return {"bool": {"filter": [question], "must_not": [{"terms": {"id": sorted(people)}}]}}


def _alive(whom: Clause) -> Clause:
    return {"bool": {"filter": [{"term": {"state": "live"}}, whom]}}


def _sight(access: Access, folders: Mapping[str, Clause]) -> Sight:
    if access.sees_all:
        return Everything(folders)
    return Own(access.applications, access.positions, folders)


def _clauses(access: Access) -> dict[str, Clause]:
    return {name: folder.clause for name, folder in access.folders.items()}
