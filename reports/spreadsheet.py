"""Tables as CSV for a spreadsheet, in which nothing that somebody wrote is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | float | None

# What a cell begins with is worked out when the file is opened, and could send what stands beside it anywhere.
# A spreadsheet may cut a cell where other countries' files have their commas, so what follows one begins a cell too.
_FORMULA = re.compile(r"""^(?=[=+\-@\t\r\n])|(?:(?<=[;,\t\r\n])|(?<=[;,\t\r\n]["']))(?=[=+\-@])""")
# By this spreadsheets know that the file is UTF-8.
MARK = "\ufeff"


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table with its heading, lines ended as RFC 4180 says. None is an empty cell."""
    return "".join(as_lines([heading, *rows]))


def as_lines(rows: Iterable[Sequence[Cell]], separator: str = ",") -> Iterator[str]:
    """The same line by line, for a table that is not held whole."""
    for row in rows:
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=separator).writerow([_harmless(cell) for cell in row])
        yield written.getvalue()


def _harmless(cell: Cell) -> Cell:
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
