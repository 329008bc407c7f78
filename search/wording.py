"""Sights that add something to another: tolerance for typing errors, and a name for each part that holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeGuard

from mappings.analysis import EXACT
from search.question import Atom, Word
from search.sight import Clause, Sight, either_of

# Up to four letters are taken as typed (Java is not Jawa); one error up to eight, then two. The first letter is right.
ONE_ERROR, TWO_ERRORS = 5, 9
FUZZINESS = f"AUTO:{ONE_ERROR},{TWO_ERRORS}"


def errors_allowed(word: str) -> int:
    """How many letters of a word may be wrong, missing, too many, or exchanged with the next one."""
    return (len(word) >= ONE_ERROR) + (len(word) >= TWO_ERRORS)


@dataclass(frozen=True, slots=True)
class Forgiving:
    """Finds words of the text that are nearly the one typed, too.

    Without a limit on how many spellings are tried, and all of them alike: with either, words that occur only in
    hidden people would decide whom a reader finds.
    """

    sight: Sight

    def applications(self) -> Clause | None:
        """As before."""
        return self.sight.applications()

    def is_plain(self, field: str) -> bool:
        """As before."""
        return self.sight.is_plain(field)

    def atom(self, atom: Atom) -> Clause:
        """A word, or one much like it; anything else as before.

        What is like it has no name of its own, though the one typed may: the engine would look for all spellings once
        more to say of whom they hold, and whoever reads the texts sees that for nothing (search.spelling).
        """
        exact = self.sight.atom(atom)
        return either_of([exact, nearly("text", atom)]) if can_be_misspelt(atom) else exact


def can_be_misspelt(atom: Atom) -> TypeGuard[Word]:
    """Whether it may be a word that is nearly right.

    Numbers, addresses and what stands in quotes are right or wrong, known names are right, and short words are taken
    as typed.
    """
    if not isinstance(atom, Word) or atom.named or errors_allowed(atom.text) == 0:
        return False
    return not any(char.isdigit() or char == "@" for char in atom.text)


def nearly(field: str, word: Word) -> Clause:
    """The word with an error or two in it."""
    asked = {
        "query": word.text,
        "analyzer": EXACT,
        "operator": "and",
        "fuzziness": FUZZINESS,
        "prefix_length": 1,
        "fuzzy_rewrite": "constant_score",
    }
    return {"match": {field: asked}}


@dataclass(slots=True)
class Named:
    """Gives each part a name, by which the engine says of every hit which parts hold: `names[name]` is the part."""

    sight: Sight
    names: dict[str, Atom] = field(default_factory=dict)
    _by_atom: dict[Atom, str] = field(default_factory=dict)

    def applications(self) -> Clause | None:
        """As before."""
        return self.sight.applications()

    def is_plain(self, _field: str) -> bool:
        """None, or several would share one name."""
        return False

    def atom(self, atom: Atom) -> Clause:
        """The same filter, named."""
        name = self._by_atom.setdefault(atom, f"p{len(self._by_atom)}")
        self.names[name] = atom
        named: dict[str, Any] = {"filter": [self.sight.atom(atom)], "_name": name}
        return {"bool": named}
