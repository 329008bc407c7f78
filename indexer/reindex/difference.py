"""What is different between two indexes, as the engine has them: mappings, and the settings that are ours to choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# What the engine writes itself into the settings of each index, and what is only so while an index is filled.
_NOT_CHOSEN = (
    "settings.creation_date",
    "settings.provided_name",
    "settings.uuid",
    "settings.version",
    "settings.replication",
    "settings.refresh_interval",
    "settings.auto_expand_replicas",
    "settings.number_of_replicas",
    "settings.resize",
    "settings.routing",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place (`mappings.properties.text.analyzer`) with its value before and after; None where there is none."""

    place: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.place}: {_shown(self.before)} → {_shown(self.after)}"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every place where the two bodies (engine.indexes.index_body) differ, in order."""
    one, other = dict(_flat("", before)), dict(_flat("", after))
    return [
        Difference(place, one.get(place), other.get(place))
        for place in sorted(one.keys() | other.keys())
        if one.get(place) != other.get(place) and not place.startswith(_NOT_CHOSEN)
    ]


def _flat(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _flat(f"{place}.{name}" if place else name, inside)
    else:
        yield place, str(value)


def _shown(value: str | None) -> str:
    return "nothing" if value is None else value
