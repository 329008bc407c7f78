"""What is wrong with a question, as it is said beside the box it was typed into."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Invalid
from search.address import in_address
from search.text_query import TextProblem, parse_text
from web.criteria import Pairs, address


@dataclass(frozen=True, slots=True)
class Wrong:
    """The sentence; for a mistake of grammar where it is, what was probably meant, and the address that asks it."""

    sentence: str
    position: int = 0
    instead: str = ""
    address: str = ""
    # Whether it is what was typed that is at fault.
    typed: bool = False
    status: int = 422


def wrong_with(error: Invalid, pairs: Pairs, base: str, also: Pairs = ()) -> Wrong:
    """What the API says; mistakes of grammar in parts, to be translated, and corrected by a click."""
    typed = dict(pairs).get("q", "")
    if any(in_address(each.place.removeprefix("body.")) == "query.q" for each in error.problems):
        problem = parse_text(typed) if typed.strip() else None
        if isinstance(problem, TextProblem):
            meant = [(name, problem.correction if name == "q" else value) for name, value in pairs]
            there = address(base, [*(pair for pair in meant if pair[1]), *also])
            return Wrong(problem.message, problem.position + 1, problem.correction, there, typed=True)
    said = " ".join(dict.fromkeys(each.message for each in error.problems)) or error.detail
    return Wrong(said)
