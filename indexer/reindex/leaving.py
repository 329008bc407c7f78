"""The last steps: indexes that are not needed any more are written no longer, then dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from core.errors import Conflict
from core.settings import settings
from engine.indexes import drop_index, move_aliases
from engine.process import engine
from indexer.reindex.swapping import by_alias, refresh_as_usual
from indexer.reindex.turn import Turn, writers_are_gone
from mappings.installed import behind_alias
from mappings.names import KINDS
from records.repositories import indexes
from records.repositories.reindexing import State

# Whoever read the list of live indexes before is waited for, so that their write does not meet a dropped index. It
# would only be repeated, so this is no matter of life and death.
WRITERS_S = 30.0


def finish(turn: Turn) -> None:
    """The old indexes go; from here on there is no way back."""
    _drop(turn, turn.old)
    _end(turn, "finished")


def drop_new(turn: Turn) -> None:
    """After a rollback: the new indexes go."""
    _drop(turn, turn.new)
    _end(turn, "rolled_back")


def abandon(turn: Turn) -> None:
    """Before any swap: the new indexes go, and nothing else ever changed."""
    if turn.job.new_candidates is not None:
        refresh_as_usual(turn.old[0])
        # A swap that was not answered may have been carried out since.
        move_aliases(engine(), by_alias(turn.old))
        _drop(turn, turn.new)
    _end(turn, "abandoned")


def _drop(turn: Turn, names: Sequence[str]) -> None:
    for kind, name in zip(KINDS, names, strict=True):
        if name in behind_alias(engine(), settings().index_prefix, kind):
            raise Conflict(f"{name} is not dropped: it is the one that serves, the alias points to it.")
    indexes.remove_live(turn.db, names)
    turn.save()
    writers_are_gone(turn.db, WRITERS_S)
    for name in names:
        drop_index(engine(), name)


def _end(turn: Turn, state: State) -> None:
    turn.go_to("ended", state=state, ended_at=datetime.now(UTC))
