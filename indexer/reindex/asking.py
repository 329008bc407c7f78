"""What an operator may ask of the job: begin, go on, roll back, finish, abandon. Refusals say why, and what to do."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from core.errors import Conflict
from core.settings import settings
from engine.process import engine
from indexer.reindex.turn import FROM_THE_START
from mappings.indexes import mapping_version
from mappings.installed import behind_alias
from records.database import Session
from records.models import ReindexJob
from records.repositories import reindexing, users
from records.repositories.reindexing import Step

Wish = Literal["rollback", "finish", "abandon"]

_STEPS: dict[str, str] = {
    "making": "making the new indexes",
    "filling": "filling the new index",
    "registering": "storing the pools",
    "settling": "settling the new indexes",
    "verifying": "verifying",
    "swapping": "swapping",
    "matching": "matching the pools anew",
    "kept": "swapped, the old indexes kept",
    "finishing": "dropping the old indexes",
    "rolling_back": "rolling back",
    "dropping_new": "dropping the new indexes",
    "abandoning": "dropping the new indexes",
    "ended": "ended",
}


def start(db: Session, *, by: uuid.UUID | None, origin: str, accept_differences: bool = False) -> uuid.UUID:
    """Begin a reindex; the caller commits. Raises Conflict, with who began it and how far it is, while one is open."""
    begun = reindexing.start(db, by=by, origin=origin, version=mapping_version(), accept_differences=accept_differences)
    if begun is not None:
        return begun
    there = reindexing.open_job(db)
    if there is None:
        raise Conflict("Another reindex has just ended. Repeat the request.")
    raise Conflict(f"There can be one reindex at a time. {told(db, there)}")


def go_on(db: Session, job: ReindexJob, *, accept_differences: bool = False) -> None:
    """Try a failed job again from the step it failed in; the caller commits."""
    # Verification begins anew: what was wrong may be mended.
    anew: dict[str, Any] = {**FROM_THE_START, "findings": {}} if job.step == "verifying" else {}
    reindexing.change(
        db,
        job.id,
        [job.step],  # type: ignore[list-item]  # the CHECK on reindex_jobs.step
        **anew,
        state="running",
        error=None,
        accept_differences=job.accept_differences or accept_differences,
    )


def ask(db: Session, job: uuid.UUID, wish: Wish) -> None:
    """Have the job rolled back, finished or abandoned; the caller commits. Raises Conflict where it cannot be.

    While it is swapping the engine is asked what serves: Unavailable where it does not answer.
    """
    held = reindexing.hold(db, job)
    step = _granted(held, wish)
    if step is None:
        raise Conflict(f"{_REFUSED[wish]} {told(db, held)}")
    if wish == "abandon" and held.step == "swapping" and _was_swapped_in(held):
        raise Conflict("The new indexes serve already; only the note of it is missing. Go on with it, then roll back.")
    if held.step != step:
        reindexing.change(db, job, [held.step], step=step, state="running", error=None)  # type: ignore[list-item]


_BEFORE_THE_SWAP = frozenset({"making", "filling", "registering", "settling", "verifying", "swapping", "abandoning"})

_REFUSED: dict[Wish, str] = {
    "rollback": "Only what was swapped in and not finished can be rolled back.",
    "finish": "Only what was swapped in can be finished.",
    "abandon": "Only what was not swapped in yet can be abandoned.",
}


def _granted(job: ReindexJob, wish: Wish) -> Step | None:
    if wish == "rollback":
        return "rolling_back" if job.step in ("kept", "rolling_back") else None
    if wish == "finish":
        return "finishing" if job.step in ("kept", "finishing") else None
    return "abandoning" if job.step in _BEFORE_THE_SWAP else None


def _was_swapped_in(job: ReindexJob) -> bool:
    """Whether the aliases moved, and the process that moved them could not say so any more."""
    return job.new_candidates in behind_alias(engine(), settings().index_prefix, "candidates")


def told(db: Session, job: ReindexJob) -> str:
    """Where a job stands, in one or two sentences: who began it, when, how far it is, and what can be done."""
    by = job.started_by
    who = users.names(db, {by}).get(by, job.started_from) if by else job.started_from
    begun = f"This one was started by {who} at {job.started_at:%Y-%m-%d %H:%M} UTC"
    if job.ended_at is not None:
        return f"{begun} and was {job.state.replace('_', ' ')} at {job.ended_at:%Y-%m-%d %H:%M} UTC."
    if job.state == "failed":
        return f"{begun} and failed while {_STEPS[job.step]}: {job.error} {_next(job)}"
    if job.step == "kept":
        return f"{begun} and was swapped in. Finish it, or roll it back."
    return f"{begun} and is {_STEPS[job.step]}, {how_far(job)}."


def _next(job: ReindexJob) -> str:
    return "Go on with it, or abandon it." if job.step in _BEFORE_THE_SWAP else "Go on with it."


def how_far(job: ReindexJob) -> str:
    """How much is done, in words."""
    return (
        f"{job.people_done:,} of {job.people_total:,} people and {job.pools_done:,} of {job.pools_total:,} pools done"
    )


def step_in_words(job: ReindexJob) -> str:
    """The step as an operator reads it."""
    return _STEPS[job.step]
