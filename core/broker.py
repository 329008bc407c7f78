"""The Celery application, without tasks: what a process needs to wake a worker. `worker.app` adds the tasks.

Messages are wake-ups only (the truth is the outbox), so a message that is lost with its worker is not missed: the
sweep looks every second. That is why tasks are acknowledged early and nothing is ever redelivered.
"""

from __future__ import annotations

from functools import lru_cache

from celery import Celery

from core.settings import settings

WAKE_CANDIDATES = "micropools.drain_candidates"
WAKE_POOLS = "micropools.drain_pools"
SWEEP = "micropools.sweep"
MAIL = "micropools.mail"
DELIVER = "micropools.deliver"
TIDY = "micropools.tidy"
REINDEX = "micropools.reindex"
CHECK = "micropools.check"
LIST_ERASED = "micropools.list_erased"
CLEAR_TRACES = "micropools.clear_traces"

# A message that waited longer has been overtaken many times. Celery compares the sender's clock with the worker's, so
# this is also how far the clocks of two machines may differ before a worker throws away everything it is sent.
EXPIRES_S = 60


@lru_cache(maxsize=1)
def celery() -> Celery:
    """The application of this process, connected to the broker on first use."""
    sends_mail = settings().sends_mail
    app = Celery("micropools", broker=settings().redis_url)
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        # A registration of thousands of pools with a full back-fill is the longest task; past this it hangs.
        task_time_limit=900,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A broker that is down must not hold up whoever wakes: the sweep comes anyway.
        broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2, "max_retries": 0},
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        task_send_sent_event=False,
        # By name, since it stands above us: of several beats one is the clock.
        beat_scheduler="worker.beat:OneClock",
        beat_schedule={
            "sweep": {"task": SWEEP, "schedule": 1.0, "options": {"expires": EXPIRES_S}},
            **({"mail": {"task": MAIL, "schedule": 1.0, "options": {"expires": EXPIRES_S}}} if sends_mail else {}),
            # What is due by the clock, and what no wake-up brought.
            "deliver": {"task": DELIVER, "schedule": 1.0, "options": {"expires": EXPIRES_S}},
            # Finds a job whose process was killed; one question to the database where there is none.
            "reindex": {"task": REINDEX, "schedule": 5.0, "options": {"expires": EXPIRES_S}},
            # Whether a share is due is decided in PostgreSQL; a check that was cut off goes on within this time.
            "check": {"task": CHECK, "schedule": 10.0, "options": {"expires": EXPIRES_S}},
            "tidy": {"task": TIDY, "schedule": 600.0, "options": {"expires": 300}},
            # The process that erased somebody writes the list by itself; this finds what it could not.
            "list_erased": {"task": LIST_ERASED, "schedule": 10.0, "options": {"expires": EXPIRES_S}},
            # Often, because it does nothing unless something waits and the last time is long enough ago.
            "clear_traces": {"task": CLEAR_TRACES, "schedule": 600.0, "options": {"expires": 300}},
        },
        timezone="UTC",
    )
    return app
