"""The fourth step: the new indexes become ordinary ones, refreshed and copied like any other."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.indexes import change_settings, is_settled, refresh
from engine.process import engine
from indexer.reindex.making import WHILE_FILLING
from indexer.reindex.registering import forget_leftovers
from indexer.reindex.turn import FROM_THE_START, Turn
from mappings.installed import bodies
from mappings.names import KINDS
from records.repositories import indexes

# Copying and merging may go on behind a swap; for so long we wait, so that the first searches are not slow. Counted
# from when the step began, in however many turns.
MOST = timedelta(seconds=120)
LOOK_S = 0.5


def settle(turn: Turn) -> None:
    """Set back what was set for filling, wait for merges and copies, and drop what no pool asks any more."""
    for kind, name in zip(KINDS, turn.new, strict=True):
        change_settings(engine(), name, _ordinary(bodies()[kind]))
        refresh(engine(), name)
    ends = datetime.fromisoformat(turn.job.steps["settling"]) + MOST
    while datetime.now(UTC) < ends and not turn.over and not all(is_settled(engine(), name) for name in turn.new):
        turn.save()
        time.sleep(LOOK_S)
    if turn.over:
        return
    forget_leftovers(turn.new[1])
    indexes.set_whole(turn.db, turn.new)
    turn.go_to("verifying", **FROM_THE_START)


def _ordinary(body: dict[str, Any]) -> dict[str, Any]:
    """The settings that were put off; the number of copies follows from them or is the mapping's own."""
    wanted = body["settings"]["index"]
    return {name: wanted.get(name) for name in WHILE_FILLING if name in wanted or name != "number_of_replicas"}
