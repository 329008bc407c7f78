"""Killed with -9 in the middle, a backup leaves no file that looks like one, and a restore can be repeated."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from cli.main import app
from core.errors import Conflict
from embedded.process import wait_until
from engine.process import engine
from indexer.check import check
from indexer.prepare import prepare
from mappings.installed import our_indexes
from records import archive
from records.database import database
from tests.cli.places import another_place, being_in
from tests.installation import Installation

run = CliRunner()
ROOT = Path(__file__).parent.parent.parent

PEOPLE = 1_500
# So much text that compresses badly that each step takes a moment in which it can be struck.
_MANY = """
    WITH person AS (
        INSERT INTO candidates (id, name, cv_text)
        SELECT gen_random_uuid(), 'Person ' || person,
               (SELECT string_agg(md5(random()::text || person || word), ' ') FROM generate_series(1, 60) AS word)
        FROM generate_series(1, %s) AS person RETURNING id
    )
    INSERT INTO candidate_progress (candidate_id, matched_version) SELECT id, 1 FROM person
"""
_ASIDE = "SELECT to_regnamespace('before_restore') IS NOT NULL"
_LOADED = "SELECT to_regnamespace('before_restore') IS NOT NULL AND to_regclass('public.candidates') IS NOT NULL"


@pytest.fixture
def place(world: Installation, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where many people are, and nothing is in an index."""
    with another_place(tmp_path) as variables:
        with being_in(variables):
            prepare()
            with database().begin() as connection:
                connection.exec_driver_sql(_MANY, (PEOPLE,))
        yield variables


def begun(variables: dict[str, str], *words: str) -> subprocess.Popen[bytes]:
    argv = [sys.executable, "-m", "cli", *words]
    return subprocess.Popen(
        argv, env={**os.environ, **variables}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def killed_once(running: subprocess.Popen[bytes], condition: Callable[[], bool]) -> None:
    """Kill it with -9 as soon as the condition holds, while it runs."""
    try:
        assert wait_until(lambda: condition() or running.poll() is not None, timeout_s=120, interval_s=0.002)
        assert running.poll() is None, "it was too quick, or failed"
    finally:
        running.kill()
        running.wait()


def answers(url: str, query: str) -> bool:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchone() == (True,)


def test_a_killed_backup_leaves_no_file_of_its_name_and_the_next_one_is_whole(
    place: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "copies.tar"
    draft = tmp_path / ".copies.tar.draft"
    killed_once(begun(place, "backup", str(file)), lambda: draft.exists() and draft.stat().st_size > 200_000)
    assert not file.exists()

    with being_in(place):
        assert run.invoke(app, ["backup", str(file)]).exit_code == 0
    archive.verify(archive.read(file), lambda _: None)
    assert not draft.exists()


@pytest.mark.long
@pytest.mark.parametrize("step", ["aside", "loaded", "indexing"])
def test_a_killed_restore_keeps_the_product_from_starting_and_can_be_repeated(
    place: dict[str, str], tmp_path: Path, step: str
) -> None:
    file = tmp_path / "copies.tar"
    with being_in(place):
        assert run.invoke(app, ["backup", str(file)]).exit_code == 0
        with database().begin() as connection:
            connection.exec_driver_sql("INSERT INTO candidates (id, name) VALUES (%s, 'Later')", (uuid.uuid4(),))
    url, prefix = place["DATABASE_URL"], place["INDEX_PREFIX"]

    def indexing() -> bool:
        live = list(our_indexes(engine(), prefix, "candidates"))
        return bool(live) and answers(url, _LOADED) and _documents(live[0]) > 0

    steps: dict[str, Callable[[], bool]] = {
        "aside": lambda: answers(url, _ASIDE),
        "loaded": lambda: answers(url, _LOADED),
        "indexing": indexing,
    }
    killed_once(begun(place, "restore", str(file), "--replace"), steps[step])

    with being_in(place):
        # A program that was fed notices that nobody feeds it, and takes back what it did.
        with pytest.raises(Conflict, match="was cut off"):
            prepare()
        again = run.invoke(app, ["restore", str(file)])
        assert again.exit_code == 0, again.stderr
        prepare()
        report = check()
        assert (report.candidates, report.drift) == (PEOPLE, 0)


def _documents(index: str) -> int:
    """Written, whether or not they are searchable."""
    stats = engine().call("GET", f"/{index}/_stats/indexing", ignore_unavailable=True)["_all"]["primaries"]
    return int(stats.get("indexing", {}).get("index_total", 0))
