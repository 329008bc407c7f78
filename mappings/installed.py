"""Which indexes are there, and making the first ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.client import Engine
from engine.indexes import (
    create_index,
    ensure_cluster_settings,
    ensure_index_settings,
    index_aliases,
    mapped_properties,
    move_aliases,
)
from mappings.indexes import candidate_index, copies, mapping_version, pool_index
from mappings.known import known_fields
from mappings.names import KINDS, IndexName, Kind, alias


@dataclass(frozen=True, slots=True)
class Serving:
    """The two indexes behind the aliases: what is searched, and what people are percolated against."""

    candidates: str
    pools: str


def bodies() -> dict[Kind, dict[str, Any]]:
    """The indexes as this code and these settings would make them."""
    return {"candidates": candidate_index(), "pools": pool_index()}


def ensure_indexes(engine: Engine, prefix: str, used: Collection[str] = ()) -> Serving:
    """Make what is missing. Any number of processes may do this at once: they all make the same names.

    `used` are names that were ever given; none of them is given again, so that an index that was lost is known from
    the empty one that takes its place. Indexes with another mapping than this code's go on serving; a reindex takes
    their place (docs/decisions/0014).
    """
    ensure_cluster_settings(engine, prefix)
    missing: dict[str, str] = {}
    for kind, body in bodies().items():
        if not behind_alias(engine, prefix, kind):
            name = str(IndexName(prefix, kind, mapping_version(), next_number(used)))
            create_index(engine, name, body)
            missing[alias(prefix, kind)] = name
    if missing:
        move_aliases(engine, missing)
    serves = serving(engine, prefix)
    # Only of what serves: one that a reindex fills has none until it is full.
    ensure_index_settings(engine, (serves.candidates, serves.pools), copies())
    return serves


def next_number(used: Collection[str]) -> int:
    """The `n` of the next indexes with this code's mapping, above those of all the names that were used."""
    return max((name.n for name in map(IndexName.parse, used) if name.version == mapping_version()), default=0) + 1


def serving(engine: Engine, prefix: str) -> Serving:
    """The indexes behind the aliases. There are some once `ensure_indexes` was called."""
    candidates, pools = (behind_alias(engine, prefix, kind)[0] for kind in KINDS)
    return Serving(candidates, pools)


def behind_alias(engine: Engine, prefix: str, kind: Kind) -> list[str]:
    """The index that serves, by itself in a list; none before the first was made."""
    name = alias(prefix, kind)
    return [index for index, aliases in our_indexes(engine, prefix, kind).items() if name in aliases]


def our_indexes(engine: Engine, prefix: str, kind: Kind) -> dict[str, frozenset[str]]:
    """Every index of ours of this kind, with its aliases.

    A longer prefix can look like ours ("a" and "a-pools"), so names are parsed, not only matched.
    """
    found: dict[str, frozenset[str]] = {}
    for name, aliases in index_aliases(engine, f"{alias(prefix, kind)}-*").items():
        try:
            parsed = IndexName.parse(name)
        except ValueError:
            continue
        if (parsed.prefix, parsed.kind) == (prefix, kind):
            found[name] = aliases
    return found


def fields_of(engine: Engine, index: str) -> dict[str, Any]:
    """The fields an index knows, asked of the engine."""
    return known_fields(mapped_properties(engine, index))


def is_outdated(name: str) -> bool:
    """Whether an index was made with another mapping than this code and these settings would make."""
    return IndexName.parse(name).version != mapping_version()
