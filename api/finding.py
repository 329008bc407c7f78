"""A search from what was asked to what is shown: one request to the engine, and one look at what may still be shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Literal

from api import cursors
from api.reading import access_of, pools_in, understood
from api.work import Work
from core.errors import Unavailable
from engine.door import Answer, Hit, Order, Page, SecuredQuery, search, search_both
from engine.process import engine
from mappings.names import serving_candidates
from records.repositories import access
from records.repositories.access import SeenPerson
from search.compile import compile_criteria, compile_parts
from search.criteria import Criteria
from search.facets import Counted, Facet, FacetName, read
from search.hints import parts_of
from search.normalise import ResolvedCriteria
from search.question import Word
from search.ranking import positive_words
from search.secure import Access, secure_alternatives, secure_search
from search.spelling import marked_nearly
from search.wording import can_be_misspelt

Sort = Literal["relevance", "newest", "oldest", "name", "activity"]
# Each look finds at most a page of people who are gone; so many more than the engine can be behind.
MOST_LOOKS = 20
# What the engine sorts by before the id: scores, days and times as milliseconds, names as text.
_SORT_KEY: dict[Sort, type] = {"relevance": float, "newest": int, "oldest": int, "name": str, "activity": int}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search: the question, the order (by relevance where words are asked for), and which part of the answer.

    Whoever only asks who is found needs no `marks`.
    """

    criteria: Criteria
    sort: Sort | None = None
    limit: int = 20
    cursor: str | None = None
    facets: tuple[Facet, ...] = ()
    marks: bool = True


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Somebody found, as shown now; `parts` are the parts of the question that hold, `marks` pieces of their texts."""

    person: SeenPerson
    parts: tuple[Any, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A part of a question that finds nobody: how many people the rest finds, and the part alone."""

    place: str
    said: Any
    people_without: int
    people_alone: int


@dataclass(frozen=True, slots=True)
class Found:
    """A page of people. `similar_spelling`: nobody was found as typed, these are for words written much alike."""

    total: int
    people: list[FoundPerson]
    following: str | None
    facets: Mapping[FacetName, Counted] = field(default_factory=dict)
    hints: list[Hint] = field(default_factory=list)
    similar_spelling: bool = False
    sort: Sort = "newest"


def find(work: Work, asked: Asked) -> Found:
    """Raises Invalid for what cannot be understood (places from `criteria`), or for a cursor of another search."""
    pools = {uuid.UUID(pool) for facet in asked.facets for pool in facet.pools}
    reader = access_of(work, pools_in(asked.criteria) | pools)
    resolved = understood(work, asked.criteria, reader)
    today = datetime.now(UTC).date()
    parts = compile_parts(resolved, today)
    words = list(positive_words(parts.always))
    misspelt = tuple(filter(can_be_misspelt, words))
    sort: Sort = asked.sort or ("relevance" if words else "newest")
    after, forgiving, total = _read_cursor(asked.cursor, sort)
    page = Page(asked.limit, _order(sort, reader), after, marks=asked.marks)
    # Numbers are of the whole answer, so they come with its first page; the total goes along in the cursor.
    facets = asked.facets if asked.cursor is None else ()

    def secured(*, lenient: bool, gone: Collection[str] = ()) -> SecuredQuery:
        return secure_search(parts, reader, facets, ranked=sort == "relevance", forgiving=lenient, gone=gone)

    query = secured(lenient=forgiving)
    first = search(engine(), serving_candidates(), query, page)
    answer, people, gone = _look(work, page, first, lambda more: secured(lenient=forgiving, gone=more))
    hints: list[Hint] = []
    if not answer.hits and not asked.cursor:
        retried = bool(misspelt)
        query = secured(lenient=retried, gone=gone)
        again, hints = _second_look(asked.criteria, resolved, today, reader, (query, page), gone)
        if retried:
            answer, people, _ = _look(work, page, again, lambda more: secured(lenient=True, gone={*gone, *more}))
            forgiving = bool(answer.hits)
    total = answer.total if total is None else total
    more = len(answer.hits) == asked.limit
    return Found(
        total=total,
        people=[
            _shown(hit, people[hit.id], query, misspelt if forgiving else (), everything=work.sees_all)
            for hit in answer.hits
        ],
        following=cursors.write(sort, forgiving, total, *answer.hits[-1].cursor) if more else None,
        facets=read(facets, answer.facets),
        hints=hints,
        similar_spelling=forgiving,
        sort=sort,
    )


def _look(
    work: Work, page: Page, answer: Answer, without: Callable[[Collection[str]], SecuredQuery]
) -> tuple[Answer, dict[str, SeenPerson], Collection[str]]:
    """The answer once everybody in it is still there to be seen, who they are, and who was not.

    The engine may know somebody a moment longer than the reader may see them. They are asked for once more without
    those: nobody who is gone is shown, counted, nor the place where the next page begins.
    """
    gone: set[str] = set()
    for _ in range(MOST_LOOKS):
        people = {str(person.id): person for person in seen_among(work, answer.hits)}
        if len(people) == len(answer.hits):
            return answer, people, gone
        gone |= {hit.id for hit in answer.hits} - people.keys()
        answer = search(engine(), serving_candidates(), without(gone), page)
    raise Unavailable("The search index is catching up with many changes; try again in a moment.")


def seen_among(work: Work, hits: Sequence[Hit]) -> list[SeenPerson]:
    """The people of these hits whom the caller still sees, in their order."""
    ids = [uuid.UUID(hit.id) for hit in hits]
    people = access.still_seen(work.db, work.caller.id, ids, everything=work.sees_all)
    return [people[id_] for id_ in ids if id_ in people]


def _second_look(
    criteria: Criteria,
    resolved: ResolvedCriteria,
    today: date,
    reader: Access,
    lenient: tuple[SecuredQuery, Page],
    gone: Collection[str],
) -> tuple[Answer, list[Hint]]:
    """For a search that found nobody: the same with spelling forgiven, and what each part of it is to blame for."""
    parts = parts_of(criteria, resolved)
    questions = {f"w{at}": compile_criteria(part.without, today) for at, part in enumerate(parts)}
    questions |= {f"a{at}": compile_criteria(part.alone, today) for at, part in enumerate(parts)}
    alternatives = secure_alternatives(questions, reader, gone)
    again, counted = search_both(engine(), serving_candidates(), lenient, (alternatives, Page(0, "id")))
    # Of nobody the engine counts nothing at all.
    numbers = {
        name: found["doc_count"] for name, found in counted.facets.get("alternatives", {}).get("buckets", {}).items()
    }
    hints = [
        Hint(part.place, part.said, numbers.get(f"w{at}", 0), numbers.get(f"a{at}", 0)) for at, part in enumerate(parts)
    ]
    return again, sorted(hints, key=lambda hint: -hint.people_without)


def _shown(
    hit: Hit, person: SeenPerson, secured: SecuredQuery, misspelt: Sequence[Word], *, everything: bool
) -> FoundPerson:
    """What was found of somebody who has changed since is not shown: it may be gone, or never have been the reader's.

    Whoever does not see everything must not learn of changes elsewhere, so for them only the profile counts.
    """
    as_found = hit.version == person.version if everything else hit.profile_updated == _moment(person.profile_at)
    if not as_found:
        return FoundPerson(person, (), ())
    parts = dict.fromkeys(secured.names[name] for name in hit.parts if name in secured.names)
    nearly: list[str] = []
    for word in misspelt:
        if pieces := marked_nearly(word, hit.texts):
            nearly += pieces
            parts[word] = None
    return FoundPerson(person, tuple(parts), (*nearly, *hit.marks))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _order(sort: Sort, reader: Access) -> Order:
    if sort == "activity":
        return "activity" if reader.sees_all else "profile"
    return sort


def _read_cursor(cursor: str | None, sort: Sort) -> tuple[tuple[Any, ...] | None, bool, int | None]:
    """Where the page begins, whether spelling is forgiven, and how many people there were on the first page."""
    if cursor is None:
        return None, False, None
    written, forgiving, total, key, person = cursors.read(cursor, str, bool, int, _SORT_KEY[sort], str, place="cursor")
    if written != sort:
        raise cursors.unusable("cursor", f"It belongs to the order “{written}”; this search is in the order “{sort}”.")
    return (key, person), forgiving, total
