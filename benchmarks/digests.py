"""`digests_per_s`, `queries_per_digest`: daily digests composed, handed to a mail server and written down as sent.

The product's own worker is held still meanwhile, and its sender run in a process of its own whose statements are
counted: `python -m benchmarks.digests`, with the product's environment, sends what is due and says how that went.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import psutil
from sqlalchemy import event, text

from benchmarks.crowd import add, candidate, pools_of_topics
from benchmarks.far_ends import FarEnds
from benchmarks.instant import bare
from benchmarks.post_to_bell import Sender
from benchmarks.product import SETTLE_S, Product, settle
from embedded import running
from embedded.process import descendants
from notifications.courier import send_due
from records.database import database, session, statement
from records.repositories import deliveries

NAME = "digest"
# Each reader tracks some of the pools, into each of which so many people come.
POOLS, TRACKED, PEOPLE = 30, 3, 2
# Beside the whole, to see that queries do not become more with it.
FEW = 100

_UNROUTED = text("SELECT count(*) FROM notifications WHERE rung > routed_seq")
_WAITING = text("SELECT count(*) FROM deliveries WHERE state = 'waiting' AND rhythm = 'daily'")
_DUE = text(
    "UPDATE deliveries SET due_at = clock_timestamp() WHERE id IN"
    " (SELECT id FROM deliveries WHERE state = 'waiting' AND rhythm = 'daily' LIMIT :limit)"
)


def measure(product: Product, far: FarEnds, first: int, digests: int, step: Callable[[int], None]) -> dict[str, Any]:
    """The keys of the report, and how many digests never came."""
    few = min(FEW, digests)
    pools = pools_of_topics(product, NAME, POOLS, step)
    tracked = [[pools[(at + more) % POOLS] for more in range(TRACKED)] for at in range(few + digests)]
    add(far, first, tracked, lambda _: ("email", "daily"))
    sender = Sender(product)
    for at in range(POOLS * PEOPLE):
        sender.post(orjson.dumps(candidate(NAME, at % POOLS)))
    settle("candidate")
    _await_routed(few + digests)
    before = len(far.box.letters)
    with _held(product):
        small = _sent(product, few)
        whole = _sent(product, digests)
    arrived = {who for who, _ in far.arrived("email")[before:] if who >= first}
    floor = bare(far)
    rate = round(whole["handed"] / whole["seconds"], 1)
    return {
        "digests_per_s": rate,
        "queries_per_digest": round(whole["statements"] / whole["handed"], 2),
        "digests": {
            "digests": whole["handed"],
            "queries_per_digest_at": {
                str(small["handed"]): round(small["statements"] / small["handed"], 2),
                str(whole["handed"]): round(whole["statements"] / whole["handed"], 2),
            },
            "seconds": round(whole["seconds"], 1),
            "twice": len(far.box.letters) - before - len(arrived),
            "smtp_floor_per_s": round(len(floor) / sum(floor), 1),
            "ratio": round(rate * sum(floor) / len(floor), 2),
        },
        "digests_lost": few + digests - len(arrived),
    }


def _await_routed(wanted: int) -> None:
    """Until everything that rang is in a delivery."""
    ends = time.monotonic() + SETTLE_S
    while True:
        with session() as db:
            left, waiting = db.scalar(_UNROUTED), db.scalar(_WAITING)
        if not left and waiting == wanted:
            return
        if time.monotonic() > ends:
            raise RuntimeError(f"{waiting} of {wanted} digests wait, {left} notices are in none.")
        time.sleep(0.2)


@contextmanager
def _held(product: Product) -> Iterator[None]:
    """The worker stands still, and not in the middle of sending."""
    (pid,) = [each.pid for each in running.processes(product.home) if each.name == "worker"]
    worker = [psutil.Process(pid), *descendants(pid)]
    ends = time.monotonic() + SETTLE_S
    try:
        while True:
            for each in worker:
                each.suspend()
            with deliveries.turn("email") as ours:
                pass
            if ours:
                break
            if time.monotonic() > ends:
                raise RuntimeError("The worker does not stop sending.")
            for each in worker:
                each.resume()
            time.sleep(0.1)
        yield
    finally:
        for each in worker:
            each.resume()


def _sent(product: Product, digests: int) -> dict[str, Any]:
    with statement() as run:
        run.execute(_DUE, {"limit": digests})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.digests"],
        env={**os.environ, **product.urls.environment()},
        stdout=subprocess.PIPE,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    if said["handed"] != digests:
        raise RuntimeError(f"Of {digests} digests {said['handed']} were handed over.")
    return said


def main() -> None:
    """Send what is due, as a worker does, and say how many, in which time, with how many statements."""
    seen = 0

    def note(*_: Any) -> None:
        nonlocal seen
        seen += 1

    # A connection that was never used would count what the driver asks at first.
    deliveries.is_due("email")
    event.listen(database(), "before_cursor_execute", note)
    begun, handed = time.perf_counter(), 0
    while now := send_due("email"):
        handed += now
    print(json.dumps({"handed": handed, "seconds": time.perf_counter() - begun, "statements": seen}))


if __name__ == "__main__":
    main()
