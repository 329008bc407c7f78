"""How two spellings of one label are recognised as the same, and what key a label is stored under."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# As long as a key may be (search.vocabulary), and short enough for PostgreSQL to index: one sign can stand for eighteen
# letters (U+FDFA), and a key of an index has 2,700 bytes.
MOST_LABEL = 200

# Signs that join keys into combined keywords, and spaces.
_NOT_IN_KEYS = re.compile(r"[\s|*@]+")


def fold(label: str) -> str:
    """The label without case, diacritics and superfluous spaces: `Plzeň ` and `plzen` are one."""
    decomposed = unicodedata.normalize("NFKD", label.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())


def is_label(label: str) -> bool:
    """Whether something can be found by this label: there is a letter or sign in it, and not too many."""
    return 0 < len(fold(label)) <= MOST_LABEL


def key_of(label: str) -> str:
    """The key for a new label: readable, and different for different labels.

    A label with a sign that keys cannot have gets a few digits of its digest, so that "a b" and "a_b" stay two.
    """
    folded = fold(label)
    key = _NOT_IN_KEYS.sub("_", folded)
    if key == folded:
        return key
    return f"{key[: MOST_LABEL - 7]}~{hashlib.sha256(folded.encode()).hexdigest()[:6]}"
