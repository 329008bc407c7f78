"""The index bodies are what they were, unless somebody changed them on purpose."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from core.settings import settings
from mappings.fields import FIELDS, PERCOLATED
from mappings.indexes import candidate_index, mapping_version, pool_index

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.mark.parametrize(("name", "body"), [("candidates", candidate_index()), ("pools", pool_index())])
def test_an_index_body_is_its_snapshot(name: str, body: dict[str, Any]) -> None:
    """To change a mapping: change mappings/, run once with UPDATE_SNAPSHOTS=1, read the difference, reindex."""
    path = SNAPSHOTS / f"{name}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_bytes(orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n")
    assert body == orjson.loads(path.read_bytes())


def test_both_indexes_read_text_alike() -> None:
    assert candidate_index()["settings"]["index"]["analysis"] == pool_index()["settings"]["index"]["analysis"]


def test_everything_a_pool_may_ask_a_search_may_ask_in_the_same_field() -> None:
    searched = {field.name for field in FIELDS if field.candidate is not None}
    assert PERCOLATED - searched == {"tag_at"}


def test_nothing_in_either_index_is_guessed() -> None:
    assert candidate_index()["mappings"]["dynamic"] == "strict"
    assert candidate_index()["mappings"]["properties"]["applications"]["dynamic"] == "strict"
    assert pool_index()["mappings"]["dynamic"] == "strict"


def test_no_pool_field_is_nested_or_a_number() -> None:
    kinds = {field.pool["type"] for field in FIELDS if field.pool is not None}
    assert kinds == {"keyword", "text", "date"}


def test_the_mapping_version_is_part_of_a_name() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", mapping_version())


def test_another_setting_is_another_version_and_the_same_words_in_another_order_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version(words: str) -> str:
        with monkeypatch.context() as patch:
            patch.setenv("KEPT_WORDS", words)
            settings.cache_clear()
            try:
                return mapping_version()
            finally:
                settings.cache_clear()

    assert version("jazz, Kubernetes") == version(" kubernetes,JAZZ,") != version("")
