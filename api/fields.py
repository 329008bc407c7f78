"""The types that bodies and queries are made of, with the bounds that keep every part safe."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from accounts.passwords import LONGEST
from core.text import MOST_LABEL, fold


def printable(text: str) -> str:
    """Refuse what PostgreSQL cannot store or a page should not show: NUL and other control characters."""
    for at, char in enumerate(text):
        if ord(char) < 32 and char not in "\t\n\r":
            raise ValueError(f"has a control character (U+{ord(char):04X}) at position {at}; remove it")
    return text


def _recognisable(label: str) -> str:
    """Refuse a label that no other spelling could ever be compared with, or that is too long as it is compared."""
    folded = fold(label)
    if not folded:
        raise ValueError("has no letter or sign in it by which it could be found")
    if len(folded) > MOST_LABEL:
        raise ValueError(f"is too long; written out it may have {MOST_LABEL} letters")
    return label


Printable = AfterValidator(printable)
Line = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200), Printable]
# The name of something that is looked up by its name.
Label = Annotated[Line, AfterValidator(_recognisable)]
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
Password = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=LONGEST), Printable]
Years = Annotated[int, Field(strict=True, ge=0, le=80)]
Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=2_000, description="`next` of the page before.")]
Id = Annotated[uuid.UUID, Path(description="The id as the API gave it.")]
Key = Annotated[str, Path(max_length=200, description="A tag's key, which never changes."), Printable]


class Body(BaseModel):
    """A request body: nothing in it is ignored silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Created(BaseModel):
    """The receipt of a creating POST. Location names the new thing."""

    id: uuid.UUID
