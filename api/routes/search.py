"""Search: people by criteria, as an address or a body; what to type next; people like this one."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Annotated, Any, Literal, NotRequired

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from typing_extensions import TypedDict

from api.facets import FacetAsked, FacetView, facet_views, facets_asked
from api.fields import Body, Id, Printable
from api.finding import Asked, Found, Sort, find
from api.problems import within
from api.similar import people_like
from api.suggesting import Suggestions, suggest
from api.views import candidate_view
from api.wire import StrictRoute
from api.work import ReaderLook, Work
from core.errors import Invalid, Problem
from engine.door import MARK, MARK_END
from records.repositories.access import SeenPerson
from search.address import address_of, criteria_in, in_address
from search.criteria import Criteria
from search.facets import FACETS, FacetName
from search.question import AppliedSince, Atom, Between, InPool, Is, Phrase, RejectedSince, Word

router = APIRouter(tags=["search"], route_class=StrictRoute)

# What in an address is not a criterion.
_NOT_CRITERIA = ("sort", "limit", "cursor", "facet")


class Search(Body):
    """A question, and which page of its answer."""

    criteria: Criteria = Criteria()
    order: Sort | None = Field(
        default=None, description="By default by relevance where words are asked for, else newest."
    )
    limit: Annotated[int, Field(strict=True, ge=1, le=200)] = 20
    cursor: Annotated[str | None, Field(max_length=2_000)] = None
    facets: Annotated[tuple[FacetAsked, ...], Field(max_length=len(FACETS))] = ()


class Matched(TypedDict):
    """One part of the question that holds of a person: where it stands in the criteria, and the value asked for."""

    criterion: str
    value: str


class Piece(TypedDict):
    """A piece of a text; the words that were found are marked."""

    text: str
    mark: bool


class Person(TypedDict):
    """A person found."""

    id: uuid.UUID
    name: str
    headline: str
    access: Literal["full", "owner", "view"]
    years_experience: NotRequired[int]
    skills: list[str]
    locations: list[str]
    created: date
    active: Annotated[datetime, Field(description="When last something changed that you can see.")]
    matched: list[Matched]
    marks: list[list[Piece]]


class HintView(TypedDict):
    """A part of a question that finds nobody, and what would be left without it."""

    drop: Annotated[str, Field(description="Place of the part: `criteria.tags.all[0]`.")]
    said: Annotated[Any, Field(description="What was said there.")]
    people: Annotated[int, Field(description="How many people the rest of the question finds.")]
    alone: Annotated[int, Field(description="How many people this part finds by itself: 0 says that it is to blame.")]


class FoundView(TypedDict):
    """A page of people, and how many there are in all."""

    total: int
    items: list[Person]
    next: NotRequired[str]
    order: Sort
    address: Annotated[str, Field(description="The query part of this search's own address: GET /v1/search?…")]
    facets: dict[str, FacetView]
    similar_spelling: Annotated[
        bool, Field(description="Nobody was found as typed; these are people with words written much alike.")
    ]
    hints: Annotated[list[HintView], Field(description="Where nobody was found: which part to drop.")]


@router.post("/search", summary="Search people", response_model=FoundView)
def find_by_body(body: Search, work: ReaderLook) -> Response:
    """A change is found about a second after it was acknowledged; somebody you may no longer see never is.

    Hiring managers find the people they see, by what they see of them.
    """
    return _written(found_view(body, work))


def found_view(body: Search, work: Work) -> FoundView:
    """The answer before it is written."""
    facets = facets_asked(work, body.facets)
    with within("body"):
        found = find(work, Asked(body.criteria, body.order, body.limit, body.cursor, facets))
    return _view(work, body.criteria, found)


@router.get("/search", summary="Search people by address", response_model=FoundView)
def find_by_address(
    request: Request,
    work: ReaderLook,
    sort: Sort | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    cursor: Annotated[str | None, Query(max_length=2_000)] = None,
    facet: Annotated[list[FacetName], Query(max_length=len(FACETS), description="Facets to be counted.")] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """The same, with the criteria in the address: `q`, `tag`, `tag.not`, `location` … (docs/api.md lists them)."""
    facets = facets_asked(work, tuple(FacetAsked(name=name) for name in dict.fromkeys(facet)), place="query.facet")
    criteria = criteria_in(request.query_params.multi_items(), also=_NOT_CRITERIA)
    try:
        found = find(work, Asked(criteria, sort, limit, cursor, facets))
    except Invalid as error:
        error.problems = tuple(
            Problem(in_address(p.place) if p.place.startswith("criteria") else f"query.{p.place}", p.message)
            for p in error.problems
        )
        raise
    return _written(_view(work, criteria, found))


@router.get("/suggest", summary="What to type next")
def type_ahead(
    work: ReaderLook,
    q: Annotated[str, Query(max_length=100, description="What was typed so far."), Printable] = "",
    limit: Annotated[int, Query(ge=1, le=20, description="How many of each kind at most.")] = 8,
) -> Suggestions:
    """People, tags with how many carry them, pools and positions that begin like this, as far as you may see them."""
    return suggest(work, q, limit)


@router.get("/candidates/{candidate}/similar", summary="People like this one")
def similar(candidate: Id, work: ReaderLook, limit: Annotated[int, Query(ge=1, le=50)] = 10) -> list[Person]:
    """Those who share most of this person's skills, languages and places."""
    candidate_view(work, candidate)
    return [person_view(work, person) for person in people_like(work, candidate, limit)]


def person_view(work: Work, person: SeenPerson) -> Person:
    """A person as a list shows them."""
    view = Person(
        id=person.id,
        name=person.name,
        headline=person.headline,
        access="full" if work.sees_all else "owner" if person.owned else "view",
        skills=person.skills,
        locations=person.locations,
        created=person.created_at.date(),
        active=person.updated_at if work.sees_all else person.profile_at,
        matched=[],
        marks=[],
    )
    if person.years_experience is not None:
        view["years_experience"] = person.years_experience
    return view


def _written(view: FoundView) -> Response:
    """The answer as JSON, written at once: the framework would read it over first, for a tenth of the time."""
    return Response(orjson.dumps(view, option=orjson.OPT_UTC_Z), media_type="application/json")


def _view(work: Work, criteria: Criteria, found: Found) -> FoundView:
    items = []
    for each in found.people:
        item = person_view(work, each.person)
        item["matched"] = [_matched(part) for part in each.parts]
        item["marks"] = [_pieces(piece) for piece in dict.fromkeys(each.marks)]
        items.append(item)
    view = FoundView(
        total=found.total,
        items=items,
        order=found.sort,
        address=address_of(criteria, sort=found.sort),
        facets=facet_views(work, found.facets),
        similar_spelling=found.similar_spelling,
        hints=[
            HintView(drop=f"criteria.{hint.place}", said=hint.said, people=hint.people_without, alone=hint.people_alone)
            for hint in found.hints
        ],
    )
    if found.following is not None:
        view["next"] = found.following
    return view


def _matched(part: Atom) -> Matched:
    match part:
        case Is(field, value):
            return Matched(criterion={"applied": "applications"}.get(field, field), value=value)
        case Word(text) | Phrase(text):
            return Matched(criterion="text", value=text)
        case InPool(pool):
            return Matched(criterion="pools", value=pool)
        case Between(field, first, last):
            return Matched(criterion=field, value=f"{first or ''}/{last or ''}")
        case RejectedSince():
            return Matched(criterion="rejections", value=f"since {part.since}")
        case AppliedSince():
            return Matched(criterion="applications", value=f"since {part.since}")


def _pieces(marked: str) -> list[Piece]:
    pieces: list[Piece] = []
    for number, part in enumerate(marked.split(MARK)):
        found, _, after = part.partition(MARK_END) if number else ("", "", part)
        if found.endswith("+") and after.startswith("+"):
            # The analysis reads C++ as one word, but says that it ends a sign earlier.
            found, after = f"{found}+", after[1:]
        pieces += [Piece(text=found, mark=True)] if found else []
        pieces += [Piece(text=after, mark=False)] if after else []
    return pieces
