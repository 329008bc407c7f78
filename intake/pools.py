"""Pools as they come in: criteria understood, refused where a percolator could not keep them, stored in keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import Problem
from percolators.questions import question_of, understand, vocabulary_for
from records.database import Session
from records.models import Pool
from records.repositories import pools
from search.compile import compile_criteria, conjoin
from search.criteria import Criteria, CriteriaInvalid, Locations, Rejection, Sources, Tags, parse_criteria
from search.normalise import ResolvedCriteria, ResolvedRejection
from search.question import Question
from search.render_stored import check_storable


def storable(db: Session, criteria: Criteria, parent: Pool | None) -> tuple[dict[str, Any], Question]:
    """The criteria in keys, fit to be stored, and the whole question a pool below `parent` would ask.

    Raises Invalid (unknown names, with places) or NotStorable (what a percolator cannot keep true, with the reason).
    """
    resolved = understand(db, criteria)
    own = compile_criteria(resolved, datetime.now(UTC).date())
    question = own
    if parent is not None:
        question = conjoin([_asked(db, parent), own])
    check_storable(question)
    return keyed(criteria, resolved).as_json(), question


def _asked(db: Session, pool: Pool) -> Question:
    chain = pools.definitions(db, [pool.id])[0].chain
    vocabulary = vocabulary_for(db, [parse_criteria(criteria) for criteria in chain])
    return question_of(vocabulary, chain)


def keyed(criteria: Criteria, resolved: ResolvedCriteria) -> Criteria:
    """The same criteria with keys for names: renaming a tag, reason or position then changes no pool."""
    rejections = criteria.rejections
    if resolved.rejected is not None:
        rejections = rejections.model_copy(update=_keys_of(resolved.rejected))
    if resolved.not_rejected is not None and rejections.none is not None:
        none: Rejection = rejections.none.model_copy(update=_keys_of(resolved.not_rejected))
        rejections = rejections.model_copy(update={"none": none})
    return criteria.model_copy(
        update={
            "tags": Tags(any=resolved.tags.any, all=resolved.tags.all, none=resolved.tags.none),
            "locations": Locations(any=resolved.locations.any, none=resolved.locations.none),
            "sources": Sources(any=criteria.sources.any, none=criteria.sources.none),
            "rejections": rejections,
        }
    )


def _keys_of(rejection: ResolvedRejection) -> dict[str, Any]:
    return {"reasons": rejection.reasons, "positions": rejection.positions}


def storable_many(
    db: Session, rows: Sequence[tuple[str, str, Criteria]], parent: Pool | None
) -> tuple[list[tuple[str, dict[str, Any]]], list[list[Problem]]]:
    """Many pools (place, name, criteria) at once: those that can be stored, and for each row what is wrong with it."""
    good: list[tuple[str, dict[str, Any]]] = []
    problems: list[list[Problem]] = []
    for place, name, criteria in rows:
        try:
            good.append((name, storable(db, criteria, parent)[0]))
            problems.append([])
        except CriteriaInvalid as error:
            problems.append([Problem(f"{place}.{problem.place}", problem.message) for problem in error.problems])
    return good, problems
