"""Page cursors: opaque to the caller, checked when they come back."""

from __future__ import annotations

import base64
import binascii
import uuid
from datetime import datetime
from typing import Any

import orjson

from core.errors import Invalid, Problem


def write(*values: object) -> str:
    """A cursor that holds these values."""
    return base64.urlsafe_b64encode(orjson.dumps(values, default=str)).decode().rstrip("=")


def read(cursor: str, *kinds: type, place: str = "query.cursor") -> tuple[Any, ...]:
    """The values of a cursor, each of its kind (str, int, float, datetime or UUID); anything else is Invalid."""
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
        return tuple(_typed(value, kind) for value, kind in zip(_typed(values, list), kinds, strict=True))
    except (ValueError, TypeError, UnicodeEncodeError, binascii.Error) as error:
        sentence = "This is not a cursor of ours; use `next` of the page before, or leave it out."
        raise Invalid("The cursor cannot be used.", problems=(Problem(place, sentence),)) from error


def unusable(place: str, why: str) -> Invalid:
    """A cursor that was ours, but not for this."""
    return Invalid("The cursor cannot be used.", problems=(Problem(place, why),))


def _typed(value: object, kind: type) -> Any:
    if kind is uuid.UUID and isinstance(value, str):
        return uuid.UUID(value)
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("no time zone")
        return moment
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    if kind is int and not -(2**62) < value < 2**62:  # type: ignore[operator]
        raise ValueError("too large")
    return value
