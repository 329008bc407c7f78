"""Which pools do these documents match? Asked of the engine, with broken stored queries taken out on the way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.settings import settings
from engine.errors import EngineRefused, EngineUnavailable
from engine.percolator import GONE, PercolateOutcome, find_broken, percolate
from engine.process import engine
from mappings.documents import percolation_view
from mappings.names import alias
from percolators.quarantine import quarantine
from records.repositories.indexes import Footing

# Each round takes out every pool that throws on one document; more rounds than this means something else is wrong.
MAX_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Matched:
    """The pool generations matched by candidate, and the candidates the engine could not be asked about, with why."""

    found: dict[uuid.UUID, frozenset[int]] = field(default_factory=dict)
    failed: dict[uuid.UUID, str] = field(default_factory=dict)


def match(documents: Mapping[uuid.UUID, dict[str, Any]], footing: Footing) -> Matched:
    """Percolate live documents (a tombstone matches nothing and is not asked), cut to the fields that pools ask.

    One broken pool never stops the others: it is found by bisection, quarantined where its owner sees it, and the
    documents it spoiled are asked again. Raises Unavailable where the pool index of this footing was replaced.
    """
    result = Matched({candidate: frozenset() for candidate in documents})
    unexplained: set[uuid.UUID] = set()
    if not footing.fields:
        return result  # no pool was ever stored
    pending = {c: percolation_view(d, footing.fields) for c, d in documents.items() if d["state"] == "live"}
    # By its own name: the alias moves a moment before the note of what serves, and the fields are those of this index.
    index = footing.live.serving or alias(settings().index_prefix, "pools")
    for _ in range(MAX_ROUNDS):
        outcomes = _percolate(index, list(pending.values()))
        spoiled: dict[uuid.UUID, str] = {}
        for candidate, outcome in zip(list(pending), outcomes, strict=True):
            if outcome.failed is None:
                result.found[candidate] = outcome.generations
                del pending[candidate]
            else:
                spoiled[candidate] = outcome.failed
        if not spoiled:
            return result
        first = next(iter(spoiled))
        broken = find_broken(engine(), index, pending[first])
        if broken:
            quarantine(broken, spoiled[first])
        elif first in unexplained:
            result.failed[first] = spoiled[first]
            del pending[first]
        else:
            # Another worker may have taken the broken pool out meanwhile: ask again before giving up.
            unexplained.add(first)
    result.failed.update(dict.fromkeys(pending, "Stored queries kept failing on this person."))
    return result


def _percolate(index: str, documents: list[dict[str, Any]]) -> list[PercolateOutcome]:
    try:
        return percolate(engine(), index, documents)
    except EngineRefused as refused:
        if refused.engine_status == GONE:
            raise EngineUnavailable(f"{index} is gone; what serves in its place is asked the next time.") from refused
        raise
