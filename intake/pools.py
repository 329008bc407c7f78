"""Pools as they come in: criteria understood, refused where a percolator could not keep them, stored in keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from core.errors import Problem
from percolators.questions import question_of, understand, vocabulary_for, whole_vocabulary
from records.database import Session
from records.models import Pool
from records.repositories import pools
from search.compile import compile_criteria, conjoin
from search.criteria import Criteria, CriteriaInvalid, Locations, Rejection, Sources, Tags, parse_criteria
from search.normalise import ResolvedCriteria, ResolvedRejection, resolve
from search.question import EVERYONE, Question
from search.render_stored import NotStorable, check_storable
from search.vocabulary import Vocabulary

# Explaining a row compares its unknown names with every name there is: tens of milliseconds each.
MOST_EXPLAINED = 20


def storable(db: Session, criteria: Criteria, parent: Pool | None) -> tuple[dict[str, Any], Question]:
    """The criteria in keys, fit to be stored, and the whole question a pool below `parent` would ask.

    Raises Invalid (unknown names, with places) or NotStorable (what a percolator cannot keep true, with the reason).
    """
    return _storable(criteria, understand(db, criteria), asked(db, parent))


def _storable(criteria: Criteria, resolved: ResolvedCriteria, above: Question) -> tuple[dict[str, Any], Question]:
    question = conjoin([above, compile_criteria(resolved, datetime.now(UTC).date())])
    check_storable(question)
    return keyed(criteria, resolved).as_json(), question


def asked(db: Session, pool: Pool | None) -> Question:
    """The whole question of a pool as it is asked now, those above it included; everyone where there is none."""
    if pool is None:
        return EVERYONE
    chain = pools.definitions(db, [pool.id])[0].chain
    vocabulary = vocabulary_for(db, [parse_criteria(criteria) for criteria in chain])
    return question_of(vocabulary, chain)


def keyed(criteria: Criteria, resolved: ResolvedCriteria) -> Criteria:
    """The same criteria with keys for names: renaming a tag, reason or position then changes no pool."""
    rejections, applications = criteria.rejections, criteria.applications
    if resolved.applied is not None:
        applications = applications.model_copy(update={"positions": resolved.applied.positions})
    if resolved.not_applied is not None and applications.none is not None:
        other = applications.none.model_copy(update={"positions": resolved.not_applied.positions})
        applications = applications.model_copy(update={"none": other})
    if resolved.rejected is not None:
        rejections = rejections.model_copy(update=_keys_of(resolved.rejected))
    if resolved.not_rejected is not None and rejections.none is not None:
        none: Rejection = rejections.none.model_copy(update=_keys_of(resolved.not_rejected))
        rejections = rejections.model_copy(update={"none": none})
    return criteria.model_copy(
        update={
            "tags": Tags(any=resolved.tags.any, all=tuple(dict.fromkeys(resolved.tags.all)), none=resolved.tags.none),
            "locations": Locations(any=resolved.locations.any, none=resolved.locations.none),
            "sources": Sources(any=criteria.sources.any, none=criteria.sources.none),
            "applications": applications,
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
    above = asked(db, parent)
    reader = _Reader(db, [criteria for _, _, criteria in rows])
    for place, name, criteria in rows:
        try:
            good.append((name, _storable(criteria, reader.understand(criteria), above)[0]))
            problems.append([])
        except (CriteriaInvalid, NotStorable) as error:
            problems.append([Problem(f"{place}.{problem.place}", problem.message) for problem in error.problems])
    return good, problems


class _Reader:
    """Understands many criteria with the vocabulary of all of them, read once; for the wrong ones, with every name."""

    def __init__(self, db: Session, questions: Sequence[Criteria]) -> None:
        self._db = db
        self._known = vocabulary_for(db, questions)
        self._whole: Vocabulary | None = None
        self._explained = 0

    def understand(self, criteria: Criteria) -> ResolvedCriteria:
        try:
            return resolve(criteria, self._known)
        except CriteriaInvalid:
            if self._explained == MOST_EXPLAINED:
                raise
            self._explained += 1
            self._whole = self._whole or whole_vocabulary(self._db)
            return resolve(criteria, self._whole)
