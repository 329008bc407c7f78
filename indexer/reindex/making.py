"""The first step: names, empty indexes, and from its commit on every write reaches them, too."""

from __future__ import annotations

import copy
from typing import Any

from core.settings import settings
from engine.indexes import create_index, index_body
from engine.process import engine
from indexer.reindex.difference import differences
from indexer.reindex.pace import idle_ms
from indexer.reindex.turn import Turn
from mappings.indexes import mapping_version
from mappings.installed import bodies, fields_of, next_number, our_indexes, serving
from mappings.names import KINDS, IndexName
from records.repositories import filling, indexes, reindexing

# While nobody searches an index and a million documents come, refreshing and copying it would be most of the work.
WHILE_FILLING: dict[str, Any] = {"refresh_interval": "-1", "auto_expand_replicas": "false", "number_of_replicas": 0}


def make(turn: Turn) -> None:
    """Choose the names, measure how quick searches are now, make the indexes, have them written."""
    if turn.job.new_candidates is None:
        _choose_names(turn)
    for kind, name in zip(KINDS, turn.new, strict=True):
        body = copy.deepcopy(bodies()[kind])
        body["settings"]["index"].update(WHILE_FILLING)
        # Where it is there already, this step was begun before.
        create_index(engine(), name, body)
    people, pools = filling.how_many(turn.db)
    for kind, name in zip(KINDS, turn.new, strict=True):
        indexes.add_live(turn.db, kind, name, fields_of(engine(), name))
    turn.go_to("filling", people_total=people, pools_total=pools, reads_differently=_reads_differently(turn))


def _choose_names(turn: Turn) -> None:
    prefix, version = settings().index_prefix, mapping_version()
    serves = serving(engine(), prefix)
    # A name that was ever used might still be written by somebody who read the list of live indexes before.
    used = {name for kind in KINDS for name in our_indexes(engine(), prefix, kind)}
    n = next_number(used | reindexing.names_ever_used(turn.db))
    names = [str(IndexName(prefix, kind, version, n)) for kind in KINDS]
    turn.save(
        old_candidates=serves.candidates,
        old_pools=serves.pools,
        new_candidates=names[0],
        new_pools=names[1],
        idle_ms=idle_ms(),
    )


def _reads_differently(turn: Turn) -> bool:
    """Whether texts are read, or questions answered, in another way than before; the number of shards, say, is not."""
    return any(
        change.place.startswith(("mappings.", "settings.analysis."))
        for old, new in zip(turn.old, turn.new, strict=True)
        for change in differences(index_body(engine(), old), index_body(engine(), new))
    )
