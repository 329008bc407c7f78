"""Indexes as things: made, named by aliases, refreshed, dropped. What is in them is the mappings' affair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.client import Engine
from engine.errors import EnginePartial, EngineRefused

# A document with more distinct terms than this is matched against *every* stored query: 136 -> 5 documents a second
# with 20,000 pools at the default of 1,024, 100 a second at 32,768 (measured). A word has up to three terms, its
# stems, so this is room for a text of 10,000 different words.
MAX_CLAUSE_COUNT = 32_768

# A refresh waits for a shard that nobody holds, but after a minute it passes over it, and says so only by a number that
# also means "one copy of two is away". So we give up before that.
REFRESH_S = 50.0


def ensure_cluster_settings(engine: Engine, prefix: str) -> None:
    """The two settings that hold for the whole engine, written only where they differ.

    - max_clause_count: see above.
    - no automatic creation of our own index names: a write that arrives after an index was dropped must fail,
      not make an index with guessed types. Other people's names on a shared engine are left as they were.
    """
    current = engine.call("GET", "/_cluster/settings", flat_settings=True)
    known: dict[str, Any] = {**current.get("persistent", {}), **current.get("transient", {})}
    wanted: dict[str, str] = {}
    if int(known.get("indices.query.bool.max_clause_count", 0)) < MAX_CLAUSE_COUNT:
        wanted["indices.query.bool.max_clause_count"] = str(MAX_CLAUSE_COUNT)
    automatic = str(known.get("action.auto_create_index", "true"))
    ours = f"-{prefix}-*"
    if automatic != "false" and ours not in automatic.split(","):
        wanted["action.auto_create_index"] = f"{ours},{'+*' if automatic == 'true' else automatic}"
    if wanted:
        engine.call("PUT", "/_cluster/settings", {"persistent": wanted})


def create_index(engine: Engine, name: str, body: dict[str, Any]) -> bool:
    """Make the index; False when it was there already, which is what the slower of two processes finds."""
    try:
        engine.call("PUT", f"/{name}", body)
    except EngineRefused as refused:
        if refused.kind == "resource_already_exists_exception":
            return False
        raise
    return True


def ensure_index_settings(engine: Engine, names: Iterable[str], wanted: Mapping[str, object]) -> None:
    """Change what can be changed while an index is in use, where it differs."""
    for name in names:
        answer = engine.call("GET", f"/{name}/_settings", flat_settings=True)
        known = next(iter(answer.values()))["settings"]
        # The engine keeps every value as text.
        if any(known.get(f"index.{key}") != str(value).lower() for key, value in wanted.items()):
            engine.call("PUT", f"/{name}/_settings", {"index": dict(wanted)})


def index_aliases(engine: Engine, pattern: str) -> dict[str, frozenset[str]]:
    """Each concrete index of this name pattern with its aliases; empty when there is none."""
    answer = engine.call("GET", f"/{pattern}/_alias", expand_wildcards="open", allow_no_indices=True)
    return {name: frozenset(entry["aliases"]) for name, entry in answer.items()}


def move_aliases(engine: Engine, targets: dict[str, str], away: dict[str, str] | None = None) -> None:
    """Point each alias at its index, all in one step: a reader sees the old pair or the new pair, never a mixture.

    `away` names the index each of them must point to until then; if one points elsewhere nothing moves, so that a
    request that a hanging node carries out late cannot undo what was done since. Fine when they were moved before.
    """
    actions: list[dict[str, Any]] = []
    for alias, index in targets.items():
        # Of our own names only: on a shared engine other people's indexes come and go meanwhile.
        old = {"index": away[alias], "must_exist": True} if away else {"index": f"{alias}-*", "must_exist": False}
        actions.append({"remove": {**old, "alias": alias}})
        actions.append({"add": {"index": index, "alias": alias}})
    try:
        engine.call("POST", "/_aliases", {"actions": actions})
    except EngineRefused:
        moved = (alias in index_aliases(engine, index).get(index, ()) for alias, index in targets.items())
        if not away or not all(moved):
            raise


def drop_index(engine: Engine, name: str) -> None:
    """Remove the index; fine when it is gone already."""
    engine.call("DELETE", f"/{name}", ignore_unavailable=True)


def refresh(engine: Engine, index: str) -> None:
    """Make what was written so far visible to searches, on every copy that may be asked.

    Raises EnginePartial when some copy did not: it would go on answering as before.
    """
    answer = engine.call("POST", f"/{index}/_refresh", request_timeout=min(engine.timeout_s, REFRESH_S))
    shards = answer["_shards"]
    if shards["failed"] or (shards["total"] and not shards["successful"]):
        raise EnginePartial(
            f"The search engine made new documents visible only on {shards['successful']} of {shards['total']} copies."
        )


def index_body(engine: Engine, name: str) -> dict[str, Any]:
    """The mappings and the settings of one index (or of the one behind an alias), as the engine has them."""
    (found,) = engine.call("GET", f"/{name}").values()
    return {"mappings": found["mappings"], "settings": found["settings"]["index"]}


def mapped_properties(engine: Engine, name: str) -> dict[str, Any]:
    """The `properties` of an index' mapping, by field."""
    (found,) = engine.call("GET", f"/{name}/_mapping").values()
    properties: dict[str, Any] = found["mappings"].get("properties", {})
    return properties


def change_settings(engine: Engine, name: str, settings: dict[str, Any]) -> None:
    """Change settings that may be changed while the index is used; None takes one back to its default."""
    engine.call("PUT", f"/{name}/_settings", {"index": settings})


def document_count(engine: Engine, name: str) -> int:
    """How many documents a search could find, tombstones included."""
    return int(engine.call("POST", f"/{name}/_count")["count"])


def is_settled(engine: Engine, name: str) -> bool:
    """Whether every copy of the index is where it belongs, and no merge is under way."""
    health = engine.call("GET", f"/_cluster/health/{name}")
    if health["status"] == "red" or health["initializing_shards"] or health["relocating_shards"]:
        return False
    stats = engine.call("GET", f"/{name}/_stats/merge", filter_path="_all.total.merges.current")
    return not stats["_all"]["total"]["merges"]["current"]


def searches_so_far(engine: Engine, name: str) -> int:
    """How many searches an index has answered since its node started, by its own count."""
    stats = engine.call("GET", f"/{name}/_stats/search", filter_path="_all.total.search.query_total")
    return int(stats["_all"]["total"]["search"]["query_total"])
