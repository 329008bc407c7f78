"""The people found as a list shows them: why each is here, what is new, and what to leave out where nobody is."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from api.facets import FacetView
from api.naming import Called
from api.routes.search import FoundView, HintView, Matched, Person, Piece
from search.address import NAMES, in_address
from search.bands import APPLIED_PARTS, REJECTION_PARTS, said_in
from web.criteria import Names, Pairs, address, chips_among, word_of
from web.languages import Language

# More skills than these say less; the person's own page has all.
MOST_SKILLS = 8
MOST_PIECES = 2


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the list. `why` are the parts of the question that hold of them."""

    person: Person
    new: bool
    facts: Sequence[str]
    marks: Sequence[Sequence[Piece]]
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hint:
    """What could be left out, and the address of the question without it."""

    labels: Sequence[str]
    address: str
    people: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the answer: the orders it could have, and the addresses of the next and the first page."""

    total: int
    rows: Sequence[Row]
    order: str
    orders: Sequence[tuple[str, str]]
    similar_spelling: bool
    hints: Sequence[Hint]
    next: str = ""
    first: str = ""


def names_of(called: Called, facets: Mapping[str, FacetView], folders: Mapping[str, str]) -> Names:
    """What everything in a question is called: as the API says, and as its own facets and folders do."""
    tags, reasons, positions = dict(called["tag"]), dict(called["reason"]), dict(called["position"])
    into = {"positions": positions, "reasons": reasons}
    for facet, view in facets.items():
        if facet in ("tags", "locations", "labels", "internal", "positions", "reasons"):
            into.get(facet, tags).update({value["key"]: value["name"] for value in view["values"]})
    return Names(
        {
            "tag": tags,
            "location": tags,
            "pool": {**called["pool"], **folders},
            "applied.position": positions,
            "rejected.position": positions,
            "rejected.reason": reasons,
        }
    )


def rows_of(found: FoundView, new: Collection[uuid.UUID], names: Names, language: Language) -> list[Row]:
    """The people of a page."""
    rows = []
    for person in found["items"]:
        why = dict.fromkeys(said for match in person["matched"] if (said := why_said(match, names, language)))
        rows.append(
            Row(person, person["id"] in new, _facts(person, language), person["marks"][:MOST_PIECES], list(why))
        )
    return rows


def _facts(person: Person, language: Language) -> list[str]:
    """How long, where, and with what somebody worked."""
    skills = ", ".join(person["skills"][:MOST_SKILLS])
    if (more := len(person["skills"]) - MOST_SKILLS) > 0:
        skills += f" +{more}"
    experience = language.many("%(n)s year", "%(n)s years", years) if (years := person.get("years_experience")) else ""
    return [each for each in (experience, ", ".join(person["locations"]), skills) if each]


def why_said(match: Matched, names: Names, language: Language) -> str:
    """A part of the question that holds, in a few words; nothing for what says nothing of this person."""
    criterion, value = match["criterion"], match["value"]
    if criterion in ("tags", "labels", "internal", "locations"):
        return names.called("tag", value)
    if criterion == "text":
        return f"“{value}”"
    if criterion in ("languages", "experience", "pools"):
        return word_of(
            {"languages": "language", "experience": "experience", "pools": "pool"}[criterion], value, names, language
        )
    if criterion == "sources":
        return value
    if criterion in ("rejections", "applications") and "|" in value:
        parts = REJECTION_PARTS if criterion == "rejections" else APPLIED_PARTS
        return _of_one(criterion, said_in(value, parts), names, language)
    return ""


def _of_one(criterion: str, said: Mapping[str, str], names: Names, language: Language) -> str:
    """What one application was asked for."""
    words = [
        names.called("rejected.reason", said["reason"]) if "reason" in said else "",
        word_of("rejected.by", said["by"], names, language) if "by" in said else "",
        names.called("applied.position", said["position"]) if "position" in said else "",
        word_of("applied.stage", said["stage"], names, language) if "stage" in said else "",
        said.get("source", ""),
    ]
    about = language.say("rejected") if criterion == "rejections" else language.say("applied")
    return f"{about}: {', '.join(filter(None, words))}" if any(words) else about


def hints_of(
    hints: Sequence[HintView], pairs: Pairs, base: str, also: Pairs, names: Names, language: Language
) -> list[Hint]:  # fmt: skip
    """What to leave out, where somebody would be left."""
    found = []
    for hint in hints:
        dropped = _at(hint["drop"], pairs)
        rest = [pair for at, pair in enumerate(pairs) if at not in dropped]
        labels = [chip.label for chip in chips_among([pairs[at] for at in dropped], names, language, base)]
        if labels and hint["people"]:
            found.append(Hint(labels, address(base, [*rest, *also]), hint["people"]))
    return found


def _at(place: str, pairs: Pairs) -> list[int]:
    """Where in an address a part of the criteria stands: one value, a list, or a block."""
    name, bracket, rest = in_address(place).removeprefix("query.").partition("[")
    if name in NAMES:
        own = [at for at, pair in enumerate(pairs) if pair[0] == name]
        return own[int(rest.rstrip("]")) :][:1] if bracket else own
    stem = {
        "applications": "applied.",
        "applications.none": "applied.not.",
        "rejections": "rejected.",
        "rejections.none": "rejected.not.",
    }.get(name, f"{name}.")
    inner = f"{stem}not."
    apart = ("rejected.never",) if stem == "rejected." else ()
    return [
        at
        for at, (said, _) in enumerate(pairs)
        if said.startswith(stem) and not said.startswith(inner) and said not in apart
    ]
