"""The bodies of the two indexes, built from the one list of fields."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from core.settings import settings
from mappings.analysis import analysis
from mappings.fields import FIELDS, STORED_APART

_SETTINGS: dict[str, Any] = {
    # An acknowledged write is on the disk of every copy. The engine's default, said here because a template of
    # somebody else's on a shared engine could say otherwise.
    "translog.durability": "request",
    # New people are found by search after a second at most; percolation does not wait for it.
    "refresh_interval": "1s",
}


def copies() -> dict[str, Any]:
    """How many copies of each shard there are: settings that are changed while an index is in use."""
    given = settings().index_replicas
    if given is None:
        return {"auto_expand_replicas": "0-1"}
    return {"auto_expand_replicas": False, "number_of_replicas": given}


def candidate_index() -> dict[str, Any]:
    """Settings and mappings of the candidate index.

    People lie on shards by their id. Nothing else would be known of them when they are looked up, and any other key
    (a region, a recruiter) would make some shards larger than others and every change of it a move.
    """
    return {
        "settings": {
            "index": {
                **_SETTINGS,
                **copies(),
                "number_of_shards": settings().candidate_shards,
                # An exact list in id order is read in pages of up to this (back-fill, drift check).
                "max_result_window": 10_000,
                "analysis": analysis(settings().words_kept),
            }
        },
        "mappings": {
            "dynamic": "strict",
            "_source": {"excludes": list(STORED_APART)},
            "properties": {field.name: field.candidate for field in FIELDS if field.candidate is not None},
        },
    }


def pool_index() -> dict[str, Any]:
    """Settings and mappings of the pool index: stored queries, and the fields they ask.

    Queries lie on shards by their own id: a person is matched against all of them, so the shards share the work best
    where each has a part of every pool.
    """
    return {
        "settings": {
            "index": {
                **_SETTINGS,
                **copies(),
                "number_of_shards": settings().pool_shards,
                # Two to five segments instead of eight: each is a search of its own, and there are a thousand
                # percolations for each pool that is saved. Percolating takes 0.6 to 0.8 of the time, filling
                # 30,000 pools 7.0 s instead of 4.9 (measured).
                "merge.policy": {"segments_per_tier": 2, "max_merge_at_once": 2},
                "analysis": analysis(settings().words_kept),
            }
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                # The answer of a percolation. A number, because numeric doc values are read 1.5 to 2 times
                # faster than a keyword's (measured); it is unique among all pools.
                "generation": {"type": "long"},
                # "<pool id>.<generation>", for what is rarer: forgetting, checking, finding a broken one.
                "pool": {"type": "keyword"},
                "query": {"type": "percolator"},
                **{field.name: field.pool for field in FIELDS if field.pool is not None},
            },
        },
    }


def _lasting(body: dict[str, Any]) -> dict[str, Any]:
    """The body without what is changed in place."""
    changed = ("auto_expand_replicas", "number_of_replicas")
    index = {name: value for name, value in body["settings"]["index"].items() if name not in changed}
    return {**body, "settings": {"index": index}}


def mapping_version() -> str:
    """Eight hex digits of both bodies: whatever changes in them, by code or by setting, gives the next indexes another
    name, and what is changed in place does not. A number counted up by hand would be forgotten once.
    """
    bodies = orjson.dumps([_lasting(candidate_index()), _lasting(pool_index())], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(bodies).hexdigest()[:8]
