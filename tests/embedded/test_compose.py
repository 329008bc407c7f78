"""The compose file, the image and the embedded parts are of one piece."""

from __future__ import annotations

import re
from pathlib import Path

from embedded.opensearch_jars import read_list
from embedded.opensearch_node import DEFAULTS
from tests import services

ROOT = Path(__file__).parent.parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


def test_tests_run_the_images_that_production_runs() -> None:
    images = set(re.findall(r"image: (\S+/\S+|postgres\S*)$", COMPOSE, re.MULTILINE))

    assert images == {services.OPENSEARCH_IMAGE, services.POSTGRES_IMAGE, services.VALKEY_IMAGE}


def test_the_embedded_engine_is_the_version_and_has_the_setting_of_production() -> None:
    embedded = {jar.version for jar in read_list() if jar.artifact == "opensearch"}

    assert embedded == {services.OPENSEARCH_IMAGE.rpartition(":")[2]}
    setting = "indices.query.bool.max_clause_count"
    assert f'{setting}: "{DEFAULTS[setting]}"' in COMPOSE


def test_locks_name_no_index_and_hold_a_hash_for_everything() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE)

        assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE))
        assert "://" not in text
        assert "--index-url" not in text
        assert "--find-links" not in text
