"""`instant_ms`: from sending the POST of a candidate until a mail server, push service or Slack has the message that
tells of them, while candidates come at a steady rate.
"""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.crowd import add, candidate, pools_of_topics
from benchmarks.far_ends import FarEnds
from benchmarks.post_to_bell import Sender
from benchmarks.product import Product
from benchmarks.quantiles import milliseconds
from notifications.events import CHANNELS

NAME = "instant"
# Enough that a slow answer holds up nobody who is due.
LANES = 8
PATIENCE_S = 60.0
_BARE = 100


def measure(
    product: Product, far: FarEnds, first: int, messages: int, per_s: float, warm: int, step: Callable[[int], None]
) -> dict[str, Any]:
    """The keys of the report, and how many messages never came. Each candidate makes one message on one channel, by
    turns; the first `warm` are not counted among the times, and the rest waits until all of them have come.
    """
    pools = pools_of_topics(product, NAME, messages, step)
    add(far, first, [[pool] for pool in pools], lambda number: (CHANNELS[number % len(CHANNELS)], "instant"))
    begun, answered, behind = [0.0] * messages, [0.0] * messages, [0.0] * messages

    def send(lane: int, numbers: range, start: float) -> None:
        sender = Sender(product)
        for at in numbers[lane::LANES]:
            due = start + (at - numbers[0]) / per_s
            time.sleep(max(0.0, due - time.perf_counter()))
            begun[at] = time.perf_counter()
            behind[at] = begun[at] - due
            sender.post(orjson.dumps(candidate(NAME, at)))
            answered[at] = time.perf_counter()

    arrived: dict[str, dict[int, float]] = {}
    for numbers in (range(warm), range(warm, messages)):
        start = time.perf_counter() + 0.5
        lanes = [threading.Thread(target=send, args=(lane, numbers, start)) for lane in range(LANES)]
        for each in lanes:
            each.start()
        for each in lanes:
            each.join()
        arrived = _await(far, first, numbers.stop, step)
    took: dict[str, list[float]] = {channel: [] for channel in CHANNELS}
    for channel in CHANNELS:
        took[channel] = [at - begun[who - first] for who, at in arrived[channel].items() if who - first >= warm]
    every = [each for some in took.values() for each in some]
    early = [at - begun[who - first] for some in arrived.values() for who, at in some.items() if who - first < warm]
    return {
        "instant_ms": milliseconds(every, 50, 95),
        "instant": {
            **{channel: milliseconds(some, 50, 95) for channel, some in took.items() if some},
            # The first ones, when nothing was planned or connected yet.
            "first_ms": milliseconds(early, 50, 95),
            "messages": messages - warm,
            "per_s": round((messages - warm - 1) / (max(begun) - begun[warm]), 1),
            "twice": sum(len(far.arrived(channel)) for channel in CHANNELS) - sum(map(len, arrived.values())),
            "late_ms": milliseconds(behind[warm:], 95),
        },
        "post_answered_ms": milliseconds([a - b for a, b in zip(answered[warm:], begun[warm:], strict=True)], 50, 95),
        "smtp_floor_ms": milliseconds(bare(far), 50, 95),
        "instant_lost": messages - sum(map(len, arrived.values())),
    }


def bare(far: FarEnds, times: int = _BARE) -> list[float]:
    """How long a letter takes that is written already, over a connection that is open: the first one that came."""
    letter = far.box.letters[0]
    taken = []
    kept, at = len(far.box.letters), far.box.url.rpartition(":")
    with smtplib.SMTP(at[0], int(at[2]), timeout=10) as line:
        for _ in range(times):
            begun = time.perf_counter()
            line.send_message(letter, to_addrs=["nobody0@example.com"])
            taken.append(time.perf_counter() - begun)
    # They were no messages of the product's.
    del far.box.letters[kept:], far.box.recipients[kept:]
    del far.box.letters.at[kept:]  # type: ignore[attr-defined]
    return taken


def _await(far: FarEnds, first: int, messages: int, step: Callable[[int], None]) -> dict[str, dict[int, float]]:
    """When each reader's message had come, by channel; one that came twice counts as it came first."""
    ends = time.monotonic() + PATIENCE_S
    while True:
        arrived: dict[str, dict[int, float]] = {channel: {} for channel in CHANNELS}
        for channel in CHANNELS:
            for who, at in far.arrived(channel):
                if first <= who < first + messages:
                    arrived[channel].setdefault(who, at)
        there = sum(map(len, arrived.values()))
        step(there)
        if there >= messages or time.monotonic() > ends:
            return arrived
        time.sleep(0.2)
