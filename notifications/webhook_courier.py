"""Webhooks leave: one of each endpoint at a time, the endpoints beside each other, told what holds at that moment."""

from __future__ import annotations

import http.client
import logging
import time
from concurrent.futures import ThreadPoolExecutor

import orjson

from notifications import outside
from notifications.outcome import Later, Outcome, Refused, Sent
from notifications.retry_after import seconds_of
from notifications.webhook_signing import headers
from records.repositories import deliveries, webhooks
from records.repositories.webhooks import TEST, Taken

log = logging.getLogger(__name__)

# Endpoints that are spoken with at the same time.
AT_ONCE = 8
TURN_S = 20.0
# An endpoint that says so does not want anything more, ever (Standard Webhooks).
GONE = 410


def send_due() -> int:
    """Send what is due, unless another process is at it; returns how many deliveries were taken by their endpoints."""
    handed, ends = 0, time.monotonic() + TURN_S
    with deliveries.turn("webhooks") as mine, ThreadPoolExecutor(AT_ONCE, "webhook") as hands:
        while mine and time.monotonic() < ends:
            due = webhooks.claim(AT_ONCE)
            if not due:
                break
            handed += sum(isinstance(outcome, Sent) for outcome in hands.map(deliver, due))
    return handed


def deliver(taken: Taken) -> Outcome | None:
    """Send a delivery, and write down how that ended; None: nothing of it holds any more."""
    found = webhooks.pairings(taken)
    if not found and taken.event != TEST:
        webhooks.withdrawn(taken)
        return None
    people = [{"candidate": each.candidate, "pool": each.pool, "pool_name": each.pool_name} for each in found]
    outcome = _posted(
        taken, orjson.dumps({"type": taken.event, "timestamp": taken.created_at, "data": {"people": people}})
    )
    if isinstance(outcome, Sent):
        webhooks.sent(taken, outcome.reference or "")
        return outcome
    log.warning("Webhook %s to endpoint %s: %s.", taken.id, taken.webhook, outcome.reason)
    if taken.event == TEST:
        # Whoever asked for it looks at it now, and asks again.
        webhooks.failed(taken, outcome.reason, outcome.said)
    elif isinstance(outcome, Later):
        webhooks.later(taken, outcome.reason, outcome.said, outcome.after_s)
    else:
        webhooks.later(taken, outcome.reason, outcome.said, 0, gone=True)
    return outcome


def _posted(taken: Taken, body: bytes) -> Outcome:
    signed = headers(taken.id, int(time.time()), body, taken.secrets)
    try:
        answer = outside.post(taken.url, {**signed, "Content-Type": "application/json"}, body)
    except ValueError as error:
        # Names are given other addresses again: this may be put right there.
        return Later("address_refused", str(error))
    except (OSError, http.client.HTTPException) as error:
        return Later("server_away", type(error).__name__)
    said = f"{answer.status} {answer.said}".replace("\0", "").strip()
    if 200 <= answer.status < 300:
        return Sent(str(answer.status))
    if answer.status == GONE:
        return Refused("gone", said)
    if 300 <= answer.status < 400:
        return Later("redirected", said)
    return Later("try_later", said, seconds_of(answer.retry_after))
