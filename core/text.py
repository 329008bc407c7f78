"""How two spellings of one label are recognised as the same."""

from __future__ import annotations

import unicodedata


def fold(label: str) -> str:
    """The label without case, diacritics and superfluous spaces: `Plzeň ` and `plzen` are one."""
    decomposed = unicodedata.normalize("NFKD", label.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.split())
