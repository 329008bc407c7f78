"""Making the engine forget, on the disk too, what was overwritten or deleted.

A tombstone takes a person out of every search at once, but the old document stays in its segment until that is merged,
and may not even be merged away while a copy of the shard could still ask for the history of operations.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from engine.client import Engine

# The engine looks every 30 s which part of the history no copy claims any more; four of its looks.
LETS_GO_S = 120.0
PAUSE_S = 0.2


def expunge(engine: Engine, index: str, give_up_after_s: float) -> bool:
    """Rewrite every segment in which something was deleted until now; false if the engine was not done in time.

    False also where a copy is missing: what it may still ask for is kept for up to twelve hours (the engine's own
    default), and gone with a later call. Searches and writes go on; the engine's own limits on merging hold.
    """
    deadline = time.monotonic() + give_up_after_s
    # Usually a segment may keep a tenth of deleted documents.
    _allow_deleted_percent(engine, index, 0)
    try:
        engine.call("POST", f"/{index}/_refresh")
        engine.call("POST", f"/{index}/_flush", force=True, wait_if_ongoing=True)
        upto = {copy: seq for copy, (seq, _) in _history(engine, index).items()}
        if not _await_letting_go(engine, index, upto, min(deadline, time.monotonic() + LETS_GO_S)):
            return False
        task = engine.call("POST", f"/{index}/_forcemerge", only_expunge_deletes=True, wait_for_completion=False)[
            "task"
        ]
        while not engine.call("GET", f"/_tasks/{task}")["completed"]:
            if time.monotonic() > deadline:
                return False
            time.sleep(PAUSE_S)
        # The old files go when no searcher has them open any more, and the log of operations with the flush.
        engine.call("POST", f"/{index}/_refresh")
        engine.call("POST", f"/{index}/_flush", force=True, wait_if_ongoing=True)
        engine.call("POST", f"/{index}/_cache/clear")
    finally:
        _allow_deleted_percent(engine, index, None)
    return True


def _allow_deleted_percent(engine: Engine, index: str, percent: int | None) -> None:
    """How much of a segment may stay deleted when it is asked to be cleared of that; None is the engine's default."""
    engine.call("PUT", f"/{index}/_settings", {"index.merge.policy.expunge_deletes_allowed": percent})


def _await_letting_go(engine: Engine, index: str, upto: Mapping[str, int], deadline: float) -> bool:
    """Whether no copy claims the history up to its operation here any more."""
    while True:
        claims = _history(engine, index)
        if all(claims.get(copy, (0, 0))[1] > seq for copy, seq in upto.items()):
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE_S)


def _history(engine: Engine, index: str) -> dict[str, tuple[int, int]]:
    """By copy of a shard (index, shard and node): its last operation, and the first that somebody claims."""
    answer = engine.call("GET", f"/{index}/_stats/docs", level="shards")
    found: dict[str, tuple[int, int]] = {}
    for name, entry in answer["indices"].items():
        for shard, copies in entry["shards"].items():
            for copy in copies:
                leases = copy.get("retention_leases", {}).get("leases", [])
                last = int(copy["seq_no"]["max_seq_no"])
                first = min((int(lease["retaining_seq_no"]) for lease in leases), default=last + 1)
                found[f"{name} {shard} {copy['routing']['node']}"] = (last, first)
    return found
