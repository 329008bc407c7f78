"""A question as the list of its ways to be true: each way a set of atoms that all hold (disjunctive normal form)."""

from __future__ import annotations

from collections.abc import Iterator

from search.question import Atom, Either, Every, Not, Question

Way = frozenset[Atom | Not]

# Ways looked at before giving up. Tags times places become single terms later, so this is much more than may be stored;
# 4,096 ways take about 10 ms to write out.
MOST_WAYS = 4_096


class TooManyWays(Exception):
    """Writing the question out would take more than MOST_WAYS."""


def ways(question: Question) -> list[Way]:
    """Every way in which the question can be true, each once; none that contradicts itself.

    Raises TooManyWays instead of writing out more than MOST_WAYS.
    """
    return list(dict.fromkeys(way for way in _ways(question) if not _contradictory(way)))


def _ways(question: Question) -> list[Way]:
    match question:
        case Every(parts):
            # What must hold in every way is taken at once: crossing it in part by part would copy all ways each time.
            choices = [part for part in parts if isinstance(part, Every | Either)]
            found: list[Way] = [frozenset(part for part in parts if not isinstance(part, Every | Either))]
            for part in choices:
                found = _crossed(found, _ways(part))
            return found
        case Either(parts):
            return _bounded(way for part in parts for way in _ways(part))
        case _:
            return [frozenset((question,))]


def _crossed(left: list[Way], right: list[Way]) -> list[Way]:
    if len(left) * len(right) > MOST_WAYS:
        raise TooManyWays
    return [one | other for one in left for other in right]


def _bounded(found: Iterator[Way]) -> list[Way]:
    kept: list[Way] = []
    for way in found:
        kept.append(way)
        if len(kept) > MOST_WAYS:
            raise TooManyWays
    return kept


def _contradictory(way: Way) -> bool:
    return any(isinstance(atom, Not) and atom.atom in way for atom in way)
