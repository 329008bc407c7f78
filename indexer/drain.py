"""Draining the outbox of candidates: claim, build, index and percolate at once, store, in one commit per batch."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from core.errors import Unavailable
from core.pace import Pace
from core.settings import settings
from indexer.document import build_document
from indexer.writing import write
from notifications.grouping import Origin, together
from notifications.wake import ring_streams
from percolators.diff import Subject
from percolators.matching import match
from percolators.recording import record
from records import outbox
from records.database import Session, session
from records.outbox import Claimed
from records.repositories import batches, indexes
from records.repositories.batches import Batch

log = logging.getLogger(__name__)

# How long rows rest at first when the engine or the database was away; the sweep looks again after that.
OUTAGE_PAUSE_S = 1.0

# How many people at once, as the engine bears them.
_pace = Pace()


@dataclass(frozen=True, slots=True)
class Drained:
    """What one batch came to: rows claimed, done, failed (tried again later, or set aside), and turned away for now.

    Fewer may be any of these than were claimed: another worker was quicker.
    """

    claimed: int = 0
    done: int = 0
    failed: int = 0
    delayed: int = 0

    @property
    def nothing_due(self) -> bool:
        """Whether the outbox had nothing to claim."""
        return self.claimed == 0


def drain_batch(limit: int | None = None) -> Drained:
    """Bring one batch of waiting candidates to the index and to their matches.

    Raises Unavailable when a part is down: the rows then wait, their attempts taken back, and the next batch is half as
    large. One that succeeds after that brings forward what waits, and the next is twice as large.
    """
    wanted = limit or settings().outbox_batch
    asked = _pace.of(wanted)
    ids = outbox.count_attempt("candidate", asked)
    if not ids:
        return Drained()
    try:
        drained = _drain(ids)
    except Unavailable:
        _pace.turned_away(asked)
        raise
    if drained.delayed:
        _pace.turned_away(asked)
    elif drained.done and _pace.went_well(wanted):
        outbox.hurry("candidate")
    return drained


def _drain(ids: Sequence[int]) -> Drained:
    try:
        return _work(ids)
    except Unavailable as error:
        outbox.postponed(ids, error.detail, OUTAGE_PAUSE_S)
        raise
    except Exception as error:  # noqa: BLE001 - see below
        # Whatever a single row can cause must not hold up the others: each is tried alone, and the one that fails
        # is counted, and in the end set aside where an operator sees it.
        if len(ids) == 1:
            _give_up_for_now(ids[0], error)
            return Drained(claimed=1, failed=1)
        log.warning("A batch of %d failed (%r); each row is tried alone.", len(ids), error)
    return _one_by_one(ids)


def drain_people(people: Sequence[uuid.UUID]) -> Drained:
    """The same for these people only, once, and without counting it: whoever finds the rows later does that.

    Raises whatever went wrong; the rows are then as they were.
    """
    with session() as db:
        return _work_off(db, batches.of_people(db, people))


def _one_by_one(ids: Sequence[int]) -> Drained:
    done = failed = delayed = 0
    for at, row in enumerate(ids):
        try:
            alone = _work([row])
        except Unavailable as error:
            outbox.postponed(ids[at:], error.detail, OUTAGE_PAUSE_S)
            raise
        except Exception as error:  # noqa: BLE001 - the row is at fault, whatever it raised; see above
            _give_up_for_now(row, error)
            failed += 1
        else:
            done += alone.done
            failed += alone.failed
            delayed += alone.delayed
    return Drained(len(ids), done, failed, delayed)


def _give_up_for_now(row: int, error: Exception) -> None:
    log.error("Outbox row %s failed.", row, exc_info=error)
    with session() as db:
        outbox.failed(db, outbox.take(db, [row]), f"{type(error).__name__}: {error}")
        db.commit()


def _work(ids: Sequence[int]) -> Drained:
    with session() as db:
        worked = _work_off(db, batches.of_rows(db, ids))
    return Drained(len(ids), worked.done, worked.failed, worked.delayed)


def _work_off(db: Session, batch: Batch) -> Drained:
    rows = batch.rows
    if not rows:
        return Drained()
    outcome = process(db, batch)
    done = [row for row in rows if row.entity_id not in outcome.failed | outcome.delayed]
    delayed = [row.id for row in rows if row.entity_id in outcome.delayed]
    for candidate, reason in outcome.failed.items():
        outbox.failed(db, [row for row in rows if row.entity_id == candidate], reason)
    outbox.done(db, done)
    db.commit()
    if delayed:
        outbox.postponed(delayed, next(iter(outcome.delayed.values())), OUTAGE_PAUSE_S)
    ring_streams(outcome.rung)
    return Drained(len(rows), len(done), len(rows) - len(done) - len(delayed), len(delayed))


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of a batch: whose bells rang, and who failed, or has to wait for the engine, with why."""

    rung: set[uuid.UUID]
    failed: dict[uuid.UUID, str]
    delayed: dict[uuid.UUID, str]


def process(db: Session, batch: Batch) -> Processed:
    """Index and match the candidates of a batch.

    Indexing and percolating run side by side. That is safe for a pool being born meanwhile because the epoch is
    read before and compared under the gate, and because the index has answered before matches are stored.
    """
    footing, snapshot = batch.footing, batch.snapshot
    documents = {c: build_document(c, person, snapshot.tags) for c, person in snapshot.people.items()}
    writing = _lane().submit(write, footing.live, list(documents.values()))
    matched = match(documents, footing)
    written = writing.result()
    failed = {uuid.UUID(candidate): reason for candidate, reason in written.failed} | matched.failed
    delayed = {uuid.UUID(candidate): reason for candidate, reason in written.delayed}
    subjects = {
        candidate: Subject(
            person["version"],
            datetime.fromisoformat(person["created_at"]),
            datetime.fromisoformat(person["updated_at"]),
        )
        for candidate, person in snapshot.people.items()
        if candidate not in failed and candidate not in delayed
    }
    readers = record(
        db,
        subjects,
        matched.found,
        _origins(batch.rows),
        seen_epoch=footing.epoch,
        look_again=lambda: _look_again(db, {c: documents[c] for c in subjects}),
    )
    return Processed(readers, failed, {candidate: why for candidate, why in delayed.items() if candidate not in failed})


def _look_again(db: Session, documents: dict[uuid.UUID, dict[str, Any]]) -> dict[uuid.UUID, frozenset[int]]:
    matched = match(documents, indexes.footing(db))
    if matched.failed:
        # Nothing is known of these people now; an empty answer would read as "left every pool".
        raise Unavailable("Stored queries changed and fail on some people; the batch is tried again.")
    return matched.found


def _origins(rows: Sequence[Claimed]) -> dict[uuid.UUID, Origin]:
    by_candidate: dict[uuid.UUID, list[Origin]] = {}
    for row in rows:
        by_candidate.setdefault(row.entity_id, []).append(Origin(row.actor_id, row.batch_id, row.notices))
    return {candidate: together(origins) for candidate, origins in by_candidate.items()}


@lru_cache(maxsize=1)
def _lane() -> ThreadPoolExecutor:
    """The thread that indexes while this one percolates. Made on first use, so after a fork."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="index")
