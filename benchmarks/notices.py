"""`python -m benchmarks.notices [--json] [--quick]`: the figures of notices elsewhere than on the bell, and of
bells that ring on many open pages at once.

The product is started from nothing with a mail server, a push service and a Slack of this benchmark's own, and removed.
Progress goes to standard error, the report to standard output: a table, or with --json one line. Status 1 where
anything was lost. It runs from a checkout: the servers are those of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from benchmarks import crowd, digests, fanout, instant
from benchmarks.far_ends import opened
from benchmarks.match import Steps, table
from benchmarks.product import running

# The keys that were promised, in their order; whatever else is reported follows.
PROMISED = ("instant_ms", "digests_per_s", "queries_per_digest", "fanout_ms", "fanout_kb_per_stream", "lost")


@dataclass(frozen=True)
class Plan:
    """How much is measured: messages at once so many a second, digests, streams and how often they ring; each after
    `warm` uncounted.
    """

    messages: int = 1_300
    per_s: float = 20
    digests: int = 10_000
    streams: int = 500
    rings: int = 20
    warm: int = 100


# Finds out whether everything works, not how fast it is.
QUICK = Plan(messages=12, per_s=20, digests=20, streams=10, rings=2, warm=1)


def measure(plan: Plan, steps: Steps) -> dict[str, Any]:
    """Everything, in one run on one product."""
    begun = time.monotonic()
    steps.begin("starting the product, and where messages arrive")
    with opened() as far, running(steps.say) as product:
        crowd.connect()
        steps.begin("messages at once", plan.messages)
        report = instant.measure(product, far, 0, plan.messages, plan.per_s, plan.warm, steps.at)
        warm = min(plan.warm, plan.rings)
        steps.begin("rings on open streams", warm + plan.rings)
        first = plan.messages
        report |= fanout.measure(product, far, first, plan.streams, plan.rings, warm, steps.at)
        steps.begin("digests")
        report |= digests.measure(product, far, first + plan.streams, plan.digests, steps.at)
        wrong = far.workspace.wrong
    if wrong:
        raise RuntimeError(f"{len(wrong)} messages to Slack were not well-formed, the first: {wrong[0]}")
    lost = {name: report.pop(f"{name}_lost") for name in ("instant", "fanout", "digests")}
    report |= {"lost": sum(lost.values()), "lost_of": lost}
    report |= {"cores": len(os.sched_getaffinity(0)), "seconds": round(time.monotonic() - begun, 1)}
    return {**{name: report[name] for name in PROMISED}, **report}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notices", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--quick", action="store_true", help="a small run that shows that everything works")
    given = parser.parse_args()
    # Whoever ends this run early must not find the product still running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    steps = Steps(verbose=False)
    with steps.bar:
        report = measure(QUICK if given.quick else Plan(), steps)
    if given.json:
        print(json.dumps(report))
    else:
        Console().print(table(report))
    if report["lost"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
