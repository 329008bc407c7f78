"""What operators watch, in Prometheus' text format: requests as they happened, backlog and sizes as of now."""

from __future__ import annotations

import os
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from indexer.prepare import reindex_is_due
from records import outbox
from records.database import Session
from records.models import ReindexJob
from records.repositories import checks, erasures, figures, mail, reindexing

REQUESTS = CollectorRegistry()
ANSWERS = Counter("micropools_answers", "Answers by route and status.", ["route", "status"], registry=REQUESTS)
SECONDS = Histogram(
    "micropools_answer_seconds",
    "Time until the answer began, by route.",
    ["route"],
    # Around the 10 to 50 ms that requests take here, and the second nobody should wait for.
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REQUESTS,
)


class Measured:
    """Counts answers by route template, never by path: a path holds ids."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and note its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        answered = False

        def note(status: int) -> None:
            nonlocal answered
            answered = True
            route = getattr(scope.get("route"), "path", "unknown")
            ANSWERS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                note(message["status"])
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception:
            # What nobody thought of is answered further out, where we do not see it.
            if not answered:
                note(500)
            raise


def exposition(db: Session, streams: int) -> bytes:
    """Everything in the text format: the requests, and the state of the product."""
    now = CollectorRegistry()
    backlog = outbox.backlog(db)
    for name, what, values in (
        ("waiting", "Outbox rows that wait.", {row.kind: row.waiting for row in backlog}),
        ("dead", "Outbox rows set aside after too many attempts.", {row.kind: row.dead for row in backlog}),
        ("oldest_seconds", "Age of the oldest waiting outbox row.", {row.kind: row.oldest_s for row in backlog}),
    ):
        gauge = Gauge(f"micropools_outbox_{name}", what, ["kind"], registry=now)
        for kind in ("candidate", "pool"):
            gauge.labels(kind).set(values.get(kind, 0))
    waiting, dead = mail.backlog(db)
    Gauge("micropools_mail_waiting", "Letters that wait to be sent.", registry=now).set(waiting)
    Gauge("micropools_mail_dead", "Letters that were given up.", registry=now).set(dead)
    _drift(checks.figures(db), now)
    erasing = erasures.standing(db)
    for name, what, count in (
        ("unlisted", "People who were erased and are not on the erasure list yet.", erasing.unlisted),
        ("uncleared", "People who were erased and may have left traces on disk.", erasing.uncleared),
    ):
        Gauge(f"micropools_erasures_{name}", what, registry=now).set(count)
    for name, value in figures.totals(db).items():
        Gauge(f"micropools_{name}", f"Number of {name.replace('_', ' ')}.", registry=now).set(value)
    due = Gauge("micropools_reindex_due", "1 where the indexes were made by other code or settings.", registry=now)
    due.set(reindex_is_due(db))
    _reindex(reindexing.open_job(db), now)
    Gauge("micropools_streams", "Open event streams of this process.", registry=now).set(streams)
    return generate_latest(_requests()) + generate_latest(now)


def _requests() -> CollectorRegistry:
    """The requests of all processes that count in one directory; without one, of this process."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REQUESTS
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


def _reindex(job: ReindexJob | None, now: CollectorRegistry) -> None:
    """The job that has not ended, if there is one."""
    states = Gauge("micropools_reindex", "1 for the state of the reindex that has not ended.", ["state"], registry=now)
    for state in ("running", "failed", "swapped"):
        states.labels(state).set(job is not None and job.state == state)
    done = Gauge(
        "micropools_reindex_done", "What the open reindex has brought to the new indexes.", ["of"], registry=now
    )
    done.labels("people").set(job.people_done if job else 0)
    done.labels("pools").set(job.pools_done if job else 0)


def _drift(last: checks.Figures, now: CollectorRegistry) -> None:
    """Absent before the first check: an age of nothing would look like a check of just now."""
    if last.age_s is None:
        return
    age = Gauge("micropools_check_age_seconds", "Since the last check for drift came to its end.", registry=now)
    age.set(last.age_s)
    if last.whole_age_s is not None:
        what = "Since the walk began in which everybody and every pool was looked at."
        Gauge("micropools_check_whole_age_seconds", what, registry=now).set(last.whole_age_s)
    found = Gauge("micropools_drift", "What the last check found, by kind.", ["kind"], registry=now)
    for kind in (*checks.DRIFT, "unextracted"):
        found.labels(kind).set(last.report.get(kind, 0))
    Gauge("micropools_drift_repaired", "What the last check set right.", registry=now).set(last.report["repaired"])
