"""Reading answers: half an answer is none."""

from __future__ import annotations

from typing import Any

from engine.errors import EnginePartial


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The same answer, once it is known that every shard gave its part in time.

    `allow_partial_search_results=false` refuses most halves already; this catches those it lets through.
    """
    shards = answer.get("_shards", {})
    if answer.get("timed_out") or shards.get("failed", 0) or shards.get("total", 1) == 0:
        raise EnginePartial(
            f"The search engine answered only in part ({shards.get('failed', 0)} of {shards.get('total', 0)} "
            f"shards failed{', timed out' if answer.get('timed_out') else ''})."
        )
    return answer
