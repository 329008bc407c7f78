"""Tables as CSV for a spreadsheet, in which nothing that somebody wrote is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is worked out when the file is opened, and could send what stands beside it anywhere.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    """The table with its heading, lines ended as RFC 4180 says. None is an empty cell."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([_harmless(cell) for cell in heading])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue()


def _harmless(cell: str | float | None) -> str | float | None:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
