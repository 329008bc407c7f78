"""The fifth step: is the new pair what PostgreSQL says, and does it answer as the old one? Only then it is swapped in.

What merely waits in the outbox is no difference. So whatever looks wrong is looked at again, alone, before it counts.
"""

from __future__ import annotations

from indexer.reindex.finds import Finds
from indexer.reindex.turn import Turn
from indexer.reindex.verifying.duel import duel
from indexer.reindex.verifying.people import compare_people
from indexer.reindex.verifying.pools import compare_pools

__all__ = ["verify"]


def verify(turn: Turn) -> None:
    """Compare everything, turn after turn; then go on to the swap, or stop with sentences saying what is wrong."""
    finds = Finds.of(turn.job)
    if not (compare_people(turn, finds) and compare_pools(turn, finds)):
        return
    if not finds.wrong:
        duel(turn, finds)
    stops = [*finds.wrong, *([] if turn.job.accept_differences else finds.different)]
    if not stops:
        turn.go_to("swapping", findings=finds.as_json())
        return
    how_many = (
        f"Verification found {finds.count} things that are wrong" if finds.wrong else "Searches are answered otherwise"
    )
    what_to_do = (
        "Mend it (micropools check --repair) and go on (micropools reindex), or give up (micropools reindex --abandon)."
        if finds.wrong
        else "If that is meant, go on with: micropools reindex --accept-differences"
    )
    turn.save(state="failed", findings=finds.as_json(), error=f"{how_many}: {stops[0]} {what_to_do}")
