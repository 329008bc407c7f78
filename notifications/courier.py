"""Deliveries leave: one sender at a time for each channel, each message asked about once more before it goes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from core.errors import Unavailable
from notifications import webhook_courier
from notifications.channels import CARRIERS, Line
from notifications.events import Channel
from notifications.hours import welcome_from
from notifications.message import Composed, Message, compose
from notifications.outcome import Later, Refused, Sent
from records.database import session
from records.repositories import deliveries, webhooks

log = logging.getLogger(__name__)

# Composed together: few enough that a message which is asked about is sent within moments.
AT_ONCE = 20
# A sender gives its turn back after this long; the next sweep goes on.
TURN_S = 20.0


def send_due(channel: Channel) -> int:
    """Send what is due on a channel, unless another process is at it; returns how many messages were handed over."""
    return _turn(channel)[0]


def _turn(channel: Channel) -> tuple[int, bool]:
    """The same, and whether it was our turn and the far end answers: then there may be more to send."""
    handed, ends, answered = 0, time.monotonic() + TURN_S, False
    with deliveries.turn(channel) as mine:
        if not mine or deliveries.paused(channel) is not None:
            return 0, False
        while time.monotonic() < ends:
            claimed = deliveries.claim(channel, AT_ONCE)
            if not claimed:
                break
            composed = compose(claimed)
            with CARRIERS[channel].opened() as line:
                while composed:
                    one = composed.pop(0)
                    outcome = _handled(one, line)
                    handed += isinstance(outcome, Sent)
                    if isinstance(outcome, Later) and outcome.for_all:
                        deliveries.pause(channel, outcome.reason, outcome.after_s)
                        rest = [each.claimed.id for each in composed]
                        deliveries.postponed(rest, datetime.now(UTC), outcome.reason)
                        return handed, False
                    if outcome is not None and not answered:
                        deliveries.goes_on(channel)
                        answered = True
    return handed, True


def _handled(composed: Composed, line: Line) -> Sent | Later | Refused | None:
    claimed, message = composed.claimed, composed.message
    if message is None:
        deliveries.withdrawn(claimed.id, "nothing_left")
        return None
    now = datetime.now(UTC)
    welcome = welcome_from(composed.wishes.hours, now)
    # A digest comes at the hour that was asked for, quiet or not.
    if message.rhythm == "instant" and welcome > now:
        deliveries.postponed([claimed.id], welcome, "quiet_hours")
        return None
    outcome = line.send(message)
    _ended(message, outcome)
    return outcome


def _ended(message: Message, outcome: Sent | Later | Refused) -> None:
    if isinstance(outcome, Sent):
        deliveries.sent(message.id, message.people, outcome.reference)
        return
    log.warning("Message %s by %s: %s.", message.id, message.channel, outcome.reason)
    if isinstance(outcome, Later):
        deliveries.later(message.id, outcome.reason, outcome.said, outcome.after_s)
        return
    deliveries.failed(message.id, outcome.reason, outcome.said)
    if outcome.unreachable:
        with session() as db:
            deliveries.unreachable(db, message.reader.id, message.channel, outcome.reason, outcome.said)
            db.commit()


def _has_more(channel: Channel) -> bool:
    return _turn(channel)[1]


# A turn of each thread, which tells whether there may be more, and whether there is.
_WAYS: Mapping[str, tuple[Callable[[], bool], Callable[[], bool]]] = {
    **{channel: (partial(_has_more, channel), partial(deliveries.is_due, channel)) for channel in CARRIERS},
    "webhooks": (lambda: webhook_courier.send_due() > 0, webhooks.is_due),
}


class Couriers:
    """A thread for each channel and one for webhooks, so that a far end that hangs holds up only its own messages."""

    def __init__(self) -> None:
        self._woken = {way: threading.Event() for way in _WAYS}
        self._threads: dict[str, threading.Thread] = {}
        self._ending = threading.Event()
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Have each of them look for what is due."""
        with self._lock:
            for way, woken in self._woken.items():
                woken.set()
                thread = self._threads.get(way)
                if thread is None or not thread.is_alive():
                    self._threads[way] = threading.Thread(
                        target=self._run, args=(way,), name=f"courier-{way}", daemon=True
                    )
                    self._threads[way].start()

    def end(self, patience_s: float) -> None:
        """Begin nothing new, and wait for what is under way: whatever is cut off would be sent twice."""
        self._ending.set()
        for woken in self._woken.values():
            woken.set()
        ends = time.monotonic() + patience_s
        for thread in list(self._threads.values()):
            thread.join(max(0.0, ends - time.monotonic()))

    def _run(self, way: str) -> None:
        woken = self._woken[way]
        turn, is_due = _WAYS[way]
        while not self._ending.is_set():
            woken.wait()
            woken.clear()
            try:
                # Whoever was woken meanwhile and found it our turn relies on our looking once more after it.
                while not self._ending.is_set() and turn() and is_due():
                    pass
            except Unavailable as error:
                log.warning("Messages by %s wait: %s", way, error.detail)
            except Exception:
                # The thread is all there is; what went wrong is due again when its lease is over.
                log.exception("Messages by %s wait", way)
