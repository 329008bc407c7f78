"""Tags: found while typing, added, renamed, moved in their tree."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.fields import Body, Created, Limit, Line
from api.wire import StrictRoute
from api.work import IdempotencyKey, StaffWork, Work, once
from core.errors import Invalid, Problem
from core.text import fold
from records.models import Tag
from records.repositories import candidates, tags
from search.vocabulary import KEY

router = APIRouter(tags=["tags"], route_class=StrictRoute)

TagKind = Literal["skill", "location", "language", "label", "internal"]
Synonyms = Annotated[tuple[Line, ...], Field(max_length=100)]


class NewTag(Body):
    """A tag."""

    name: Line
    kind: TagKind = "skill"
    key: Line | None = Field(default=None, description="Never changes; made from the name where not given.")
    parent: Line | None = Field(default=None, description="Name or key of the tag above, of the same kind.")
    synonyms: Synonyms = ()


class ChangedTag(Body):
    """What changes of a tag. Its key never does, so pools keep asking for it."""

    name: Line | None = None
    synonyms: Synonyms | None = None
    parent: Line | None = Field(default=None, description="`null` makes it a root.")


class TagDetail(BaseModel):
    """A tag with what it answers to and where it lies."""

    key: str
    name: str
    kind: str
    synonyms: list[str]
    lineage: list[str] = Field(description="Keys from the root of its tree down to itself.")


class Retagged(TagDetail):
    """A changed tag, and how many people's documents change with it."""

    people: int


@router.get("/tags", summary="Find tags")
def index(
    work: StaffWork,
    q: Annotated[str, Query(max_length=200, description="First letters of a name, synonym or key.")] = "",
    kind: TagKind | None = None,
    limit: Limit = 50,
) -> list[TagDetail]:
    """By name; case and diacritics do not matter."""
    rows = tags.search(work.db, q.replace("\x00", ""), kind, limit)
    synonyms = tags.synonyms_of(work.db, [row.id for row in rows])
    return [
        TagDetail(key=row.key, name=row.name, kind=row.kind, synonyms=synonyms[row.id], lineage=row.lineage)
        for row in rows
    ]


@router.post("/tags", status_code=201, summary="Add a tag")
def create(body: NewTag, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """No two tags may answer to the same text."""
    _usable(body.name, body.synonyms, body.key)

    def add() -> dict[str, object]:
        new = tags.NewTag(body.name, body.kind, body.key, body.parent, body.synonyms)
        return {"id": str(tags.add(work.db, new).id)}

    receipt = once(work, response, key, "tags", body, add)
    work.commit()
    return Created.model_validate(receipt)


@router.patch("/tags/{key:path}", summary="Rename or move a tag")
def change(key: str, body: ChangedTag, work: StaffWork) -> Retagged:
    """Everyone who carries the tag gets a new document, silently: nobody is told of people because of it."""
    row = tags.by_key(work.db, key)
    _usable(body.name or row.name, body.synonyms or (), None)
    touched = [row.id]
    if "parent" in body.model_fields_set:
        touched = tags.move(work.db, row, _parent(work, body.parent, row.kind) if body.parent else None)
    if body.name is not None or body.synonyms is not None:
        tags.rename(work.db, row, body.name or row.name, body.synonyms)
    people = candidates.raise_versions_of_tagged(work.db, touched, actor=work.caller.id)
    work.db.refresh(row)
    view = Retagged(
        key=row.key,
        name=row.name,
        kind=row.kind,
        synonyms=tags.synonyms_of(work.db, [row.id])[row.id],
        lineage=row.lineage,
        people=people,
    )
    work.commit(candidates=people > 0)
    return view


def _parent(work: Work, label: str, kind: str) -> Tag:
    found = tags.by_labels(work.db, [label]).get(fold(label))
    if found is None or found.kind != kind:
        raise Invalid(
            "The parent tag is unknown.", problems=(Problem("body.parent", f"There is no {kind} “{label}”."),)
        )
    return tags.by_key(work.db, found.key)


def _usable(name: str, synonyms: tuple[str, ...], key: str | None) -> None:
    for place, label in [("body.name", name), *((f"body.synonyms[{at}]", s) for at, s in enumerate(synonyms))]:
        if not fold(label):
            raise Invalid(
                "A tag needs a readable name.", problems=(Problem(place, "There is no letter or sign in it."),)
            )
    if key is not None and KEY.fullmatch(key) is None:
        sentence = "A key has no spaces and none of the signs | * @."
        raise Invalid("The key cannot be used.", problems=(Problem("body.key", sentence),))
