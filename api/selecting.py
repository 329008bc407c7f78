"""Whom somebody means: people one by one, or everybody a search finds, as far as they are seen."""

from __future__ import annotations

import uuid
from typing import Annotated, Self

from pydantic import Field, model_validator

from api.fields import Body
from api.finding import Asked, Sort, find
from api.problems import within
from api.work import Work
from records.repositories import access
from records.repositories.access import SeenPerson
from search.criteria import Criteria

# A change of more people than these is an import, which has its own ways and its own care.
MOST_AT_ONCE = 1_000
# One page of a longer list is read, written and forgotten before the next.
A_PAGE = 500

People = Annotated[tuple[uuid.UUID, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Selection(Body):
    """People by their ids, or everybody a search finds."""

    people: People | None = Field(default=None, description="One by one.")
    criteria: Criteria | None = Field(default=None, description="Everybody this finds.")
    order: Sort | None = Field(default=None, description="As in a search; people by id stay as they are given.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.people is None) == (self.criteria is None):
            raise ValueError("takes either people or criteria, and one of them it needs")
        return self


def first(work: Work, selection: Selection, limit: int = MOST_AT_ONCE) -> tuple[int, list[SeenPerson], str | None]:
    """How many they are, the first of them, and the cursor of the next. People who are not seen are none."""
    if selection.people is not None:
        seen = seen_of(work, selection.people)
        return len(seen), seen, None
    return _page(work, selection, limit, None)


def further(work: Work, selection: Selection, limit: int, cursor: str) -> tuple[list[uuid.UUID], str | None]:
    """The ids of those after a cursor, and the cursor after them."""
    _, people, following = _page(work, selection, limit, cursor)
    return [person.id for person in people], following


def seen_of(work: Work, people: tuple[uuid.UUID, ...]) -> list[SeenPerson]:
    """Those of these people whom the caller sees, each once, in the order given."""
    given = list(dict.fromkeys(people))
    seen = access.still_seen(work.db, work.caller.id, given, everything=work.sees_all)
    return [seen[each] for each in given if each in seen]


def _page(work: Work, selection: Selection, limit: int, cursor: str | None) -> tuple[int, list[SeenPerson], str | None]:
    criteria = selection.criteria or Criteria()
    with within("body"):
        found = find(work, Asked(criteria, selection.order, limit, cursor, marks=False))
    return found.total, [each.person for each in found.people], found.following
