"""Nothing leaves for the engine without its rights, or with something that could pass by them."""

from __future__ import annotations

from typing import Any

import pytest

from engine.guard import Unguarded, admit

RIGHTS: dict[str, Any] = {"bool": {"filter": [{"term": {"state": "live"}}]}}
QUERY: dict[str, Any] = {"bool": {"filter": [RIGHTS, {"term": {"tags": "java"}}]}}
BODY: dict[str, Any] = {"size": 1, "query": QUERY, "sort": ["id"], "_source": False}


def test_a_search_with_its_rights_first_may_leave() -> None:
    terms = {"terms": {"field": "tags", "min_doc_count": 1}}
    admit({**BODY, "aggs": {"g": {"filter": {"match_all": {}}, "aggs": {"t": terms}}}}, RIGHTS)


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "query": {"bool": {"filter": [{"term": {"tags": "java"}}]}}},
        {**BODY, "query": {"bool": {"should": [RIGHTS]}}},
        {**BODY, "query": {"bool": {"must_not": [RIGHTS]}}},
        {**BODY, "query": {"match_all": {}}},
        {"size": 1},
        {**BODY, "query": {"term": {"tags": "java"}}, "post_filter": RIGHTS},
        {**BODY, "suggest": {}},
        {**BODY, "explain": True},
        {**BODY, "profile": True},
        {**BODY, "rescore": {}},
        {**BODY, "script_fields": {}},
        {**BODY, "aggs": {"all": {"global": {}}}},
        {**BODY, "aggs": {"t": {"terms": {"field": "tags", "min_doc_count": 0}}}},
        {**BODY, "aggs": {"g": {"filter": RIGHTS, "aggs": {"s": {"significant_terms": {"field": "tags"}}}}}},
        {**BODY, "aggs": {"t": {"terms": {"field": "tags"}, "aggs": {"all": {"global": {}}}}}},
        {**BODY, "aggs": {"nothing": {}}},
        {**BODY, "highlight": {"fields": {"text": {}}}},
    ],
)
def test_anything_else_may_not(body: dict[str, Any]) -> None:
    with pytest.raises(Unguarded):
        admit(body, RIGHTS)


def test_rights_that_say_nothing_are_none() -> None:
    with pytest.raises(Unguarded):
        admit({**BODY, "query": {"bool": {"filter": [{}]}}}, {})
