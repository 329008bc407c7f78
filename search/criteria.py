"""Criteria: the one model of a question about candidates, as it is sent, stored and shown."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)

from core.errors import Invalid, Problem
from search.bands import Band, By, Level

# Nobody picks more than this by hand, and one request must not become a query of a million terms.
MOST_NAMES = 200
# Reasons and positions multiply (each pair is one term), so fewer of them.
MOST_REJECTION_NAMES = 50
MOST_TEXT = 2_000
# Positions, stages and sources of one application multiply as well.
MOST_COMBINATIONS = 2_500
# Each brings its whole question along.
MOST_POOLS = 20
# Ten years; beyond that a plain date says it better.
MOST_DAYS = 3_650


class CriteriaInvalid(Invalid):
    """The criteria cannot be understood; `problems` says where and what to write instead."""

    title = "The criteria are not valid"

    def __init__(self, problems: list[Problem]) -> None:
        first = f"{problems[0].place}: {problems[0].message}" if problems else ""
        super().__init__(f"The criteria cannot be used. {first}", problems=tuple(problems))


def _printable(text: str) -> str:
    if any(ord(char) < 32 and char not in "\t\n\r" for char in text):
        raise ValueError("contains a control character")
    return text


def _written_day(value: object) -> object:
    # Without this a number would be read as seconds since 1970.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return value
    if type(value) is date:
        return value
    raise ValueError("must be a date written YYYY-MM-DD")


Name = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_printable),
]
Names = Annotated[tuple[Name, ...], Field(max_length=MOST_NAMES)]
FewNames = Annotated[tuple[Name, ...], Field(max_length=MOST_REJECTION_NAMES)]
Day = Annotated[date, BeforeValidator(_written_day)]
Text = Annotated[str, StringConstraints(strict=True, max_length=MOST_TEXT), AfterValidator(_printable)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Tags(_Part):
    """Tags by name, synonym or key: at least one of `any`, every one of `all`, not one of `none`."""

    any: Names = ()
    all: Names = ()
    none: Names = ()


class Locations(_Part):
    """Places; a region stands for every place in it."""

    any: Names = ()
    none: Names = ()


class Sources(_Part):
    """Where a candidate came from, as it was recorded."""

    any: Names = ()
    none: Names = ()


class Experience(_Part):
    """Years of experience in bands."""

    any: Annotated[tuple[Band, ...], Field(max_length=10)] = ()
    none: Annotated[tuple[Band, ...], Field(max_length=10)] = ()


class Language(_Part):
    """A language by name or code, from a level up where one is given."""

    code: Name
    at_least: Level | None = None


Spoken = Annotated[tuple[Language, ...], Field(max_length=20)]


class Languages(_Part):
    """Languages spoken: at least one of `any`, every one of `all`, not one of `none`."""

    any: Spoken = ()
    all: Spoken = ()
    none: Spoken = ()


class Created(_Part):
    """When the candidate was first recorded: days from / to, both included, or the last so many days."""

    from_: Day | None = Field(default=None, alias="from")
    to: Day | None = None
    last_days: Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS)] | None = None

    def says_something(self) -> bool:
        """Whether anything is asked of the day at all."""
        return bool(self.from_ or self.to or self.last_days)

    @model_validator(mode="after")
    def _one_way_of_saying_it(self) -> Self:
        if self.last_days is not None and (self.from_ or self.to):
            raise ValueError("give either last_days or from and to, not both")
        if self.from_ and self.to and self.from_ > self.to:
            raise ValueError("from is after to")
        return self


class Rejection(_Part):
    """One rejected application: all that is given holds of the same one."""

    reasons: FewNames = ()
    by: By | None = None
    positions: FewNames = ()
    since: Day | None = None

    def says_something(self) -> bool:
        """Whether anything is asked of the application at all."""
        return bool(self.reasons or self.by or self.positions or self.since)


class Rejections(Rejection):
    """What is asked of a person's rejections: there is such a one, there is no such one (`none`), or

    `never`: true for people never rejected at all, false for people rejected at least once.
    """

    never: StrictBool | None = None
    none: Rejection | None = None

    @model_validator(mode="after")
    def _not_against_itself(self) -> Self:
        if self.never and self.says_something():
            raise ValueError("never rejected and rejected in this way cannot both be asked")
        if self.none is not None and not self.none.says_something():
            raise ValueError("none is empty; for people never rejected write never: true")
        return self


class Application(_Part):
    """One application: all that is given holds of the same one."""

    positions: FewNames = ()
    stages: FewNames = ()
    sources: FewNames = ()
    since: Day | None = None

    def says_something(self) -> bool:
        """Whether anything is asked of the application at all."""
        return bool(self.positions or self.stages or self.sources or self.since)

    @model_validator(mode="after")
    def _not_too_many(self) -> Self:
        combinations = max(len(self.positions), 1) * max(len(self.stages), 1) * max(len(self.sources), 1)
        if combinations > MOST_COMBINATIONS:
            raise ValueError(
                f"asks {combinations} combinations of position, stage and source; {MOST_COMBINATIONS} is the most"
            )
        return self


class Applications(Application):
    """What is asked of a person's applications: there is such a one, and there is no such one (`none`)."""

    none: Application | None = None

    @model_validator(mode="after")
    def _none_says_something(self) -> Self:
        if self.none is not None and not self.none.says_something():
            raise ValueError("none is empty; say which applications there must not be")
        return self


Pools = Annotated[tuple[UUID, ...], Field(max_length=MOST_POOLS)]


class InPools(_Part):
    """Pools by id: in at least one of `any`, in every one of `all`, in none of `none`."""

    any: Pools = ()
    all: Pools = ()
    none: Pools = ()


class Criteria(_Part):
    """A question. What is not given is not asked; everything given must hold."""

    tags: Tags = Tags()
    locations: Locations = Locations()
    sources: Sources = Sources()
    experience: Experience = Experience()
    languages: Languages = Languages()
    created: Created = Created()
    applications: Applications = Applications()
    rejections: Rejections = Rejections()
    pools: InPools = InPools()
    text: Text = ""

    def as_json(self) -> dict[str, Any]:
        """What was said and no more, fit to be stored and sent; the same question always gives the same value."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def parse_criteria(data: object) -> Criteria:
    """The criteria in parsed JSON. Raises CriteriaInvalid with a place (`criteria.tags.any[2]`) per problem."""
    try:
        return Criteria.model_validate(data)
    except ValidationError as error:
        raise CriteriaInvalid([Problem(_place(each["loc"]), _message(each)) for each in error.errors()]) from error


def _place(location: tuple[int | str, ...]) -> str:
    return "criteria" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)


def _message(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return "There is no such criterion."
    if kind == "value_error":
        return f"{str(context['error'])[:1].upper()}{str(context['error'])[1:]}."
    return f"{error['msg']}."
