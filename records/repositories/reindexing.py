"""The jobs of reindexing: one open at most, each change of it on condition that it still stands where it was read."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import func, select, text, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound
from records.models import LiveIndex, ReindexJob

Step = Literal[
    "making",
    "filling",
    "registering",
    "settling",
    "verifying",
    "swapping",
    "matching",
    "kept",
    "finishing",
    "rolling_back",
    "dropping_new",
    "abandoning",
    "ended",
]
State = Literal["running", "failed", "swapped", "finished", "rolled_back", "abandoned"]

_OPEN = ReindexJob.ended_at.is_(None)

_WRITERS = text(
    "SELECT pid, CAST(backend_xid AS text) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()"
)


def start(
    db: Session, *, by: uuid.UUID | None, origin: str, version: str, accept_differences: bool
) -> uuid.UUID | None:
    """Begin a job of code that makes this version of the mapping; None while another one is open."""
    values = {
        "id": uuid.uuid4(),
        "version": version,
        "started_by": by,
        "started_from": origin,
        "accept_differences": accept_differences,
        "steps": _began("making"),
    }
    row = insert(ReindexJob).values(**values)
    begun = row.on_conflict_do_nothing(index_elements=["one"], index_where=_OPEN).returning(ReindexJob.id)
    return db.scalar(begun)


def open_job(db: Session) -> ReindexJob | None:
    """The one job that has not ended, as of now."""
    return db.scalar(select(ReindexJob).where(_OPEN).execution_options(populate_existing=True))


def get(db: Session, job: uuid.UUID) -> ReindexJob:
    """A job by its id."""
    found = db.get(ReindexJob, job)
    if found is None:
        raise NotFound("reindex")
    return found


def as_it_stands(db: Session, job: uuid.UUID) -> ReindexJob:
    """The job as it stands now, open or ended since."""
    return db.scalars(select(ReindexJob).where(ReindexJob.id == job).execution_options(populate_existing=True)).one()


def hold(db: Session, job: uuid.UUID) -> ReindexJob:
    """The job, held against every other change until this transaction ends."""
    query = select(ReindexJob).where(ReindexJob.id == job).with_for_update()
    found = db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound("reindex")
    return found


def latest(db: Session, limit: int) -> list[ReindexJob]:
    """The jobs there were, newest first."""
    return list(db.scalars(select(ReindexJob).order_by(ReindexJob.started_at.desc(), ReindexJob.id).limit(limit)))


def change(db: Session, job: uuid.UUID, at: Collection[Step], **values: Any) -> bool:
    """Change a job that stands at one of these steps; false if it does not any more."""
    step = values.get("step")
    if step is not None:
        values["steps"] = ReindexJob.steps.concat(func.jsonb_build_object(step, _now()))
    statement = (
        update(ReindexJob)
        .where(ReindexJob.id == job, ReindexJob.step.in_(at))
        .values(**values, updated_at=func.clock_timestamp())
        .returning(ReindexJob.id)
        .execution_options(synchronize_session=False)
    )
    return db.scalar(statement) is not None


def give_up(db: Session) -> None:
    """End the job that is open, if one is, because nothing is left of its indexes."""
    ended = update(ReindexJob).where(_OPEN).values(state="abandoned", step="ended", ended_at=func.clock_timestamp())
    db.execute(ended.values(updated_at=func.clock_timestamp()))


def names_ever_used(db: Session) -> set[str]:
    """Every index that is written now, or that a job ever named, so that no name is used twice."""
    of_jobs = (getattr(ReindexJob, name) for name in ("old_candidates", "old_pools", "new_candidates", "new_pools"))
    queries = [select(LiveIndex.name), *(select(name).where(name.is_not(None)) for name in of_jobs)]
    return set(db.scalars(union(*queries)))


def stamp(db: Session) -> str:
    """Changes whenever something of a job does; for those who watch."""
    last = select(ReindexJob.id, ReindexJob.updated_at).order_by(ReindexJob.started_at.desc()).limit(1)
    row = db.execute(last).first()
    return f"{row.id} {row.updated_at.isoformat()}" if row else ""


def writers(db: Session) -> set[tuple[int, str]]:
    """The transactions of this database that are writing now. Once all of them ended, whatever they had read before
    is no longer acted on."""
    return {(row.pid, row.backend_xid) for row in db.execute(_WRITERS)}


def _began(step: Step) -> dict[str, str]:
    return {step: _now()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
