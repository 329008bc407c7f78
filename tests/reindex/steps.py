"""What the tests of a reindex do to it: begin it, run it, cut it off, and look at both pairs."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from core.settings import settings
from engine.process import engine
from indexer.check import check
from indexer.reindex import asking
from indexer.reindex.asking import Wish
from indexer.reindex.running import advance
from mappings.installed import Serving, serving
from records.database import session
from records.models import ReindexJob
from records.repositories import reindexing


class CutOff(BaseException):
    """The process ends here. No `except Exception` of the product may catch it, as none catches SIGKILL."""


def begin(*, accept_differences: bool = True) -> uuid.UUID:
    """A reindex that nobody runs yet."""
    with session() as db:
        job = asking.start(db, by=None, origin="a test", accept_differences=accept_differences)
        db.commit()
    return job


def job_of(job: uuid.UUID) -> ReindexJob:
    """The job as it stands."""
    with session() as db:
        found = reindexing.get(db, job)
        db.expunge(found)
    return found


def run(watch: Callable[[ReindexJob], None] = lambda _: None) -> None:
    """Bring the open job to where it rests."""
    assert advance(watch=watch), "somebody else holds the lease"


def wish(job: uuid.UUID, wanted: Wish) -> None:
    """Ask for it, and run it."""
    ask(job, wanted)
    run()


def ask(job: uuid.UUID, wanted: Wish) -> None:
    """Ask for it; nobody runs it yet."""
    with session() as db:
        asking.ask(db, job, wanted)
        db.commit()


def resume(job: uuid.UUID) -> None:
    """Go on with a failed one."""
    with session() as db:
        asking.go_on(db, reindexing.get(db, job))
        db.commit()
    run()


def serves() -> Serving:
    """The pair behind the aliases."""
    return serving(engine(), settings().index_prefix)


def assert_no_drift() -> None:
    """Both pairs, where there are two, are what the database says."""
    report = check()
    assert report.drift == 0, report.examples
    assert report.unextracted == 0
