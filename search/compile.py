"""Resolved criteria -> the question they ask. Search and pools both begin here, and only here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from mappings.fields import TAG_FIELDS
from search.bands import applied_keyword, rejection_keyword
from search.normalise import Keys, ResolvedApplication, ResolvedCriteria, ResolvedRejection
from search.question import (
    EVERYONE,
    AppliedSince,
    Atom,
    Between,
    InPool,
    Is,
    Question,
    RejectedSince,
    either,
    every,
    negation,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """A question in parts: what is asked in any case, and by facet what was chosen in it.

    A facet shows what else could be chosen, so its numbers leave its own part out.
    """

    always: Question
    chosen: Mapping[str, Question] = field(default_factory=dict)

    def without(self, *facets: str) -> Question:
        """The whole question but for what was chosen in these facets."""
        return every([self.always, *(part for name, part in self.chosen.items() if name not in facets)])


def compile_criteria(criteria: ResolvedCriteria, today: date) -> Question:
    """The question of these criteria; `today` gives "the last so many days" its days."""
    return compile_parts(criteria, today).without()


def compile_parts(criteria: ResolvedCriteria, today: date) -> Parts:
    """The same, with what was chosen in each facet apart."""
    parts = {
        "tags": _tags(Keys(any=criteria.tags.any, none=criteria.tags.none), criteria),
        "locations": _keys("locations", criteria.locations),
        "sources": _keys("sources", criteria.sources),
        "experience": _keys("experience", criteria.experience),
        "languages": _keys("languages", Keys(any=criteria.languages.any, none=criteria.languages.none)),
        "created": _created(criteria, today),
        "pools": _asked_of(Keys(any=criteria.pools.any, none=criteria.pools.none), InPool),
        "applications": _applied(criteria.applied) if criteria.applied else EVERYONE,
        "rejections": _rejected(criteria.rejected) if criteria.rejected else EVERYONE,
        "never_rejected": _never_rejected(criteria.never_rejected),
    }
    always = every(
        (
            _tags(Keys(all=criteria.tags.all), criteria),
            _keys("languages", Keys(all=criteria.languages.all)),
            _asked_of(Keys(all=criteria.pools.all), InPool),
            negation(_applied(criteria.not_applied)) if criteria.not_applied else EVERYONE,
            negation(_rejected(criteria.not_rejected)) if criteria.not_rejected else EVERYONE,
            criteria.text,
        )
    )
    return Parts(always, {name: part for name, part in parts.items() if part != EVERYONE})


def conjoin(questions: Iterable[Question]) -> Question:
    """A pool within a pool asks both questions."""
    return every(questions)


def _asked_of(keys: Keys, holds: Callable[[str], Atom]) -> Question:
    """One of `any`, every one of `all`, none of `none`; `holds` says what each key asks."""
    some = either(map(holds, keys.any)) if keys.any else EVERYONE
    return every((some, *map(holds, keys.all), *(negation(holds(key)) for key in keys.none)))


def _keys(field: str, keys: Keys) -> Question:
    return _asked_of(keys, lambda key: Is(field, key))


def _tags(keys: Keys, criteria: ResolvedCriteria) -> Question:
    return _asked_of(keys, lambda key: Is(TAG_FIELDS[criteria.kinds.get(key, "skill")], key))


def _created(criteria: ResolvedCriteria, today: date) -> Question:
    if criteria.created_last_days is not None:
        return Between("created", today - timedelta(days=criteria.created_last_days), None, relative=True)
    if criteria.created_from or criteria.created_to:
        return Between("created", criteria.created_from, criteria.created_to)
    return EVERYONE


def _applied(application: ResolvedApplication) -> Question:
    if application.since is not None:
        return AppliedSince(application.positions, application.stages, application.sources, application.since)
    combinations = product(
        application.positions or (None,), application.stages or (None,), application.sources or (None,)
    )
    return either(Is("applied", applied_keyword(*each)) for each in combinations)


def _rejected(rejection: ResolvedRejection) -> Question:
    if rejection.since is not None:
        return RejectedSince(rejection.reasons, rejection.by, rejection.positions, rejection.since)
    combinations = product(rejection.reasons or (None,), rejection.positions or (None,))
    return either(
        Is("rejections", rejection_keyword(reason, rejection.by, position)) for reason, position in combinations
    )


def _never_rejected(never: bool | None) -> Question:
    return EVERYONE if never is None else Is("never_rejected", "yes" if never else "no")
