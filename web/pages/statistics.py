"""Why applications end, of the people any search finds: a table with bars, and the way back to the people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from api import naming
from api.csrf import is_of_another_site
from api.routes import statistics
from api.routes.statistics import AskedRejections, Cell, CountingWork, Value
from core.errors import Invalid
from search.criteria import Criteria
from web.criteria import Names, Pairs, address, asked_in, chips_among, criteria_among, word_of
from web.forms import body_of
from web.found import names_of
from web.languages import Language, language_of
from web.rendering import page
from web.route import pages
from web.wording import noted

router = pages()

HERE = "/statistics"
DIMENSIONS: dict[str, str] = {
    "reason": noted("Reason"),
    "said_by": noted("Who decided"),
    "position": noted("Position"),
    "stage": noted("Stage"),
    "source": noted("Source"),
    "month": noted("Month"),
}
# The criterion that asks for the people behind a number; of the others there is none that is about rejections.
ASKS: dict[str, str] = {"reason": "rejected.reason", "said_by": "rejected.by", "position": "rejected.position"}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: the number with its share of the largest one, and the address of the people behind it."""

    cell: Cell
    names: Sequence[str]
    of_largest: float
    people: str


@router.get(HERE)
def rejections(request: Request, work: CountingWork) -> HTMLResponse:
    """For recruiters and administrators in full, for analysts in large groups.

    What analysts were told is remembered, and later answers are withheld by it. So a link of another site asks nothing
    in their name: they see the question, and count by the button.
    """
    language = language_of(request)
    given = request.query_params.multi_items()
    pairs = criteria_among(given)
    last = dict(given)
    by = [each for name, each in given if name == "by" and each in DIMENSIONS] or ["reason"]
    asked: dict[str, Any] = {"by": tuple(dict.fromkeys(by))}
    asked |= {name: last[name] for name in ("from", "to") if last.get(name)}
    found, problems = None, []
    criteria = Criteria()
    counts = work.sees_all or not is_of_another_site(request)
    try:
        criteria = asked_in(pairs)
        body = body_of(AskedRejections, {"criteria": criteria, **asked}, language)
        found = statistics.rejections(body, work) if counts else None
    except Invalid as error:
        problems = [each.message for each in error.problems] or [error.detail]
    also = [("by", each) for each in asked["by"]] + [(name, last[name]) for name in ("from", "to") if last.get(name)]
    names = names_of(naming.called(work, criteria), {}, {})
    values = {
        "found": found,
        "waits": not counts,
        "problems": problems,
        "lines": _lines(found.cells, found.by, pairs, language, seen=work.sees_all) if found else [],
        "dimensions": DIMENSIONS,
        "by": asked["by"],
        "from_": last.get("from", ""),
        "to": last.get("to", ""),
        "pairs": pairs,
        "chips": chips_among(pairs, names, language, HERE, also),
        "clear": address(HERE, also),
        "people": address("/talent", pairs) if work.sees_all else "",
    }
    return page(request, "statistics.html", work, values, 422 if problems else 200)


def _lines(cells: Sequence[Cell], by: Sequence[str], pairs: Pairs, language: Language, *, seen: bool) -> list[Line]:
    largest = max((cell.rejections for cell in cells), default=0)
    # Beside another question about rejections, this one would be about any of the two.
    askable = seen and set(by) <= set(ASKS) and not any(name.startswith("rejected.") for name, _ in pairs)
    lines = []
    for cell in cells:
        values = [cell.values.get(each) for each in by]  # type: ignore[call-overload]
        named = [_named(dimension, value, language) for dimension, value in zip(by, values, strict=True)]
        there = ""
        if askable and all(value is not None and value.key for value in values):
            there = address("/talent", [*pairs, *((ASKS[each], str(cell.values[each].key)) for each in by)])  # type: ignore[index]
        lines.append(Line(cell, named, round(100 * cell.rejections / largest, 1), there))
    return lines


def _named(dimension: str, value: Value | None, language: Language) -> str:
    """What a value is called: names are the customer's own, the rest is ours to say."""
    if value is None:
        return language.say("everything else")
    if value.key is None:
        return language.say("not recorded")
    if dimension == "said_by":
        return word_of("rejected.by", value.key, Names(), language)
    return word_of("applied.stage", value.key, Names(), language) if dimension == "stage" else value.name
