"""How two spellings of one label are recognised as the same, and what key a label is stored under."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# Signs that join keys into combined keywords, and spaces.
_NOT_IN_KEYS = re.compile(r"[\s|*@]+")


def fold(label: str) -> str:
    """The label without case, diacritics and superfluous spaces: `Plzeň ` and `plzen` are one."""
    decomposed = unicodedata.normalize("NFKD", label.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())


def key_of(label: str) -> str:
    """The key for a new label: readable, and different for different labels.

    A label with a sign that keys cannot have gets a few digits of its digest, so that "a b" and "a_b" stay two.
    """
    folded = fold(label)
    key = _NOT_IN_KEYS.sub("_", folded)
    if key == folded:
        return key
    return f"{key}~{hashlib.sha256(folded.encode()).hexdigest()[:6]}"
