"""A selection of people: who is meant, what could be done with them, and all of them as a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.selecting import A_PAGE, MOST_AT_ONCE, Selection, first, further
from api.wire import StrictRoute
from api.work import READERS, ReaderLook, Work
from core.errors import Invalid, NotAuthenticated, Problem
from records.database import reading
from records.repositories import bulk, exports, users
from records.repositories.callers import Caller
from records.repositories.exports import Exported
from reports.spreadsheet import MARK, Cell, as_lines

router = APIRouter(tags=["bulk"], route_class=StrictRoute)

# As many rows as a spreadsheet opens without a thought.
MOST_EXPORTED = 50_000
MOST_CARRIED = 100
MOST_POSITIONS = 100

Column = Literal[
    "id", "name", "email", "phone", "headline", "experience", "languages", "skills", "locations", "labels", "internal",
    "source", "created", "active", "applications", "access",
]  # fmt: skip
# What everybody sees of somebody they see. `applications` are those that were shared.
FOR_EVERY_READER: tuple[Column, ...] = (
    "id", "name", "email", "phone", "headline", "experience", "languages", "skills", "locations", "labels",
    "applications", "created", "active", "access",
)  # fmt: skip
FOR_STAFF: tuple[Column, ...] = (
    "id", "name", "email", "phone", "headline", "experience", "languages", "skills", "locations", "labels", "internal",
    "source", "applications", "created", "active",
)  # fmt: skip


class Chosen(BaseModel):
    """A person of a selection."""

    id: uuid.UUID
    name: str
    headline: str


class CarriedTag(BaseModel):
    """A tag, and how many of the people shown carry it."""

    model_config = ConfigDict(from_attributes=True)

    key: str
    name: str
    kind: str
    people: int


class AppliedFor(BaseModel):
    """A position, how many of the people shown applied for it, and how many have an open application there."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    title: str
    people: int
    open: int


class Choices(BaseModel):
    """What could be done with the people shown."""

    tags: list[CarriedTag]
    positions: list[AppliedFor]
    one_open: int = Field(description="How many have exactly one open application, wherever.")
    one_application: int = Field(description="How many have exactly one application, open or not.")


class Selected(BaseModel):
    """Whom a selection means. Those of `unknown` there are not, or you may not see them."""

    total: int
    people: list[Chosen] = Field(description=f"The first {MOST_AT_ONCE}.")
    unknown: list[uuid.UUID] = []
    choices: Choices | None = Field(default=None, description="For administrators and recruiters.")


class Export(Selection):
    """People as a file."""

    separator: Literal[",", ";"] = Field(
        default=",", description="What a spreadsheet takes for the end of a cell depends on its country."
    )


@router.post("/bulk/selection", summary="Whom a selection means", response_model_exclude_none=True)
def selected(body: Selection, work: ReaderLook) -> Selected:
    """People by id, or the first of those a search finds and how many there are in all. Nothing is changed."""
    total, people, _ = first(work, body)
    ids = [person.id for person in people]
    seen = set(ids)
    return Selected(
        total=total,
        people=[Chosen(id=person.id, name=person.name, headline=person.headline) for person in people],
        unknown=[each for each in dict.fromkeys(body.people or ()) if each not in seen],
        choices=_choices(work, ids) if work.sees_all else None,
    )


@router.post(
    "/bulk/export",
    summary="People as CSV",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "One line a person."}},
)
def export(body: Export, work: ReaderLook) -> StreamingResponse:
    """As far as you see them; who is not seen has no line. Cells that look like formulas begin with an apostrophe.

    Rights are looked at again page by page while the file is sent; one that ends early is cut off, not shortened.
    """
    return exported(body, work, lambda column: column)


def exported(body: Export, work: Work, called: Callable[[Column], str]) -> StreamingResponse:
    """The file, its columns called so."""
    total, people, following = first(work, body, A_PAGE)
    if total > MOST_EXPORTED:
        sentence = f"This finds {total} people; a file takes {MOST_EXPORTED} at most. Narrow the search."
        raise Invalid(sentence, problems=(Problem("body.criteria", sentence),))
    columns = columns_for(work)
    heading = [called(column) for column in columns]
    ids = [person.id for person in people]

    def rows() -> Iterator[Sequence[Cell]]:
        yield heading
        for page in _each_page(work.caller, body, ids, following):
            yield from ([_cell(person, column) for column in columns] for person in page)

    def lines() -> Iterator[str]:
        yield MARK
        yield from _gathered(as_lines(rows(), body.separator))

    disposition = {"Content-Disposition": 'attachment; filename="people.csv"'}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=disposition)


def columns_for(work: Work) -> tuple[Column, ...]:
    """Those that this reader's file has, whoever is in it."""
    return FOR_STAFF if work.sees_all else FOR_EVERY_READER


def _each_page(caller: Caller, body: Export, ids: list[uuid.UUID], following: str | None) -> Iterator[list[Exported]]:
    """Everybody, a page at a time. No connection is held while the reader takes what was sent."""
    for start in range(0, len(ids), A_PAGE):
        yield _seen_now(caller, ids[start : start + A_PAGE])
    while following is not None:
        with reading() as db:
            page, following = further(Work(db, caller), body, A_PAGE, following)
        yield _seen_now(caller, page)


def _seen_now(caller: Caller, people: list[uuid.UUID]) -> list[Exported]:
    with reading() as db:
        if caller.role not in READERS or not users.active_among(db, [caller.id], [caller.role]):
            raise NotAuthenticated("Your account was changed while the file was sent.")
        return exports.of(db, caller.id, people, everything=Work(db, caller).sees_all)


def _gathered(lines: Iterator[str]) -> Iterator[str]:
    """Some lines at a time: each piece is a chunk of the answer."""
    piece: list[str] = []
    for line in lines:
        piece.append(line)
        if len(piece) == A_PAGE:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


# What stands in a column where it is not the column's own text.
_CELLS: Mapping[Column, Callable[[Exported], Cell]] = {
    "id": lambda person: str(person.id),
    "experience": lambda person: person.years_experience,
    "languages": lambda person: _listed(map(_spoken, person.languages)),
    "skills": lambda person: _tags(person, "skill", "language"),
    "locations": lambda person: _tags(person, "location"),
    "labels": lambda person: _tags(person, "label"),
    "internal": lambda person: _tags(person, "internal"),
    "applications": lambda person: _listed(map(_application, person.applications)),
    "created": lambda person: person.created_at.date().isoformat(),
    "active": lambda person: person.active.date().isoformat(),
    "access": lambda person: "owner" if person.owned else "view",
}


def _cell(person: Exported, column: Column) -> Cell:
    if column in _CELLS:
        return _CELLS[column](person)
    text: str | None = getattr(person, column)
    return text


def _spoken(language: dict[str, str | None]) -> str:
    return " ".join(filter(None, (language["code"], language.get("level"))))


def _application(application: dict[str, str | None]) -> str:
    said = f"{application['position']} ({application['stage']})"
    return f"{said}: {application['reason']}" if application["reason"] else said


def _tags(person: Exported, *kinds: str) -> str:
    return _listed(name for kind, name in person.tags if kind in kinds)


def _listed(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _choices(work: Work, people: list[uuid.UUID]) -> Choices:
    open_there, any_at_all = bulk.with_one(work.db, people)
    return Choices(
        tags=[CarriedTag.model_validate(tag) for tag in bulk.carried(work.db, people, MOST_CARRIED)],
        positions=[AppliedFor.model_validate(each) for each in bulk.applied_for(work.db, people, MOST_POSITIONS)],
        one_open=open_there,
        one_application=any_at_all,
    )
