"""The types that bodies and queries are made of, with the bounds that keep every part safe."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def printable(text: str) -> str:
    """Refuse what PostgreSQL cannot store or a page should not show: NUL and other control characters."""
    for at, char in enumerate(text):
        if ord(char) < 32 and char not in "\t\n\r":
            raise ValueError(f"has a control character (U+{ord(char):04X}) at position {at}; remove it")
    return text


def _not_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004 - pydantic takes ValueError
    return value


Printable = AfterValidator(printable)
Line = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200), Printable]
ShortText = Annotated[str, StringConstraints(strict=True, max_length=2_000), Printable]
# A 100-page CV; more is a book.
LongText = Annotated[str, StringConstraints(strict=True, max_length=400_000), Printable]
Email = Annotated[
    str,
    StringConstraints(
        strict=True, strip_whitespace=True, max_length=254, pattern=r"^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}$"
    ),
    Printable,
]
Phone = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, max_length=40, pattern=r"^\+?[0-9][0-9 ()/.\-]{2,38}$"),
    Printable,
]
Years = Annotated[int, BeforeValidator(_not_bool), Field(ge=0, le=80)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next` of the page before.")]
Id = Annotated[uuid.UUID, Path(description="The id as the API gave it.")]


class Body(BaseModel):
    """A request body: nothing in it is ignored silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Created(BaseModel):
    """The receipt of a creating POST. Location names the new thing."""

    id: uuid.UUID
