"""Pools as folders: who is in one now, as a question that a search can combine with any other."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping, Sequence

from percolators.questions import question_of, vocabulary_for
from records.database import Session
from records.repositories import access
from records.repositories.access import Chain, FolderState
from search.criteria import CriteriaInvalid, parse_criteria
from search.question import NOBODY
from search.secure import Folder

# The question of a pool's generation never changes: its criteria are in keys, and new synonyms draw a new generation
# (records.repositories.pools.ask_again). So it is worked out once a process; about 1 KB each.
MOST_KNOWN = 10_000
_known: dict[tuple[uuid.UUID, int], Folder] = {}
_lock = threading.Lock()


def folders_of(db: Session, states: Sequence[FolderState]) -> list[Folder]:
    """These pools as folders, in the order given."""
    new = [state.id for state in states if state.live_generation and not state.frozen and _key(state) not in _known]
    # Where a pool began to show another generation a moment ago, that one is as right.
    chains = access.chains(db, new)
    _learn(db, chains)
    return [_folder(db, state, chains.get(state.id)) for state in states]


def _folder(db: Session, state: FolderState, chain: Chain | None) -> Folder:
    if not state.live_generation:
        return Folder(str(state.id), NOBODY)
    generation = chain.live_generation if chain else state.live_generation
    known = None if state.frozen else _known.get((state.id, generation))
    return known or Folder(str(state.id), None, access.last_known(db, state.id, generation))


def _key(state: FolderState) -> tuple[uuid.UUID, int]:
    return state.id, state.live_generation


def _learn(db: Session, chains: Mapping[uuid.UUID, Chain]) -> None:
    if not chains:
        return
    vocabulary = vocabulary_for(db, [parse_criteria(each) for chain in chains.values() for each in chain.criteria])
    found: dict[tuple[uuid.UUID, int], Folder] = {}
    for pool, chain in chains.items():
        try:
            question = question_of(vocabulary, chain.criteria)
            found[pool, chain.live_generation] = Folder(str(pool), question)
        except CriteriaInvalid:
            continue  # what it asked for is no longer understood: it shows whom it showed
    with _lock:
        if len(_known) + len(found) > MOST_KNOWN:
            _known.clear()
        _known.update(found)
