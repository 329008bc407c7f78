"""`python -m benchmarks.soak [--minutes 60] [--json]`: a mixed load at 70% of what this machine bears, for long.

Capacity is measured first, by more and more clients for a few seconds each; a step counts while the work it left
behind is done within seconds. Then the load runs, and by the minute the latency (from when a request was due) and the
memory of every process are written down. `slopes` are straight lines through these, per hour. At the end all is
awaited, the index compared with the database, and every person, match and notice accounted for. Status 1 where anything
is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from typing import Any

import psutil
from rich.console import Console

from benchmarks.quantiles import quantile
from core.settings import settings
from engine.process import forget_engine
from indexer.check import check
from records.database import forget_connections

try:
    from benchmarks.mixed import Done, Load, World, account
    from tests.crash.product import PREFIX, PROCESSES, Product
    from tests.crash.stage import Stage
    from tests.crash.strikes import below
except ModuleNotFoundError as error:
    sys.exit(f"This benchmark runs from a checkout, where the crash tests are ({error}).")

SHARE_OF_CAPACITY = 0.7
STEPS = (1, 2, 4, 8, 12)
STEP_S = 15.0
# A step is borne when what it left waiting is gone within this.
BORNE_S = 5.0
# More than enough connections for the rate: a slow answer must not hold back the next request.
CLIENTS = 24


def capacity(stage: Stage, world: World, step_s: float, say: Any) -> tuple[float, list[dict[str, float]]]:
    """Requests a second that the product bears, and how the steps went."""
    steps: list[dict[str, float]] = []
    best = 0.0
    for clients in STEPS:
        done: list[Done] = []
        Load(stage, world, clients).run(clients, step_s, done.append)
        waited = time.monotonic()
        stage.await_quiet(timeout_s=600)
        behind = time.monotonic() - waited
        # What was still to be done is part of what it took.
        rate = len(done) / (step_s + max(0.0, behind - 1.0))
        steps.append({"clients": clients, "per_s": round(rate, 1), "behind_s": round(behind, 1)})
        say(f"{clients} clients: {rate:.0f} requests/s, {behind:.1f} s behind")
        if rate <= best or behind > BORNE_S:
            best = max(best, rate)
            break
        best = rate
    return best, steps


def memory_mb(product: Product) -> dict[str, float]:
    """The memory of each process of the product with all its children, in MiB."""
    sizes = {}
    for name in PROCESSES:
        process = product.process(name)
        total = 0
        for each in [process, *below(process)] if process else []:
            try:
                # Of PostgreSQL's children only what is their own: the shared buffers would be counted in each.
                info = each.memory_info()
                total += info.rss - (getattr(info, "shared", 0) if name == "postgres" and each is not process else 0)
            except psutil.NoSuchProcess:
                continue
        sizes[name] = round(total / 2**20, 1)
    return sizes


def slope_per_hour(values: list[float], minute_s: float) -> float:
    """The straight line through values of consecutive windows of this length, per hour."""
    if len(values) < 2:
        return 0.0
    middle, mean = (len(values) - 1) / 2, sum(values) / len(values)
    over = sum((at - middle) * (value - mean) for at, value in enumerate(values))
    return round(3_600 / minute_s * over / sum((at - middle) ** 2 for at in range(len(values))), 2)


def window_s(minutes: float) -> float:
    """A minute; in a short run a quarter of it, so that there is a line to be drawn."""
    return min(60.0, minutes * 60 / 4)


def soak(stage: Stage, world: World, per_s: float, minutes: float, say: Any) -> list[dict[str, Any]]:
    """The load at this rate; a row for each minute."""
    lock = threading.Lock()
    window: list[Done] = []

    def keep(done: Done) -> None:
        with lock:
            window.append(done)

    rows: list[dict[str, Any]] = []
    running = threading.Thread(target=Load(stage, world).run, args=(CLIENTS, minutes * 60, keep, per_s))
    running.start()
    begun, minute = time.monotonic(), window_s(minutes)
    while running.is_alive():
        running.join(max(0.0, begun + minute * (len(rows) + 1) - time.monotonic()))
        with lock:
            done, window[:] = list(window), []
        # What is left after the last whole minute is too little to be one.
        if time.monotonic() < begun + minute * (len(rows) + 0.9):
            continue
        kinds = {each.kind for each in done}
        p95 = {kind: round(1_000 * quantile([d.seconds for d in done if d.kind == kind], 0.95), 1) for kind in kinds}
        rows.append(
            {
                "requests": len(done),
                "failed": sum(not each.well for each in done),
                "p95_ms": p95,
                "waiting": stage.waiting(),
                "memory_mb": memory_mb(stage.product),
            }
        )
        say(f"minute {len(rows)}: {rows[-1]}")
    running.join()
    return rows


def drift_of(product: Product) -> int:
    """What the checker finds in the product's own database and indexes."""
    os.environ.update(product.urls.environment(), INDEX_PREFIX=PREFIX)
    settings.cache_clear()
    try:
        return check().drift
    finally:
        forget_connections()
        forget_engine()


def main() -> None:
    """Load, account, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--step", type=float, default=STEP_S, help="seconds of each step of the ramp")
    given = parser.parse_args()
    err = Console(stderr=True)

    def say(sentence: str) -> None:
        err.print(sentence, highlight=False, markup=False)

    with Product() as product, Stage(product) as stage:
        world = World()
        most, steps = capacity(stage, world, given.step, say)
        rows = soak(stage, world, most * SHARE_OF_CAPACITY, given.minutes, say)
        quiet = stage.await_quiet(timeout_s=600)
        lost = account(stage, world) + ([] if quiet else [f"{stage.waiting()} rows still wait"])
        drift = drift_of(product)
    kinds = sorted({kind for row in rows for kind in row["p95_ms"]})
    # The first minute warms up.
    settled, window = rows[1:] or rows, window_s(given.minutes)
    report = {
        "capacity_per_s": round(most, 1),
        "load_per_s": round(most * SHARE_OF_CAPACITY, 1),
        "ramp": steps,
        "minutes": len(rows),
        "requests": sum(row["requests"] for row in rows),
        "failed": sum(row["failed"] for row in rows),
        "people": len(world.people),
        "lost": lost,
        "drift": drift,
        "slopes": {
            "p95_ms_per_hour": {
                kind: slope_per_hour([r["p95_ms"].get(kind, 0.0) for r in settled], window) for kind in kinds
            },
            "memory_mb_per_hour": {
                name: slope_per_hour([row["memory_mb"][name] for row in settled], window) for name in PROCESSES
            },
        },
        "by_minute": rows,
    }
    print(json.dumps(report) if given.json else table(report))
    if lost or drift:
        sys.exit(1)


def table(report: dict[str, Any]) -> str:
    """For people: the minutes, and the summary after them."""
    lines = ["minute  requests  failed  search p95  create p95  " + "  ".join(f"{name:>10}" for name in PROCESSES)]
    for at, row in enumerate(report["by_minute"], 1):
        p95 = row["p95_ms"]
        lines.append(
            f"{at:>6}  {row['requests']:>8}  {row['failed']:>6}  {p95.get('search', 0):>7} ms  "
            f"{p95.get('create', 0):>7} ms  " + "  ".join(f"{row['memory_mb'][name]:>7} MB" for name in PROCESSES)
        )
    summary = {name: value for name, value in report.items() if name != "by_minute"}
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in summary.items())])


if __name__ == "__main__":
    main()
