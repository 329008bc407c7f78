"""What changed between the matches that stand and the ones found now. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from records.repositories.matching import Entry, PoolState, Standing

# Generations by candidate: a generation's number names its pool too.
Found = Mapping[uuid.UUID, AbstractSet[int]]


@dataclass(frozen=True, slots=True)
class Subject:
    """The candidate as percolated: at which version, when they came to us, and when that version was written."""

    version: int
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """Who enters and who leaves which pool, live or about to be."""

    entered: list[Entry]
    left: list[Standing]


def difference(
    subjects: Mapping[uuid.UUID, Subject],
    found: Found,
    pools: Mapping[uuid.UUID, PoolState],
    standing: Sequence[Standing],
    known: AbstractSet[uuid.UUID],
) -> Difference:
    """Compare, for the given candidates, what percolation found with what stands. `known`: those matched before.

    A stored query counts only under a generation that a pool wants or shows: leftovers of older ones do not.
    """
    shown = {
        number: (pool, state) for pool, state in pools.items() for number in (state.generation, state.live_generation)
    }
    # By generation and by candidate: numbers are compared in C, UUIDs are not, and there may be 100,000 of either.
    stands: dict[uuid.UUID, set[int]] = {}
    for match in standing:
        stands.setdefault(match.candidate, set()).add(match.generation)
    entered: list[Entry] = []
    for candidate, subject in subjects.items():
        for generation in found[candidate] - stands.get(candidate, frozenset()):
            if generation in shown:
                pool, state = shown[generation]
                arrived = has_arrived(subject, state, generation, known=candidate in known)
                entered.append(Entry(candidate, pool, generation, subject.version, arrived))
    left = [
        match for match in standing if match.candidate in subjects and match.generation not in found[match.candidate]
    ]
    return Difference(entered, left)


def has_arrived(subject: Subject, state: PoolState, generation: int, *, known: bool) -> bool:
    """Whether this entry is somebody's coming, to be told of, and not a folder filling with who was there (I2, I4).

    Work can wait in the outbox while a pool is made or edited, so the order of processing does not decide; when
    things were written does. Somebody who was never matched before comes to every pool that was there when they
    came, however often it was edited since: nobody has heard of them.
    """
    if generation == state.live_generation:
        # Everyone who was known to match has been filled in, so what makes them enter is their change.
        return (subject.changed_at if known else subject.created_at) > state.created_at
    # About to be: a known person may have matched all along, whatever was changed of them meanwhile.
    return subject.created_at > (state.generation_at if known else state.created_at)
