"""Storing what a percolation found: the difference under the lock, the notices beside it, one commit for both."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from notifications.grouping import Entered, Origin, notices_of
from percolators.diff import Found, Subject, difference
from records.database import Session
from records.repositories import matching, notices, webhooks


def record(
    db: Session,
    subjects: Mapping[uuid.UUID, Subject],
    found: Found,
    origins: Mapping[uuid.UUID, Origin],
    *,
    seen_epoch: int,
    look_again: Callable[[], Found],
) -> set[uuid.UUID]:
    """Store matches and notices of a batch in the caller's transaction; returns the readers whose bells changed.

    `seen_epoch` is the registry's epoch from before the percolation. If stored queries became visible since,
    `look_again` percolates once more: while this transaction holds the gate no further ones can (I4).
    A candidate that is already matched at a newer version is skipped: an older answer never overwrites a newer one.
    """
    progress = matching.lock_progress(db, sorted(subjects))
    current = {
        candidate: subject
        for candidate, subject in subjects.items()
        if progress.get(candidate, subject.version + 1) <= subject.version
    }
    if not current:
        return set()
    state = matching.state(db, list(current), _generations(found))
    if state.epoch != seen_epoch:
        found = look_again()
        state = matching.state(db, list(current), _generations(found))
    known = {candidate for candidate, version in progress.items() if version > 0}
    change = difference(current, found, state.pools, state.standing, known)
    versions = {candidate: subject.version for candidate, subject in current.items()}
    matching.enter(db, change.entered, versions)
    matching.leave(db, change.left, versions)
    live = {pool.live_generation for pool in state.pools.values()}
    told = [
        Entered(entry.candidate, entry.version, entry.pool)
        for entry in change.entered
        if entry.arrived and entry.generation in live
    ]
    gone = [(match.candidate, match.pool) for match in change.left if match.live]
    if state.heard:
        webhooks.record(db, [(each.candidate, each.pool) for each in told], gone)
    readers = notices.ring(db, notices_of(told, state.trackers, origins), gone)
    return set(readers)


def _generations(found: Found) -> list[int]:
    return list({generation for matches in found.values() for generation in matches})
