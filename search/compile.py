"""Resolved criteria -> the question they ask. Search and pools both begin here, and only here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product

from search.bands import rejection_keyword
from search.normalise import Keys, ResolvedCriteria, ResolvedRejection
from search.question import EVERYONE, Between, Is, Question, RejectedSince, either, every, negation


def compile_criteria(criteria: ResolvedCriteria, today: date) -> Question:
    """The question of these criteria; `today` gives "the last so many days" its days."""
    return every(
        (
            _keys("tags", criteria.tags),
            _keys("locations", criteria.locations),
            _keys("sources", criteria.sources),
            _keys("experience", criteria.experience),
            _keys("languages", criteria.languages),
            _created(criteria, today),
            _rejected(criteria.rejected) if criteria.rejected else EVERYONE,
            negation(_rejected(criteria.not_rejected)) if criteria.not_rejected else EVERYONE,
            _never_rejected(criteria.never_rejected),
            criteria.text,
        )
    )


def conjoin(questions: Iterable[Question]) -> Question:
    """A pool within a pool asks both questions."""
    return every(questions)


def _keys(field: str, keys: Keys) -> Question:
    some = either(Is(field, key) for key in keys.any) if keys.any else EVERYONE
    return every((some, *(Is(field, key) for key in keys.all), *(negation(Is(field, key)) for key in keys.none)))


def _created(criteria: ResolvedCriteria, today: date) -> Question:
    if criteria.created_last_days is not None:
        return Between("created", today - timedelta(days=criteria.created_last_days), None, relative=True)
    if criteria.created_from or criteria.created_to:
        return Between("created", criteria.created_from, criteria.created_to)
    return EVERYONE


def _rejected(rejection: ResolvedRejection) -> Question:
    if rejection.since is not None:
        return RejectedSince(rejection.reasons, rejection.by, rejection.positions, rejection.since)
    combinations = product(rejection.reasons or (None,), rejection.positions or (None,))
    return either(
        Is("rejections", rejection_keyword(reason, rejection.by, position)) for reason, position in combinations
    )


def _never_rejected(never: bool | None) -> Question:
    return EVERYONE if never is None else Is("never_rejected", "yes" if never else "no")
