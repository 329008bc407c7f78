"""What the engine quotes in its refusals is cut: it is of a person, and reasons are kept in the database and logged."""

from __future__ import annotations

import re

# Each up to the last closing sign of the sentence, because what is quoted may have one in it.
_QUOTED = re.compile(
    r"(Preview of field's value: )'.*'"
    r"|(For input string: )\".*\""
    r"|(parse date field )\[.*\](?= with format)"
    r"|(parse value )\[.*\](?= as only)"
    # The first bytes of it, in numbers.
    r"|(first immense term is: )'.*'"
    r"|(Cannot parse )'.*'"
    r"|(Text )'.*'(?= could not be parsed)",
    re.DOTALL,
)


def without_quotes(reason: str) -> str:
    """One sentence of the engine with … in place of what it could not read."""
    return _QUOTED.sub(lambda found: f"{found[found.lastindex or 0]}…", reason)
