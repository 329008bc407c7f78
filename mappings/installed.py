"""Which indexes are there, and making the first ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.client import Engine
from engine.indexes import (
    create_index,
    ensure_cluster_settings,
    ensure_index_settings,
    index_aliases,
    move_aliases,
)
from mappings.indexes import MAPPING_VERSION, candidate_index, copies, pool_index
from mappings.names import IndexName, Kind, alias


@dataclass(frozen=True, slots=True)
class LiveIndexes:
    """Every concrete index that must be written: those behind the aliases, and those being filled or kept."""

    candidates: tuple[str, ...]
    pools: tuple[str, ...]


def ensure_indexes(engine: Engine, prefix: str) -> LiveIndexes:
    """Make what is missing. Any number of processes may do this at once: they all make the same names.

    Indexes with another mapping than this code's cannot be written by it: new ones take their place, empty.
    """
    ensure_cluster_settings(engine, prefix)
    missing: dict[str, str] = {}
    bodies: dict[Kind, dict[str, Any]] = {"candidates": candidate_index(), "pools": pool_index()}
    for kind, body in bodies.items():
        if not any(IndexName.parse(name).version == MAPPING_VERSION for name in _behind_alias(engine, prefix, kind)):
            first = str(IndexName(prefix, kind, MAPPING_VERSION, 1))
            create_index(engine, first, body)
            missing[alias(prefix, kind)] = first
    if missing:
        move_aliases(engine, missing)
    live = live_indexes(engine, prefix)
    ensure_index_settings(engine, (*live.candidates, *live.pools), copies())
    return live


def live_indexes(engine: Engine, prefix: str) -> LiveIndexes:
    """The indexes with this code's mapping, by name: one that exists is written, one that is dropped is not."""

    def current(kind: Kind) -> tuple[str, ...]:
        return tuple(
            sorted(name for name in _ours(engine, prefix, kind) if IndexName.parse(name).version == MAPPING_VERSION)
        )

    return LiveIndexes(candidates=current("candidates"), pools=current("pools"))


def outdated_indexes(engine: Engine, prefix: str) -> tuple[str, ...]:
    """Ours with another mapping: nothing of this code writes or reads them any more."""
    kinds: tuple[Kind, ...] = ("candidates", "pools")
    names = (name for kind in kinds for name in _ours(engine, prefix, kind))
    return tuple(sorted(name for name in names if IndexName.parse(name).version != MAPPING_VERSION))


def _behind_alias(engine: Engine, prefix: str, kind: Kind) -> list[str]:
    name = alias(prefix, kind)
    return [index for index, aliases in _ours(engine, prefix, kind).items() if name in aliases]


def _ours(engine: Engine, prefix: str, kind: Kind) -> dict[str, frozenset[str]]:
    """A longer prefix can look like ours ("a" and "a-pools"), so names are parsed, not only matched."""
    found: dict[str, frozenset[str]] = {}
    for name, aliases in index_aliases(engine, f"{alias(prefix, kind)}-*").items():
        try:
            parsed = IndexName.parse(name)
        except ValueError:
            continue
        if (parsed.prefix, parsed.kind) == (prefix, kind):
            found[name] = aliases
    return found
