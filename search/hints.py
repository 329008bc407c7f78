"""For a question that finds nobody: which of its parts to leave out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from search.criteria import Criteria
from search.normalise import Keys, ResolvedCriteria
from search.question import EVERYONE

# Each is counted by the engine; more parts than this nobody reads through.
MOST_PARTS = 24


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a question: its place in the criteria, what was said there, the question without it, and it alone."""

    place: str
    said: Any
    without: ResolvedCriteria
    alone: ResolvedCriteria


def parts_of(criteria: Criteria, resolved: ResolvedCriteria) -> list[Part]:
    """Every part of the question that could be left out, as far as MOST_PARTS."""
    return list(_parts(criteria, resolved))[:MOST_PARTS]


def _but(criteria: ResolvedCriteria, **changes: Any) -> ResolvedCriteria:
    return replace(criteria, **changes)


def _parts(criteria: Criteria, resolved: ResolvedCriteria) -> Iterator[Part]:
    nothing = ResolvedCriteria(kinds=resolved.kinds)
    if criteria.text.strip():
        yield Part("text", criteria.text, _but(resolved, text=EVERYONE), _but(nothing, text=resolved.text))
    said = criteria.as_json()
    for field in ("tags", "locations", "sources", "experience", "languages", "pools"):
        keys: Keys = getattr(resolved, field)
        for how in ("any", "none"):
            if values := getattr(keys, how):
                less, only = replace(keys, **{how: ()}), Keys(**{how: values})
                yield Part(
                    f"{field}.{how}",
                    said[field][how],
                    _but(resolved, **{field: less}),
                    _but(nothing, **{field: only}),
                )
        for at, value in enumerate(keys.all):
            less = replace(keys, all=keys.all[:at] + keys.all[at + 1 :])
            yield Part(
                f"{field}.all[{at}]",
                said[field]["all"][at],
                _but(resolved, **{field: less}),
                _but(nothing, **{field: Keys(all=(value,))}),
            )
    if criteria.created.says_something():
        days = {"created_from": None, "created_to": None, "created_last_days": None}
        only_days = {name: getattr(resolved, name) for name in days}
        yield Part("created", said["created"], _but(resolved, **days), _but(nothing, **only_days))
    for field, place in (
        ("applied", "applications"),
        ("not_applied", "applications.none"),
        ("rejected", "rejections"),
        ("not_rejected", "rejections.none"),
        ("never_rejected", "rejections.never"),
    ):
        value = getattr(resolved, field)
        if value is not None:
            above, _, last = place.partition(".")
            yield Part(
                place,
                said[above][last] if last else {k: v for k, v in said[above].items() if k not in ("none", "never")},
                _but(resolved, **{field: None}),
                _but(nothing, **{field: value}),
            )
