"""Czech forms of the names of skills, as people write them: v Pythonu, s Javou, v Djangu."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_VOWELS = "aeiouyáéěíóúůý"
# Masculine names whose last vowel or letter the rule would get wrong.
_AS_WRITTEN = frozenset({"Windows", "Kubernetes", "Redis", "Rails", "Jenkins", "Less"})


class Forms(NamedTuple):
    """Of (genitive), in (locative), with (instrumental)."""

    of: str
    within: str
    using: str


@cache
def forms(name: str) -> Forms:
    """The three forms; names that are abbreviations, several words or signs stay as they are."""
    last = name[-1:]
    if " " in name or "." in name or not last.isalpha() or name.isupper() or last.isupper() or name in _AS_WRITTEN:
        return Forms(name, name, name)
    if last == "a":
        stem = name[:-1]
        within = f"{stem[:-1]}ře" if stem.endswith("r") else f"{stem}e" if stem.endswith("l") else f"{stem}ě"
        return Forms(f"{stem}y", within, f"{stem}ou")
    if last == "o":
        return Forms(f"{name[:-1]}a", f"{name[:-1]}u", f"{name[:-1]}em")
    if last in _VOWELS:
        return Forms(name, name, name)
    return Forms(f"{name}u", f"{name}u", f"{name}em")


def into(word: str) -> str:
    """“v” or “ve” before the word, as it is spoken."""
    return "ve" if word[:1].casefold() in "vfsz" else "v"


def along(word: str) -> str:
    """“s” or “se” before the word."""
    return "se" if word[:1].casefold() in "sz" else "s"
