"""Pools as folders: who is in one now, as a question that a search can combine with any other."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence

from percolators.questions import question_of, vocabulary_for
from records.database import Session
from records.repositories import access
from records.repositories.access import FolderState
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
    _learn(db, [state for state in states if state.live_generation and not state.frozen])
    return [_folder(db, state) for state in states]


def _folder(db: Session, state: FolderState) -> Folder:
    if not state.live_generation:
        return Folder(str(state.id), NOBODY)
    known = None if state.frozen else _known.get((state.id, state.live_generation))
    return known or Folder(str(state.id), None, access.last_known(db, state.id, state.live_generation))


def _learn(db: Session, states: Sequence[FolderState]) -> None:
    new = [state for state in states if (state.id, state.live_generation) not in _known]
    if not new:
        return
    vocabulary = vocabulary_for(db, [parse_criteria(criteria) for state in new for criteria in state.live_chain])
    found: dict[tuple[uuid.UUID, int], Folder] = {}
    for state in new:
        try:
            question = question_of(vocabulary, state.live_chain)
            found[state.id, state.live_generation] = Folder(str(state.id), question)
        except CriteriaInvalid:
            continue  # what it asked for is no longer understood: it shows whom it showed
    with _lock:
        if len(_known) + len(found) > MOST_KNOWN:
            _known.clear()
        _known.update(found)
