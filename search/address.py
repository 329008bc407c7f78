"""A search as a web address: the same search always has the same one, and what it says can be read in it.

`q=python&tag=java&tag.not=cobol&location=brno&pool=<id>&sort=name`. Lists repeat their name; all else is said once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from core.errors import Problem
from search.criteria import Criteria, CriteriaInvalid, parse_criteria

# Name in the address -> where it belongs in the criteria. A trailing [] is a list.
_NAMES: Final[dict[str, str]] = {
    "q": "text",
    "tag": "tags.any[]",
    "tag.all": "tags.all[]",
    "tag.not": "tags.none[]",
    "location": "locations.any[]",
    "location.not": "locations.none[]",
    "source": "sources.any[]",
    "source.not": "sources.none[]",
    "experience": "experience.any[]",
    "experience.not": "experience.none[]",
    "language": "languages.any[]",
    "language.all": "languages.all[]",
    "language.not": "languages.none[]",
    "created.from": "created.from",
    "created.to": "created.to",
    "created.days": "created.last_days",
    "applied.position": "applications.positions[]",
    "applied.stage": "applications.stages[]",
    "applied.source": "applications.sources[]",
    "applied.since": "applications.since",
    "applied.not.position": "applications.none.positions[]",
    "applied.not.stage": "applications.none.stages[]",
    "applied.not.source": "applications.none.sources[]",
    "applied.not.since": "applications.none.since",
    "rejected.reason": "rejections.reasons[]",
    "rejected.by": "rejections.by",
    "rejected.position": "rejections.positions[]",
    "rejected.since": "rejections.since",
    "rejected.never": "rejections.never",
    "rejected.not.reason": "rejections.none.reasons[]",
    "rejected.not.by": "rejections.none.by",
    "rejected.not.position": "rejections.none.positions[]",
    "rejected.not.since": "rejections.none.since",
    "pool": "pools.any[]",
    "pool.all": "pools.all[]",
    "pool.not": "pools.none[]",
}
_PLACES: Final[dict[str, str]] = {place: name for name, place in _NAMES.items()}
#: Every name of a criterion in an address.
NAMES: Final = tuple(_NAMES)
# A language and from which level: `de>=b2`.
_FROM = ">="
_TRUTHS: Final = {"true": True, "false": False}


def address_of(criteria: Criteria, **more: str) -> str:
    """The query part of the address, without a question mark. `more` (such as sort) stands at the end."""
    return urlencode([*pairs_of(criteria), *sorted(more.items())])


def pairs_of(criteria: Criteria) -> list[tuple[str, str]]:
    """The same as names and values, in the order of the address."""
    pairs = [(_PLACES[place], text) for place, text in _spread("", criteria.as_json())]
    order = {name: number for number, name in enumerate(_NAMES)}
    pairs.sort(key=lambda pair: order[pair[0]])
    return pairs


def criteria_in(address: str | Sequence[tuple[str, str]], also: Iterable[str] = ()) -> Criteria:
    """The criteria in the query part of an address; names in `also` are somebody else's. Raises CriteriaInvalid.

    Places in problems are those of the address (`query.tag[1]`).
    """
    pairs = parse_qsl(address, keep_blank_values=True) if isinstance(address, str) else address
    sent: dict[str, Any] = {}
    problems: list[Problem] = []
    others = set(also)
    for name, text in pairs:
        if name in others:
            continue
        if name not in _NAMES:
            problems.append(Problem(f"query.{name}", f"There is no criterion “{name}”; known are {', '.join(_NAMES)}."))
        elif (said := _put(sent, _NAMES[name], text)) is not None:
            problems.append(Problem(f"query.{name}", said))
    if problems:
        raise CriteriaInvalid(problems)
    try:
        return parse_criteria(sent)
    except CriteriaInvalid as error:
        error.problems = tuple(Problem(in_address(problem.place), problem.message) for problem in error.problems)
        raise


def in_address(place: str) -> str:
    """`criteria.tags.none[1]` as it stands in an address: `query.tag.not[1]`."""
    bare = place.removeprefix("criteria").lstrip(".")
    stem, bracket, rest = bare.partition("[")
    name = _PLACES.get(f"{stem}[]") or _PLACES.get(stem)
    if name is None:
        return f"query.{bare}" if bare else "query"
    return f"query.{name}{bracket}{rest.split(']')[0]}{']' if bracket else ''}"


def _put(sent: dict[str, Any], place: str, text: str) -> str | None:
    *above, last = place.removesuffix("[]").split(".")
    into = sent
    for part in above:
        into = into.setdefault(part, {})
    if place.endswith("[]"):
        into.setdefault(last, []).append(_read(place, text))
    elif last in into:
        return "This can be said only once."
    else:
        into[last] = _read(place, text)
    return None


def _read(place: str, text: str) -> Any:
    if place.startswith("languages."):
        code, said, level = text.partition(_FROM)
        return {"code": code, "at_least": level} if said else {"code": code}
    if place == "created.last_days":
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    return _TRUTHS.get(text, text) if place == "rejections.never" else text


def _spread(place: str, value: Any) -> Iterable[tuple[str, str]]:
    if isinstance(value, list):
        for each in value:
            yield f"{place}[]", _written(each)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _spread(f"{place}.{name}" if place else name, inner)
    else:
        yield place, _written(value)


def _written(value: Any) -> str:
    if isinstance(value, dict):
        level = value.get("at_least")
        return f"{value['code']}{_FROM}{level}" if level else str(value["code"])
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
