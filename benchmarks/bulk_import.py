"""`import_per_s`: people through the API's bulk path, from the first request until every match is stored.

The first people are imported before and not measured: a JVM takes ten times as long for its first documents as after
fifteen thousand, and what it is compared with (benchmarks/ceiling.py) runs later on the same one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import psycopg

from benchmarks.product import AT_ONCE, Product, settle
from records.models import Role
from sample.profiles import CandidatePayload

# Requests under way at once: while one is parsed here, another is written there.
SENDERS = 2


def measure(
    product: Product, people: Sequence[CandidatePayload], warm: int, step: Callable[[int], None]
) -> dict[str, Any]:
    """The keys of the report; the first `warm` people are not counted."""
    bring_in(product, people[:warm], step)
    before = stored_matches(product.urls.database_url)
    counted = people[warm:]
    accepted, seconds = bring_in(product, counted, lambda sent: step(warm + sent))
    matches = stored_matches(product.urls.database_url) - before
    return {
        "import_per_s": round(len(counted) / seconds, 1),
        "import_accepted_per_s": round(len(counted) / accepted, 1),
        "import_candidates": len(counted),
        "import_matches_per_candidate": round(matches / len(counted), 2),
    }


def bring_in(product: Product, people: Sequence[CandidatePayload], step: Callable[[int], None]) -> tuple[float, float]:
    """Import them as one batch: after how many seconds all were accepted, and every match was stored."""
    api = product.api(Role.ADMINISTRATOR)
    more = {"name": "Benchmark", "notices": "summary", "new_tags": True}
    batches = [list(people[start : start + AT_ONCE]) for start in range(0, len(people), AT_ONCE)]
    begun = time.perf_counter()
    first = api.call("POST", "/v1/candidates/bulk", {"candidates": batches[0], **more})
    check(first, len(batches[0]))

    def send(rows: list[CandidatePayload]) -> int:
        body = {"candidates": rows, "batch": {"id": first["id"]}, **more}
        check(api.call("POST", "/v1/candidates/bulk", body), len(rows))
        return len(rows)

    sent = len(batches[0])
    with ThreadPoolExecutor(SENDERS) as senders:
        for added in senders.map(send, islice(batches, 1, None)):
            sent += added
            step(sent)
    accepted = time.perf_counter() - begun
    settle("candidate")
    return accepted, time.perf_counter() - begun


def check(receipt: dict[str, Any], rows: int) -> None:
    """All rows were taken."""
    if receipt["created"] != rows:
        raise RuntimeError(f"{rows - receipt['created']} people were left out: {receipt['problems'][:3]}")


def stored_matches(database_url: str) -> int:
    """How many people are in how many pools."""
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT count(*) FROM matches WHERE left_at IS NULL").fetchone()
    return int(row[0]) if row else 0
