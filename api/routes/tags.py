"""Tags: found while typing, added, renamed, moved in their tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, Field

from api.fields import Body, Created, Key, Label, Limit, Line, Printable
from api.problems import within
from api.wire import StrictRoute
from api.work import IdempotencyKey, StaffWork, Work, once
from core.errors import Invalid, Problem
from core.text import fold
from intake import tagging
from intake.tagging import ask_pools_again
from records.models import Tag
from records.repositories import candidates, offers, pools, tags
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


class TagUse(TagDetail):
    """A tag and what hangs on it."""

    people: int = Field(description="Who carries it; of a place, or a place in it.")
    pools: int = Field(description="Pools whose own criteria ask for it.")
    below: list[str] = Field(description="Keys of the tags directly below it.")


class Merge(Body):
    """Two tags that mean the same, by name, synonym or key."""

    tag: Line
    into: Line = Field(description="The one that stays, of the same kind; it answers to the names of both.")


class Merged(TagDetail):
    """The tag that stays, and how many people's documents and how many pools changed."""

    people: int
    pools: int


class Retagged(TagDetail):
    """A changed tag, and how many people's documents change with it."""

    people: int


@router.get("/tags", summary="Find tags")
def index(
    work: StaffWork,
    q: Annotated[str, Query(max_length=200, description="First letters of a name, synonym or key."), Printable] = "",
    kind: TagKind | None = None,
    limit: Limit = 50,
    after: Annotated[
        str | None, Query(max_length=200, description="Key of the last tag of the page before."), Printable
    ] = None,
) -> list[TagDetail]:
    """By name; case and diacritics do not matter."""
    rows = tags.search(work.db, q, kind, limit, tags.by_key(work.db, after) if after else None)
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


@router.post("/tags/merge", summary="Merge two tags")
def merge(body: Merge, work: StaffWork) -> Merged:
    """Whoever carried the one carries the other, which answers to both names; pools that asked for the one ask for the
    other. Silent, and there is no way back.
    """
    tag, into = _both(work, body)
    people, changed = tagging.merge(work.db, tag, into, actor=work.caller.id)
    work.db.refresh(into)
    detail = _detail(work, into)
    work.commit(many=people > 0, pools=True)
    return Merged(**detail.model_dump(), people=people, pools=changed)


@router.get("/tags/{key:path}", summary="Read a tag")
def read(key: Key, work: StaffWork) -> TagUse:
    """With how many people carry it and how many pools ask for it."""
    row = tags.by_key(work.db, key)
    return TagUse(
        **_detail(work, row).model_dump(),
        people=offers.people_of_tags(work.db, [row.key])[row.key],
        pools=len(pools.naming(work.db, row.key, tagging.TAG_PLACES)),
        below=[each.key for each in tags.below(work.db, row)],
    )


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


def names_of(work: Work, keys: Sequence[str]) -> dict[str, str]:
    """What the tags with these keys are called."""
    return {key: tag.name for key, tag in tags.of_keys(work.db, keys).items()}


def people_of(work: Work, keys: Sequence[str]) -> dict[str, int]:
    """How many people carry each of these tags; of a place, or a place in it."""
    return offers.people_of_tags(work.db, keys)


def _detail(work: Work, row: Tag) -> TagDetail:
    return TagDetail(key=row.key, name=row.name, kind=row.kind, synonyms=_labels(work, row)[1], lineage=row.lineage)


def _both(work: Work, body: Merge) -> tuple[Tag, Tag]:
    """The two tags, held against whoever changes one of them or gives it to somebody."""
    found = tags.by_labels(work.db, (body.tag, body.into))
    for field, label in (("tag", body.tag), ("into", body.into)):
        if fold(label) not in found:
            raise Invalid("A tag is unknown.", problems=(Problem(f"body.{field}", f"There is no tag “{label}”."),))
    keys = [found[fold(label)].key for label in (body.tag, body.into)]
    held = {key: tags.lock(work.db, key) for key in sorted(set(keys))}
    tag, into = held[keys[0]], held[keys[1]]
    if tag is into:
        wrong = "This is the same tag."
    elif tag.kind != into.kind:
        wrong = f"“{into.name}” is of kind {into.kind}, not {tag.kind}."
    elif tag.kind == "language":
        wrong = "Languages are known by their codes and cannot be merged."
    elif tag.key in into.lineage:
        wrong = f"“{into.name}” lies below “{tag.name}”; move it first."
    else:
        return tag, into
    raise Invalid("These tags cannot be merged.", problems=(Problem("body.into", wrong),))


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
