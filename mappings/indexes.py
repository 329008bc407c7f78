"""The bodies of the two indexes, built from the one list of fields."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from core.settings import settings
from mappings.analysis import analysis
from mappings.fields import FIELDS, STORED_APART

_SETTINGS: dict[str, Any] = {
    # A copy as soon as there is a second node; a single node is not left waiting for one.
    "auto_expand_replicas": "0-1",
    # New people are found by search after a second at most; percolation does not wait for it.
    "refresh_interval": "1s",
}


def candidate_index() -> dict[str, Any]:
    """Settings and mappings of the candidate index."""
    return {
        "settings": {
            "index": {
                **_SETTINGS,
                # 200,000 people with CVs are about 3 GB: one shard holds ten times that, and one shard means that
                # scores, ties and totals never depend on where a person happens to lie.
                "number_of_shards": 1,
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
    """Settings and mappings of the pool index: stored queries, and the fields they ask."""
    return {
        "settings": {
            "index": {
                **_SETTINGS,
                # 100,000 pools answer in 12 to 21 ms from one shard (measured); two would double the work of
                # each percolation on the same cores.
                "number_of_shards": 1,
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


def mapping_version() -> str:
    """Eight hex digits of both bodies: whatever changes in them, by code or by setting, gives the next indexes another
    name. A number counted up by hand would be forgotten once.
    """
    bodies = orjson.dumps([candidate_index(), pool_index()], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(bodies).hexdigest()[:8]
