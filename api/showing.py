"""Whom saving a pool would show to how many colleagues who see people only through pools."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from pydantic import BaseModel, Field

from api.work import Work
from intake.pools import asked
from percolators.questions import question_of, vocabulary_for
from records.models import Pool
from records.repositories import folders, pools
from search.criteria import CriteriaInvalid, parse_criteria
from search.question import NOBODY, Question, either, every, negation

# Tracked pools of one branch that are asked about one by one. Beyond them everybody the changed pool would find is
# counted: never too few.
MOST_ASKED = 50


class Shown(BaseModel):
    """What saving would show: how many colleagues, who see people only through pools, would see how many more."""

    colleagues: int
    people: int = Field(description="At most: some may be shown to them by something else already.")


def shown_by(
    work: Work, question: Question, changed: Pool | None, parent: Pool | None, count: Callable[[Question], int]
) -> Shown | None:
    """None where nobody tracks what would be saved. `question` is what it would ask, those above it included.

    Who tracks a pool above sees these people already, so it is those who track the pool itself, or one below it,
    that are shown more. A new pool below a tracked one is a further folder and shows nobody more.
    """
    above = parent.ancestors if parent else []
    readers = folders.branch_readers(work.db, changed.id, above) if changed else {}
    covering = pools.view_readers(work.db, above)
    if not readers:
        return Shown(colleagues=covering, people=0) if covering else None
    assert changed is not None
    more = _more(work, question, changed, sorted(readers))
    return Shown(colleagues=len(set().union(*readers.values())), people=count(more) if more != NOBODY else 0)


def _more(work: Work, question: Question, changed: Pool, tracked: list[uuid.UUID]) -> Question:
    if len(tracked) > MOST_ASKED:
        return question
    return either(every([question, _below(work, changed, pool), negation(_before(work, pool))]) for pool in tracked)


def _before(work: Work, pool: uuid.UUID) -> Question:
    """What a pool asked until now; one that is not understood any more counts as if it had shown nobody."""
    try:
        return asked(work.db, pools.get(work.db, pool))
    except CriteriaInvalid:
        return NOBODY


def _below(work: Work, changed: Pool, pool: uuid.UUID) -> Question:
    """What a pool of the branch asks beyond the one that changes."""
    chain = pools.definitions(work.db, [pool])[0].chain[len(changed.ancestors) :]
    vocabulary = vocabulary_for(work.db, [parse_criteria(criteria) for criteria in chain])
    return question_of(vocabulary, chain)
