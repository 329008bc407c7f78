"""Array parameters written as PostgreSQL reads them.

The driver adapts arrays element by element; for the tens of thousands of ids that one batch stores that took as long
as the insert itself (44 against 21 microseconds a row, measured). Statements cast these texts: `CAST(:ids AS uuid[])`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable


def uuids(values: Iterable[uuid.UUID]) -> str:
    """Ids as the text of a uuid[]."""
    return "{" + ",".join([value.hex for value in values]) + "}"


def numbers(values: Iterable[int]) -> str:
    """Whole numbers as the text of a bigint[]."""
    return "{" + ",".join(map(str, values)) + "}"


def truths(values: Iterable[bool]) -> str:
    """Booleans as the text of a boolean[]."""
    return "{" + ",".join(["t" if value else "f" for value in values]) + "}"
