"""Pools as the folders of the talent database: a tree that opens folder by folder, with what is new to the reader."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.fields import Printable
from api.wire import StrictRoute
from api.work import ReaderLook, Work
from records.repositories import tree

# Before the routes of one pool: their addresses would take this one for an id.
router = APIRouter(tags=["pools"], route_class=StrictRoute)

MOST_OPEN = 50


class TreeFolder(BaseModel):
    """A pool as a folder."""

    id: uuid.UUID
    name: str
    parent: uuid.UUID | None = Field(default=None, description="The folder it lies in, where you may see that one.")
    deeper: bool = Field(description="There are others in it; open it to get them.")
    new: int = Field(description="How many people in it a notice told you of that you have not opened yet.")


Ids = Annotated[list[uuid.UUID], Query(max_length=MOST_OPEN)]


@router.get("/pools/tree", summary="Pools as a tree of folders", response_model_exclude_none=True)
def opened(
    work: ReaderLook,
    open: Annotated[Ids, Query(description="Folders that are open.")] = [],  # noqa: B006 - FastAPI copies it
    show: Annotated[Ids, Query(description="Folders to be shown in any case.")] = [],  # noqa: B006
    name: Annotated[str, Query(max_length=100, description="Instead: those with this in their name."), Printable] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> list[TreeFolder]:
    """The folders at the top, what lies in the open ones, and the way to those to be shown; by name.

    For hiring managers those they track and the ones below.
    """
    rows = folders(work, open, show, name, limit)
    new, _ = tree.new_to(work.db, work.caller.id, [row.id for row in rows])
    return [
        TreeFolder(id=row.id, name=row.name, parent=row.parent, deeper=row.deeper, new=new.get(row.id, 0))
        for row in rows
    ]


def folders(
    work: Work, opened: list[uuid.UUID], shown: list[uuid.UUID], name: str = "", limit: int = 100
) -> list[tree.Folder]:
    """The folders by name, before anybody looks what is new in them."""
    rows = tree.opened(
        work.db, work.caller.id, everything=work.sees_all, opened=opened, shown=shown, part=name, limit=limit
    )
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def news(
    work: Work, pools: Sequence[uuid.UUID], people: Sequence[uuid.UUID]
) -> tuple[dict[uuid.UUID, int], set[uuid.UUID]]:
    """What notices told the reader of that they have not opened: how many by pool, and who of these people."""
    return tree.new_to(work.db, work.caller.id, pools, people)
