"""Whether somebody is searchable is known only when every copy of the index finds them."""

from __future__ import annotations

from uuid import uuid4

import orjson
import pytest

from engine.client import Engine
from engine.documents import Document, bulk_index, visible_version
from engine.indexes import create_index, drop_index, refresh
from mappings.installed import bodies


@pytest.mark.long
def test_somebody_whom_only_one_copy_finds_is_not_searchable_yet(engine: Engine) -> None:
    name, person = f"test-{uuid4().hex[:12]}", str(uuid4())
    body = bodies()["candidates"]
    body["settings"]["index"] = {
        **{key: value for key, value in body["settings"]["index"].items() if "auto_expand" not in key},
        "number_of_shards": 1,
        "number_of_replicas": 2,
        "refresh_interval": "-1",
    }
    create_index(engine, name, body)
    try:
        engine.call("GET", f"/_cluster/health/{name}", wait_for_status="green")
        source = orjson.dumps({"id": person, "version": 1, "state": "live"})
        bulk_index(engine, [name], [Document(person, 1, source)])
        ((*copies,),) = engine.call("GET", f"/{name}/_search_shards")["shards"]
        for copy in copies:
            assert visible_version(engine, name, person) is None
            # Refreshes this copy alone.
            engine.call("GET", f"/{name}/_doc/{person}", refresh=True, preference=f"_only_nodes:{copy['node']}")
        refresh(engine, name)
        assert visible_version(engine, name, person) == 1
    finally:
        drop_index(engine, name)
