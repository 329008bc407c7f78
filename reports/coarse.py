"""What analysts may ask with: whole months, and no words; so that no question can be about somebody in particular."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from core.errors import Problem
from search.criteria import Criteria, CriteriaInvalid


def whole_months_and_no_words(criteria: Criteria) -> None:
    """Raises CriteriaInvalid with the place of everything that is finer than an analyst may ask."""
    problems = list(_too_fine(criteria))
    if problems:
        raise CriteriaInvalid(problems)


def _too_fine(criteria: Criteria) -> Iterator[Problem]:
    if criteria.text.strip():
        sentence = "Analysts do not search in texts; leave the text out, or ask for tags."
        yield Problem("criteria.text", sentence)
    created = criteria.created
    if created.last_days is not None:
        sentence = "Months are the finest period for analysts; give from and to as whole months."
        yield Problem("criteria.created.last_days", sentence)
    if created.to is not None and (created.to + timedelta(days=1)).day != 1:
        sentence = "Months are the finest period for analysts; write the last day of a month."
        yield Problem("criteria.created.to", sentence)
    begins: list[tuple[str, date | None]] = [("created.from", created.from_)]
    for name, asked in (("rejections", criteria.rejections), ("applications", criteria.applications)):
        begins.append((f"{name}.since", asked.since))
        if asked.none is not None:
            begins.append((f"{name}.none.since", asked.none.since))
    for place, day in begins:
        if day is not None and day.day != 1:
            sentence = "Months are the finest period for analysts; write the first day of a month."
            yield Problem(f"criteria.{place}", sentence)
