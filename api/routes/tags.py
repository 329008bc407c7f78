"""Tags: found while typing, added, renamed, moved in their tree."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from api.fields import Body, Created, Key, Label, Limit, Line, Printable
from api.problems import within
from api.wire import StrictRoute
from api.work import IdempotencyKey, StaffWork, Work, once
from core.errors import Invalid, Problem
from core.text import fold
from intake.tagging import ask_pools_again
from records.models import Tag
from records.repositories import candidates, tags
from search.vocabulary import KEY

router = APIRouter(tags=["tags"], route_class=StrictRoute)

TagKind = Literal["skill", "location", "language", "label", "internal"]
Synonyms = Annotated[tuple[Label, ...], Field(max_length=100)]


def _joinable(key: str) -> str:
    if KEY.fullmatch(key) is None:
        raise ValueError("has a space or one of the signs | * @, which join keys")
    return key


class NewTag(Body):
    """A tag."""

    name: Label
    kind: TagKind = "skill"
    key: Annotated[Label, AfterValidator(_joinable)] | None = Field(
        default=None, description="Never changes; made from the name where not given. No spaces, and no | * @."
    )
    parent: Line | None = Field(default=None, description="Name or key of the tag above, of the same kind.")
    synonyms: Synonyms = ()


class ChangedTag(Body):
    """What changes of a tag. Its key never does, so pools keep asking for it."""

    name: Label | None = None
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
    q: Annotated[str, Query(max_length=200, description="First letters of a name, synonym or key."), Printable] = "",
    kind: TagKind | None = None,
    limit: Limit = 50,
) -> list[TagDetail]:
    """By name; case and diacritics do not matter."""
    rows = tags.search(work.db, q, kind, limit)
    synonyms = tags.synonyms_of(work.db, [row.id for row in rows])
    return [
        TagDetail(key=row.key, name=row.name, kind=row.kind, synonyms=synonyms[row.id], lineage=row.lineage)
        for row in rows
    ]


@router.post("/tags", status_code=201, summary="Add a tag")
def create(body: NewTag, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """No two tags may answer to the same text."""

    def add() -> dict[str, object]:
        new = tags.NewTag(body.name, body.kind, body.key, body.parent, body.synonyms)
        with within("body"):
            row = tags.add(work.db, new)
        ask_pools_again(work.db, (body.name, *body.synonyms), actor=work.caller.id)
        return {"id": str(row.id)}

    receipt = once(work, response, key, "tags", body, add)
    work.commit(pools=True)
    return Created.model_validate(receipt)


@router.patch("/tags/{key:path}", summary="Rename or move a tag")
def change(key: Key, body: ChangedTag, work: StaffWork) -> Retagged:
    """Everyone who carries the tag gets a new document, silently: nobody is told of people because of it."""
    row = tags.lock(work.db, key)
    touched = set()
    if "parent" in body.model_fields_set:
        parent = _parent(work, body.parent, row.kind) if body.parent else None
        if (parent.id if parent else None) != row.parent_id:
            with within("body"):
                touched.update(tags.move(work.db, row, parent))
    before = _labels(work, row)
    if body.name is not None or body.synonyms is not None:
        tags.rename(work.db, row, body.name or row.name, body.synonyms)
    if row.name != before[0]:
        touched.add(row.id)
    if (after := _labels(work, row)) != before:
        ask_pools_again(work.db, (before[0], *before[1], after[0], *after[1]), actor=work.caller.id)
    people = candidates.raise_versions_of_tagged(work.db, sorted(touched), actor=work.caller.id) if touched else 0
    work.db.refresh(row)
    view = Retagged(
        key=row.key,
        name=row.name,
        kind=row.kind,
        synonyms=_labels(work, row)[1],
        lineage=row.lineage,
        people=people,
    )
    work.commit(many=people > 0, pools=True)
    return view


def _labels(work: Work, row: Tag) -> tuple[str, list[str]]:
    return row.name, tags.synonyms_of(work.db, [row.id])[row.id]


def _parent(work: Work, label: str, kind: str) -> Tag:
    found = tags.by_labels(work.db, [label]).get(fold(label))
    if found is None or found.kind != kind:
        raise Invalid(
            "The parent tag is unknown.", problems=(Problem("body.parent", f"There is no {kind} “{label}”."),)
        )
    # Held: two moves at once could otherwise put each tag below the other.
    return tags.lock(work.db, found.key)
