"""Why applications end: rejections by reason, position, stage, source and month, over any criteria."""

from __future__ import annotations

import calendar
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.fields import Body
from api.problems import within
from api.reading import access_of, pools_in, understood
from api.wire import StrictRoute
from api.work import STAFF, AllowWork, Work
from core.errors import Invalid, Problem
from engine.door import SecuredQuery
from engine.process import engine
from engine.tabulate import PAGE, Dimension, Period, each_rejection
from mappings.names import serving_candidates
from records.models import Role
from records.repositories import names
from reports.coarse import whole_months_and_no_words
from reports.rejections import Asking, Figure, Statistics, in_full, in_large_groups
from reports.spreadsheet import as_csv
from search.compile import compile_criteria
from search.criteria import Criteria
from search.secure import secure_count

router = APIRouter(tags=["statistics"], route_class=StrictRoute)

CountingWork = Annotated[Work, Depends(AllowWork(STAFF | {Role.ANALYST}), scope="function")]


def _each_once(by: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    if len(set(by)) < len(by):
        raise ValueError("names something twice")
    return by


Month = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])$"),
    Field(description="A month, written YYYY-MM."),
]


class AskedRejections(Body):
    """Of whom, by what, and in which months the rejection was said."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    criteria: Criteria = Field(default=Criteria(), description="Whose rejections; all of theirs are counted.")
    by: Annotated[tuple[Dimension, ...], Field(min_length=1, max_length=3), AfterValidator(_each_once)] = ("reason",)
    from_: Month | None = Field(default=None, alias="from", description="The first month; open if not given.")
    to: Month | None = Field(default=None, description="The last month; open if not given.")

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError("from is after to")
        return self

    @property
    def period(self) -> Period:
        """The months as days."""
        return Period(_first_day(self.from_) if self.from_ else None, _last_day(self.to) if self.to else None)


class Value(BaseModel):
    """What a number is of; without a key nothing was recorded."""

    key: str | None = None
    name: str


class Cell(BaseModel):
    """A number of rejections, of how many people (not for analysts), and its share of all of them."""

    values: dict[Dimension, Value]
    rest: bool = Field(default=False, description="Everything else that begins so, taken together (analysts only).")
    rejections: int
    people: int | None = None
    share: float | None = Field(default=None, description="Of all rejections counted; absent where these are withheld.")


class Total(BaseModel):
    """All rejections, and of how many people."""

    rejections: int
    people: int | None = None


class RejectionStatistics(BaseModel):
    """A table, largest numbers first.

    For analysts, cells of fewer than five people are withheld with whatever would give them away. A cell that is not
    there is nothing, or withheld; `withheld` says that something was.
    """

    by: list[Dimension]
    total: Total | None = Field(default=None, description="Absent where it would give away what is withheld.")
    cells: list[Cell]
    margins: dict[Dimension, list[Cell]] = Field(default={}, description="By each alone (not for analysts).")
    months: list[Cell] = Field(default=[], description="By month (not for analysts, who ask by month).")
    withheld: bool


@router.post("/statistics/rejections", summary="Count rejections", response_model_exclude_none=True)
def rejections(body: AskedRejections, work: CountingWork) -> RejectionStatistics:
    """Rejections of the people the criteria find. Somebody rejected twice is two rejections and one person.

    Analysts ask in whole months and without words; what they are shown is remembered, so that no later answer gives
    away what an earlier one withheld.
    """
    statistics = _count(body, work)
    named = _names(work, statistics)
    total = statistics.total.rejections if statistics.total else None

    def cells(figures: Iterable[Figure], by: tuple[Dimension, ...]) -> list[Cell]:
        return [_cell(figure, by, total, named) for figure in figures]

    return RejectionStatistics(
        by=list(body.by),
        total=statistics.total and Total(rejections=statistics.total.rejections, people=statistics.total.people),
        cells=cells(statistics.cells, body.by),
        margins={each: cells(figures, (each,)) for each, figures in statistics.margins.items()},
        months=cells(statistics.months, ("month",)),
        withheld=statistics.withheld,
    )


@router.post(
    "/statistics/rejections.csv",
    summary="Count rejections, as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "The cells."}},
)
def rejections_csv(body: AskedRejections, work: CountingWork) -> Response:
    """The cells of the same answer, for a spreadsheet. Texts that look like formulas begin with an apostrophe."""
    answer = rejections(body, work)
    rows = [
        [
            *(value.name if (value := cell.values.get(each)) else "(everything else)" for each in body.by),
            cell.rejections,
            cell.people,
            cell.share,
        ]
        for cell in answer.cells
    ]
    text = as_csv([*body.by, "rejections", "people", "share"], rows)
    disposition = {"Content-Disposition": 'attachment; filename="rejections.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=disposition)


def _count(body: AskedRejections, work: Work) -> Statistics:
    query = _secured(body, work)
    index = serving_candidates()
    if work.caller.role == Role.ANALYST:
        rows = each_rejection(engine(), index, query, body.by, body.period)
        asking = Asking(body.by, body.model_dump(mode="json", by_alias=True, exclude_defaults=True), work.caller.id)
        statistics = in_large_groups(work.db, rows, asking)
        work.commit()
        return statistics
    found = in_full(engine(), index, query, body.by, body.period)
    if found is None:
        sentence = f"This makes more than {PAGE} cells; leave out a dimension, or ask for fewer months or people."
        raise Invalid("The table is too large.", problems=(Problem("body.by", sentence),))
    return found


def _secured(body: AskedRejections, work: Work) -> SecuredQuery:
    with within("body"):
        if work.caller.role == Role.ANALYST:
            whole_months_and_no_words(body.criteria)
        reader = access_of(work, pools_in(body.criteria))
        resolved = understood(work, body.criteria, reader)
    return secure_count(compile_criteria(resolved, datetime.now(UTC).date()), reader)


def _cell(figure: Figure, by: tuple[Dimension, ...], total: int | None, named: Callable[..., Value]) -> Cell:
    return Cell(
        values={each: named(each, value) for each, value in zip(by, figure.values, strict=False)},
        rest=len(figure.values) < len(by),
        rejections=figure.rejections,
        people=figure.people,
        share=round(figure.rejections / total, 4) if total else None,
    )


def _names(work: Work, statistics: Statistics) -> Callable[[Dimension, str | None], Value]:
    """What the values are called."""
    figures = [*statistics.cells, *(figure for margin in statistics.margins.values() for figure in margin)]
    values = dict.fromkeys(value for figure in figures for value in figure.values if value)
    ids = [found for value in values if (found := _id(value)) is not None]
    called = names.of(work.db, reasons=list(values), positions=ids)
    said = {"us": "us", "candidate": "the candidate"}
    known: dict[Dimension, dict[str, str]] = {"reason": called.reasons, "position": called.positions, "said_by": said}

    def named(dimension: Dimension, value: str | None) -> Value:
        if value is None:
            return Value(name="not recorded")
        return Value(key=value, name=known.get(dimension, {}).get(value, value))

    return named


def _id(value: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last_day(month: str) -> date:
    first = _first_day(month)
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
