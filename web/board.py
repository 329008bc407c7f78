"""A board: the people who applied for a position in columns by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.routes.positions import Applicant
from web.wording import STAGES


@dataclass(frozen=True, slots=True)
class Column:
    """A stage and who is there, newest first."""

    stage: str
    cards: tuple[Applicant, ...]


def board_of(applicants: Sequence[Applicant]) -> list[Column]:
    """Columns in the order in which people go through them; stages of the house's own come after, by name."""
    own = sorted({each.stage for each in applicants} - set(STAGES))
    return [Column(stage, tuple(each for each in applicants if each.stage == stage)) for stage in (*STAGES, *own)]
