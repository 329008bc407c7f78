"""The names people use for tags, places, reasons and positions, and the keys those names stand for."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Self

from core.text import fold

Kind = Literal["skill", "location", "language", "label", "internal", "source", "reason", "position"]

#: Keys are parts of combined keywords (`tag@location`, `reason|by|position`), so those signs are not for them.
KEY: Final = re.compile(r"[^\s|*@]{1,200}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has a name: its key (never changes), its name (may), its place in a tree, other names."""

    key: str
    name: str
    kind: Kind
    parent: str | None = None
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All names at one moment. Make it with `of`; it never changes afterwards."""

    by_key: Mapping[str, tuple[Entry, ...]]
    by_name: Mapping[str, tuple[Entry, ...]]
    by_synonym: Mapping[str, tuple[Entry, ...]]
    _by_initial: Mapping[str, tuple[Entry, ...]] = field(repr=False)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """The vocabulary of these entries. ValueError for a key that could not be told apart once combined."""
        by_key: dict[str, list[Entry]] = defaultdict(list)
        by_name: dict[str, list[Entry]] = defaultdict(list)
        by_synonym: dict[str, list[Entry]] = defaultdict(list)
        by_initial: dict[str, list[Entry]] = defaultdict(list)
        for entry in sorted(entries, key=lambda each: (each.kind, each.key)):
            if KEY.fullmatch(entry.key) is None:
                raise ValueError(f"The key {entry.key!r} contains a space or one of the signs | * @.")
            by_key[entry.key].append(entry)
            by_name[fold(entry.name)].append(entry)
            by_initial[fold(entry.name)[:1]].append(entry)
            for synonym in {fold(synonym) for synonym in entry.synonyms}:
                by_synonym[synonym].append(entry)
        return cls(_frozen(by_key), _frozen(by_name), _frozen(by_synonym), _frozen(by_initial))

    def find(self, text: str, kinds: Collection[str]) -> tuple[Entry, ...]:
        """What the text can mean: by key, else by name, else by synonym. Several when a name is shared."""
        exact, folded = text.strip(), fold(text)
        for names, spelling in (
            (self.by_key, exact),
            (self.by_name, folded),
            (self.by_synonym, folded),
            (self.by_key, folded),
        ):
            found = tuple(entry for entry in names.get(spelling, ()) if entry.kind in kinds)
            if found:
                return found
        return ()

    def resolve(self, text: str, kinds: Collection[str]) -> Entry | None:
        """The one thing the text means; None when it means nothing or more than one thing."""
        found = self.find(text, kinds)
        return found[0] if len(found) == 1 else None

    def suggest(self, text: str, kinds: Collection[str]) -> list[str]:
        """Names written much like this one, best first, at most three.

        Looks only at names with the same initial and about the same length: comparing with all of a large
        vocabulary takes seconds.
        """
        wanted = fold(text)
        near = {
            fold(entry.name): entry.name
            for entry in self._by_initial.get(wanted[:1], ())
            if entry.kind in kinds and abs(len(entry.name) - len(wanted)) <= 3
        }
        return [near[name] for name in difflib.get_close_matches(wanted, near, n=3, cutoff=0.6)]

    def ancestors(self, key: str, kind: Kind = "location") -> tuple[str, ...]:
        """The key and the keys above it, nearest first. A loop in the tree ends where it began."""
        chain: list[str] = []
        current: str | None = key
        while current is not None and current not in chain:
            chain.append(current)
            above = next((entry for entry in self.by_key.get(current, ()) if entry.kind == kind), None)
            current = above.parent if above else None
        return tuple(chain)


def _frozen(lists: Mapping[str, list[Entry]]) -> dict[str, tuple[Entry, ...]]:
    return {name: tuple(entries) for name, entries in lists.items()}
