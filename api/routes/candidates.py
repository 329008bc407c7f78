"""Candidates: created, read as far as the reader may, changed, tagged, deleted."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field, StrictBool

from api.fields import Body, Created, Email, Id, Key, Limit, Line, LongText, Phone, ShortText, Years
from api.rows import RowProblem, rows_left_out
from api.views import PUBLIC_KINDS, CandidateView, TagView, candidate_view, etag_of, is_match
from api.wire import StrictRoute
from api.work import IdempotencyKey, ReaderWork, StaffWork, once
from core.errors import Changed, Invalid, NotAllowed, Problem
from indexer.searchable import arrived
from indexer.why import memberships
from intake import people
from intake.erasing import list_erased
from intake.tagging import Named, tag_ids
from records.repositories import candidates, history, tags
from search.bands import Level

router = APIRouter(tags=["candidates"], route_class=StrictRoute)

# More tags than a person has use for; the pool index sees each tag at each place as one term.
MOST_TAGS = 200
MOST_PLACES = 10
MOST_IN_BULK = 1_000

TagNames = Annotated[tuple[Line, ...], Field(max_length=MOST_TAGS, description="Names, synonyms or keys of tags.")]
PlaceNames = Annotated[tuple[Line, ...], Field(max_length=MOST_PLACES, description="Names or keys of locations.")]


class Spoken(Body):
    """A language and, where known, its level."""

    code: Annotated[str, Field(strict=True, pattern=r"^[a-z]{2,3}$", description="ISO 639 code, such as `de`.")]
    level: Level | None = None


class NewCandidate(Body):
    """A person as they come in."""

    name: Line
    email: Email | None = None
    phone: Phone | None = None
    headline: ShortText = ""
    cv_text: LongText = ""
    source: Line | None = None
    years_experience: Years | None = None
    languages: Annotated[tuple[Spoken, ...], Field(max_length=20)] = ()
    tags: TagNames = ()
    locations: PlaceNames = ()

    def row(self, place: str) -> people.Row:
        """The person as a row to be written."""
        columns = self.model_dump(mode="json", exclude={"tags", "locations", "new_tags"})
        return people.Row(place, columns, self.tags, self.locations)


class NewPerson(NewCandidate):
    """A person who comes in alone."""

    new_tags: StrictBool = Field(default=False, description="Add skills that no tag answers to yet.")


class ChangedCandidate(Body):
    """What changes of a person; what is not given stays. `null` empties a field."""

    name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None
    headline: ShortText | None = None
    cv_text: LongText | None = None
    source: Line | None = None
    years_experience: Years | None = None
    languages: Annotated[tuple[Spoken, ...] | None, Field(max_length=20)] = None


class Batch(Body):
    """A batch by its id."""

    id: uuid.UUID


class ManyCandidates(Body):
    """People who come in together. Trackers hear of them in one summary each, or not at all."""

    name: Line = Field(description="What this batch is called in the summary.")
    notices: Literal["summary", "silent"] = "summary"
    new_tags: StrictBool = Field(default=False, description="Add skills that no tag answers to yet.")
    batch: Batch | None = Field(default=None, description="Continue an earlier batch: the summary stays one.")
    candidates: Annotated[tuple[NewCandidate, ...], Field(min_length=1, max_length=MOST_IN_BULK)]


class Imported(Created):
    """The receipt of a batch: its id, the new ids in the order of the rows (null for one left out), and why."""

    created: int
    ids: list[str | None]
    problems: list[RowProblem]


class Held(BaseModel):
    """One keyword that the pool asks for and the person has."""

    field: str
    value: str


class InPool(BaseModel):
    """A pool that a person is in."""

    id: uuid.UUID
    name: str
    since: datetime
    why: list[Held]


class Happened(BaseModel):
    """One thing that happened to a person. Which of the last fields are there depends on what it was."""

    at: datetime
    what: history.What
    by_name: str | None = Field(default=None, description="The colleague who did it.")
    name: str | None = Field(
        default=None, description="Of what: the tag, the position, the pool, the reason, the import, or the source."
    )
    whom: str | None = Field(default=None, description="The colleague it was shared with.")
    text: str | None = Field(default=None, description="What was written: the note, or the remark.")
    pool: uuid.UUID | None = None
    position: uuid.UUID | None = None


class Searchable(BaseModel):
    """How far the last change of a person has come."""

    version: int = Field(description="The change: the person's version when this was asked.")
    matched: bool = Field(description="Their pools are known at this version, and notices are on the bells.")
    searchable: bool = Field(description="Searches find them at this version or a later one.")


class Tagging(Body):
    """Tags to put on a person."""

    tags: TagNames = ()
    locations: PlaceNames = ()
    new_tags: StrictBool = Field(default=False, description="Add skills that no tag answers to yet.")


@router.post("/candidates", status_code=201, summary="Add a person")
def create(body: NewPerson, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Created:
    """The person is stored and will be in the index, in their pools and on the bells within a moment.

    Search engine and broker need not be up: what is acknowledged here reaches them when they are.
    """

    def add() -> dict[str, object]:
        row = body.row("body")
        added = people.add(work.db, [row], actor=work.caller.id, origin="api", new_tags=body.new_tags)
        if added.ids[0] is None:
            sentence = f"The person cannot be added. {added.problems[0][0].message}"
            raise Invalid(sentence, problems=tuple(added.problems[0]))
        return {"id": str(added.ids[0])}

    receipt = once(work, response, key, "candidates", body, add)
    work.commit(people=[uuid.UUID(receipt["id"])])
    response.headers["Location"] = f"/v1/candidates/{receipt['id']}"
    return Created.model_validate(receipt)


@router.post("/candidates/bulk", status_code=201, summary="Add up to 1,000 people at once")
def create_many(body: ManyCandidates, response: Response, work: StaffWork, key: IdempotencyKey = None) -> Imported:
    """Rows that cannot be used are left out and named; the others are stored."""
    rows = [person.row(f"body.candidates[{at}]") for at, person in enumerate(body.candidates)]
    told: list[list[Problem]] = []

    def add() -> dict[str, object]:
        batch = (
            candidates.batch_of(work.db, body.batch.id, work.caller.id)
            if body.batch
            else candidates.insert_batch(work.db, body.name, body.notices, work.caller.id)
        )
        added = people.add(
            work.db,
            rows,
            actor=work.caller.id,
            origin="import",
            batch=batch.id,
            notices=batch.notices,  # type: ignore[arg-type]  # the CHECK on import_batches.notices
            new_tags=body.new_tags,
        )
        told.extend(added.problems)
        ids = [str(id_) if id_ else None for id_ in added.ids]
        created = sum(id_ is not None for id_ in ids)
        if not created:
            problems = tuple(problem for wrong in told for problem in wrong)
            raise Invalid(f"None of the rows can be used. {problems[0].message}", problems=problems)
        return {"id": str(batch.id), "created": created, "ids": ids}

    receipt = once(work, response, key, "candidates/bulk", body, add)
    # The receipt that is kept holds ids only; what was wrong is said from the rows, which a repeat sends again.
    left_out = rows_left_out(receipt["ids"], told or people.problems_of(work.db, rows), [row.place for row in rows])
    work.commit(many=True)
    return Imported(**receipt, problems=left_out)


@router.get("/candidates/{candidate}", summary="Read a person", response_model_exclude_none=True)
def read(candidate: Id, response: Response, work: ReaderWork) -> CandidateView:
    """As much of the person as the caller may see; `access` says by which right."""
    view = candidate_view(work, candidate)
    response.headers["ETag"] = etag_of(view)
    return view


@router.patch("/candidates/{candidate}", summary="Change a person", response_model_exclude_none=True)
def change(
    candidate: Id,
    body: ChangedCandidate,
    response: Response,
    work: ReaderWork,
    if_match: Annotated[str | None, Header(alias="If-Match", max_length=200, description="The ETag you read.")] = None,
) -> CandidateView:
    """With If-Match, refused (412) when what you can see has changed since you read it."""
    before = candidate_view(work, candidate)
    if before.access == "view":
        raise NotAllowed("You see this person through a pool you track; such access does not change anything.")
    if body.name is None and "name" in body.model_fields_set:
        raise Invalid("A person needs a name.", problems=(Problem("body.name", "The name cannot be emptied."),))
    row = candidates.lock(work.db, candidate)
    if if_match is not None and not is_match(if_match, etag_of(candidate_view(work, candidate))):
        raise Changed("This person was changed by somebody else since you read them; read them again and repeat.")
    # Whole values of the fields that were given: inside of them nothing is left out (a language without a level).
    given = {field: value for field, value in body.model_dump(mode="json").items() if field in body.model_fields_set}
    for field in ("headline", "cv_text"):
        if field in given:
            given[field] = given[field] or ""
    if "languages" in given:
        given["languages"] = given["languages"] or []
    if work.caller.role.value == "hiring_manager" and "source" in given:
        raise NotAllowed("Where a person came from is not yours to change.")
    changed = {field: value for field, value in given.items() if getattr(row, field) != value}
    if changed:
        candidates.change(work.db, row, changed, actor=work.caller.id)
    view = candidate_view(work, candidate)
    work.commit(people=[candidate] if changed else [])
    response.headers["ETag"] = etag_of(view)
    return view


@router.delete("/candidates/{candidate}", status_code=204, summary="Erase a person")
def delete(candidate: Id, work: StaffWork) -> None:
    """For good: it cannot be undone, and there is no second, stronger way to delete.

    Nothing but a random id and a version is kept, so that no late message and no restored backup brings them back.
    """
    candidates.delete(work.db, candidate, actor=work.caller.id)
    work.commit(people=[candidate])
    list_erased()


@router.get("/candidates/{candidate}/pools", summary="The pools a person is in, and why")
def in_pools(candidate: Id, work: StaffWork) -> list[InPool]:
    """By name, from the match rows; `why` is what holds now of what the pool asks."""
    candidates.get(work.db, candidate)
    return [
        InPool(id=pool.id, name=pool.name, since=pool.since, why=[Held(field=h.field, value=h.value) for h in pool.why])
        for pool in memberships(work.db, candidate)
    ]


@router.get("/candidates/{candidate}/history", summary="What happened to a person", response_model_exclude_none=True)
def what_happened(candidate: Id, work: StaffWork, limit: Limit = 100) -> list[Happened]:
    """Newest first, as far as the records tell: what was undone or taken off leaves no trace, shares and pools do."""
    candidates.get(work.db, candidate)
    return [Happened.model_validate(each, from_attributes=True) for each in history.of(work.db, candidate, limit)]


@router.get("/candidates/{candidate}/searchable", summary="Has the last change reached the searches")
def is_searchable(candidate: Id, work: StaffWork) -> Searchable:
    """Ask after a write until `searchable` is true: from then on every search finds the person as you left them.

    It takes about a second, most of it until the index shows what it was given. Searches need not wait for it: whom a
    reader may see is always as of now.
    """
    return Searchable.model_validate(arrived(work.db, candidate), from_attributes=True)


@router.post("/candidates/{candidate}/tags", summary="Put tags on a person")
def tag(candidate: Id, body: Tagging, work: StaffWork) -> list[TagView]:
    """The person's tags afterwards. Tags already there stay and change nothing."""
    candidates.lock(work.db, candidate)
    if body.new_tags:
        tags.add_missing(work.db, body.tags, "skill")
    labels = [Named(f"body.tags[{at}]", name) for at, name in enumerate(body.tags)]
    places = [Named(f"body.locations[{at}]", name, True) for at, name in enumerate(body.locations)]
    wanted = tag_ids(work.db, [*labels, *places])
    _bounded(len({*wanted, *(row.id for row in candidates.tags_of(work.db, candidate))}))
    changed = candidates.add_tags(work.db, candidate, wanted, actor=work.caller.id, origin="person")
    if changed:
        shown = any(row.kind in PUBLIC_KINDS for row in changed)
        candidates.raise_versions(work.db, [candidate], actor=work.caller.id, profile=shown)
    views = [TagView.of(row) for row in candidates.tags_of(work.db, candidate)]
    work.commit(people=[candidate] if changed else [])
    return views


@router.delete("/candidates/{candidate}/tags/{key:path}", status_code=204, summary="Take a tag off a person")
def untag(candidate: Id, key: Key, work: StaffWork) -> None:
    """By the tag's key. One that was not there is taken off all the same: the outcome is what was asked for."""
    candidates.lock(work.db, candidate)
    row = tags.by_key(work.db, key)
    changed = candidates.remove_tags(work.db, candidate, [row.id])
    if changed:
        candidates.raise_versions(work.db, [candidate], actor=work.caller.id, profile=row.kind in PUBLIC_KINDS)
    work.commit(people=[candidate] if changed else [])


def _bounded(count: int) -> None:
    if count > MOST_TAGS + MOST_PLACES:
        sentence = f"A person can carry {MOST_TAGS + MOST_PLACES} tags at most; this would make {count}."
        raise Invalid("Too many tags.", problems=(Problem("body.tags", sentence),))
