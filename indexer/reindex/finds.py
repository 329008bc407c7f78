"""What was found on the way, as sentences and numbers; kept in the job's row from turn to turn."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from records.models import ReindexJob

MOST_TOLD = 20


@dataclass(slots=True)
class Finds:
    """`wrong` stops the swap, `different` stops it unless it was accepted, `notes` are for information.

    The first few of each are kept; `count` is how many were wrong. The others say how much was compared.
    """

    wrong: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    count: int = 0
    people: int = 0
    documents: int = 0
    pools: int = 0
    queries: int = 0
    searches: int = 0

    @classmethod
    def of(cls, job: ReindexJob) -> Self:
        """Those of a job so far."""
        return cls(**job.findings)

    def as_json(self) -> dict[str, Any]:
        """As the job's row keeps them."""
        return asdict(self)

    def is_wrong(self, sentence: str) -> None:
        """Something that must not be."""
        self.count += 1
        _keep(self.wrong, sentence)

    def is_different(self, sentence: str) -> None:
        """The new indexes answer otherwise than the old ones."""
        _keep(self.different, sentence)

    def note(self, sentence: str) -> None:
        """Something an operator may want to know."""
        _keep(self.notes, sentence)

    @property
    def sentences(self) -> list[str]:
        """Everything that was found, the worst first."""
        compared = [
            f"{self.people:,} people were compared by version, {self.documents:,} of them by their whole documents,"
            f" {self.pools:,} pools with {self.queries:,} stored queries, and {self.searches:,} searches asked of both."
        ]
        return [*self.wrong, *self.different, *self.notes, *(compared if self.searches else [])]


def _keep(sentences: list[str], sentence: str) -> None:
    if len(sentences) < MOST_TOLD:
        sentences.append(sentence)
