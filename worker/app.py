"""The Celery worker and beat: `celery -A worker.app worker`, `celery -A worker.app beat`."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery.signals import setup_logging, worker_process_init, worker_process_shutdown

from accounts import housekeeping
from core.broker import (
    CHECK,
    CLEAR_TRACES,
    DELIVER,
    LIST_ERASED,
    MAIL,
    REINDEX,
    SWEEP,
    TIDY,
    WAKE_CANDIDATES,
    WAKE_POOLS,
    celery,
)
from core.errors import Unavailable
from core.logs import configure
from core.wake import waker
from engine.process import forget_engine
from indexer.check import by_schedule
from indexer.clearing import clear_when_due
from indexer.drain import drain_batch
from indexer.reindex.running import advance, has_work
from indexer.tidy import tidy
from intake.erasing import list_erased
from notifications.courier import Couriers
from notifications.mail import send_waiting
from notifications.routing import AT_ONCE, route
from percolators.drain import drain_pools
from records import outbox
from records.database import forget_connections

log = logging.getLogger(__name__)
app = celery()
# Threads of this process; a child of the worker begins its own.
couriers = Couriers()

# A task gives its place back after this long; the rest is found by the next wake-up or sweep. Long enough that a
# batch of imports is not chopped up, short enough that nobody waits for a place.
TURN_S = 20.0
# Longer than a far end may take to answer, or to be given up.
COURIERS_END_S = 12.0


@setup_logging.connect  # type: ignore[untyped-decorator]
def _our_logs(**_: Any) -> None:
    """Worker and beat write as the API does; Celery sets up nothing where this is connected."""
    configure()


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _fresh_connections(**_: Any) -> None:
    """Nothing that was open in the parent may be used by two processes."""
    forget_connections(after_fork=True)
    forget_engine()


@worker_process_shutdown.connect  # type: ignore[untyped-decorator]
def _messages_under_way(**_: Any) -> None:
    """Let what is being handed over be written down as such."""
    couriers.end(COURIERS_END_S)


@app.task(name=WAKE_CANDIDATES)  # type: ignore[untyped-decorator]
def drain_candidates() -> None:
    """Bring waiting candidates to the index and to their matches until none is due."""
    ends = time.monotonic() + TURN_S
    try:
        while time.monotonic() < ends and not drain_batch().nothing_due:
            pass
    except Unavailable as error:
        log.warning("Candidates wait: %s", error.detail)


@app.task(name=WAKE_POOLS)  # type: ignore[untyped-decorator]
def drain_waiting_pools() -> None:
    """Register waiting pools until none is due."""
    ends = time.monotonic() + TURN_S
    try:
        while time.monotonic() < ends and drain_pools():
            pass
    except Unavailable as error:
        log.warning("Pools wait: %s", error.detail)


@app.task(name=SWEEP)  # type: ignore[untyped-decorator]
def sweep() -> None:
    """What no wake-up brought: lost messages, killed workers, rows whose pause is over."""
    try:
        pools, candidates = outbox.is_due("pool"), outbox.is_due("candidate")
    except Unavailable as error:
        log.warning("The sweep waits: %s", error.detail)
        return
    if candidates:
        drain_candidates()
    if pools:
        drain_waiting_pools()


@app.task(name=CHECK)  # type: ignore[untyped-decorator]
def look_for_drift() -> None:
    """A turn of the check that is under way or due."""
    try:
        by_schedule()
    except Unavailable as error:
        log.warning("The check for drift waits: %s", error.detail)


@app.task(name=MAIL)  # type: ignore[untyped-decorator]
def send_mail() -> None:
    """Give waiting letters to the mail server."""
    try:
        send_waiting()
    except Unavailable as error:
        log.warning("Letters wait: %s", error.detail)


@app.task(name=DELIVER)  # type: ignore[untyped-decorator]
def deliver() -> None:
    """Give the other channels what rang, and wake those who send."""
    try:
        while route() == AT_ONCE:
            pass
        couriers.wake()
    except Unavailable as error:
        log.warning("Notices wait to be told elsewhere: %s", error.detail)


@app.task(name=REINDEX)  # type: ignore[untyped-decorator]
def reindex() -> None:
    """Go on with a reindex that nobody is at: asked for through the API, or left by a process that was killed."""
    try:
        if has_work() and advance(seconds=TURN_S) and has_work():
            waker.reindex()
    except Unavailable as error:
        log.warning("The reindex waits: %s", error.detail)


@app.task(name=TIDY)  # type: ignore[untyped-decorator]
def tidy_up() -> None:
    """Remove what was kept only for a while."""
    try:
        housekeeping.tidy()
        tidy()
    except Unavailable as error:
        log.warning("Housekeeping waits: %s", error.detail)


@app.task(name=LIST_ERASED)  # type: ignore[untyped-decorator]
def write_erasure_list() -> None:
    """Bring whoever was erased, and is not on the erasure list yet, to it."""
    try:
        list_erased()
    except Unavailable as error:
        log.warning("The erasure list waits: %s", error.detail)


@app.task(name=CLEAR_TRACES)  # type: ignore[untyped-decorator]
def clear_traces() -> None:
    """Clear what is left of the erased out of index and table files, where the last time is long enough ago."""
    try:
        clear_when_due()
    except Unavailable as error:
        log.warning("Traces of the erased wait to be cleared: %s", error.detail)
