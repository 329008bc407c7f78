"""Reading answers: half an answer is none."""

from __future__ import annotations

from typing import Any

from engine.errors import EnginePartial


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The same answer, once it is known that every shard gave its part in time.

    `allow_partial_search_results=false` refuses most halves already; this catches those it lets through. A shard that
    nobody holds counts as no failure: it is only missing among the successful ones, and a count knows no such option.
    """
    shards = answer.get("_shards", {})
    total = shards.get("total", 1)
    answered = shards.get("successful", total)
    if answer.get("timed_out") or shards.get("failed", 0) or answered < total or total == 0:
        raise EnginePartial(
            f"The search engine answered only in part ({answered} of {total} shards answered, "
            f"{shards.get('failed', 0)} failed{', timed out' if answer.get('timed_out') else ''})."
        )
    return answer
