"""What became of the rows of a bulk request."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from core.errors import Problem


class RowProblem(BaseModel):
    """Why one row was left out."""

    index: int
    place: str
    message: str


def rows_left_out(
    ids: Sequence[str | None], problems: Sequence[Sequence[Problem]], places: Sequence[str]
) -> list[RowProblem]:
    """For each row that got no id, what is wrong with it; `places` are the rows' own, for one that is right by now."""
    by_now = "It was left out when this was first sent. What was missing is there by now: send it under a new key."
    return [
        RowProblem(index=at, place=problem.place, message=problem.message)
        for at, id_ in enumerate(ids)
        if id_ is None
        for problem in problems[at] or [Problem(places[at], by_now)]
    ]
