"""Taking JSON bodies apart: every place in a value, and the same value with something else there."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Place = tuple[str | int, ...]


def places_in(value: Any, above: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place below the top with what is there, containers too."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (*above, key), part
        yield from places_in(part, (*above, key))


def objects_in(value: Any) -> Iterator[Place]:
    """Every place with an object, the top among them."""
    yield ()
    yield from (place for place, part in places_in(value) if isinstance(part, dict))


def replaced(value: Any, place: Place, other: Any) -> Any:
    """The value with something else in a place."""
    changed = copy.deepcopy(value)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = other
    return changed


def written(place: Place) -> str:
    """A place as problems name it."""
    return "body" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place)
