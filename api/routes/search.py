"""Basic search: criteria in, people out, nobody who has left since the index was refreshed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api import cursors
from api.fields import Body
from api.problems import within
from api.wire import StrictRoute
from api.work import StaffWork
from core.settings import settings
from engine.door import Page, search
from engine.process import engine
from mappings.names import alias
from percolators.questions import understand
from records.repositories import candidates
from search.compile import compile_criteria
from search.criteria import Criteria
from search.render_search import render_search
from search.secure import secure

router = APIRouter(tags=["search"], route_class=StrictRoute)


# What the engine sorts by first: days as milliseconds, names as text. The id follows.
SORT_KEY: dict[str, type] = {"newest": int, "oldest": int, "name": str}


class Search(Body):
    """A question, and which page of its answer."""

    criteria: Criteria = Criteria()
    order: Literal["newest", "oldest", "name"] = "newest"
    limit: Annotated[int, Field(strict=True, ge=1, le=200)] = 20
    cursor: Annotated[str | None, Field(max_length=2_000)] = None


class Person(BaseModel):
    """A person found."""

    id: uuid.UUID
    name: str
    headline: str


class Found(BaseModel):
    """A page of people, and how many there are in all."""

    total: int
    items: list[Person]
    next: str | None = None


@router.post("/search", summary="Search people", response_model_exclude_none=True)
def find(body: Search, work: StaffWork) -> Found:
    """A change is found about a second after it was acknowledged; a deleted person never is."""
    with within("body"):
        question = compile_criteria(understand(work.db, body.criteria), datetime.now(UTC).date())
    secured = secure(render_search(question), work.access)
    after = cursors.read(body.cursor, SORT_KEY[body.order], str, place="body.cursor") if body.cursor else None
    answer = search(
        engine(), alias(settings().index_prefix, "candidates"), secured, Page(body.limit, body.order, after)
    )
    people = candidates.shown(work.db, [uuid.UUID(hit.id) for hit in answer.hits])
    items = [
        Person(id=row.id, name=row.name, headline=row.headline)
        for hit in answer.hits
        if (row := people.get(uuid.UUID(hit.id))) is not None
    ]
    following = cursors.write(*answer.hits[-1].cursor) if len(answer.hits) == body.limit else None
    return Found(total=answer.total, items=items, next=following)
