"""The commands as an operator types them: what they say, how they end."""

from __future__ import annotations

import json
import socket
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from typer.testing import CliRunner

from api.app import create_app
from cli.main import app
from core.settings import settings
from embedded.process import wait_until
from records.models import Role
from tests.installation import Installation

run = CliRunner()


@pytest.fixture
def address(world: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """The API on a port of its own, where the commands look for it; a thread does the worker's work."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("MICROPOOLS_PORT", str(port))
    monkeypatch.setenv("MICROPOOLS_TOKEN", world.token_of(Role.ADMINISTRATOR))
    settings.cache_clear()
    server = uvicorn.Server(uvicorn.Config(create_app(), port=port, log_level="error", lifespan="on"))
    serving = threading.Thread(target=server.run)
    serving.start()
    done = threading.Event()
    working = threading.Thread(target=_work, args=(world, done))
    working.start()
    try:
        assert wait_until(lambda: server.started, timeout_s=60)
        yield world
    finally:
        done.set()
        server.should_exit = True
        working.join()
        serving.join()
        monkeypatch.undo()
        settings.cache_clear()


def _work(world: Installation, done: threading.Event) -> None:
    while not done.wait(0.05):
        world.settle()


def test_check_says_that_there_is_no_drift_and_ends_with_0(world: Installation, tmp_path: Path) -> None:
    result = run.invoke(app, ["check", "--json", "--home", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1])["drift"] == 0


def test_check_ends_with_4_when_drift_was_left(world: Installation, tmp_path: Path) -> None:
    world.candidate()
    world.settle()
    from tests.indexer.test_check import run as execute

    execute("UPDATE candidates SET version = version + 1")

    result = run.invoke(app, ["check", "--home", str(tmp_path)])

    assert result.exit_code == 4
    assert "micropools check --repair" in result.stdout


def test_people_of_a_csv_file_are_added_and_rows_left_out_are_named(address: Installation, tmp_path: Path) -> None:
    address.skills("Java", "Python")
    file = tmp_path / "people.csv"
    file.write_text(
        "name,email,tags,years_experience\n"
        "Test Person A,a@example.com,Java;Python,4\n"
        "Test Person B,b@example.com,Cobbol,\n",
        encoding="utf-8",
    )

    result = run.invoke(app, ["import", str(file), "--json", "--home", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[-1]) == {"rows": 2, "added": 1, "left_out": 1}
    assert "Cobbol" in result.stderr
    assert len(address.found({"tags": {"all": ["Java", "Python"]}})) == 1


def test_a_file_that_is_no_json_is_refused_with_its_line(address: Installation, tmp_path: Path) -> None:
    file = tmp_path / "people.jsonl"
    file.write_text('{"name": "Test Person"}\nnonsense\n', encoding="utf-8")

    result = run.invoke(app, ["import", str(file), "--home", str(tmp_path)])

    assert result.exit_code == 1
    assert "line 2" in result.stderr.replace("\n", " ")


def test_pools_of_a_file_are_made_and_listed(address: Installation, tmp_path: Path) -> None:
    file = tmp_path / "pools.jsonl"
    rows = [{"name": f"Test pool {n}", "criteria": {"tags": {"any": [f"Skill {n}"]}}} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    made = run.invoke(app, ["pools", "import", str(file), "--json", "--home", str(tmp_path)])
    listed = run.invoke(app, ["pools", "list", "--json", "--home", str(tmp_path)])

    assert json.loads(made.stdout.splitlines()[-1]) == {"rows": 3, "made": 3, "left_out": 0}
    assert {json.loads(line)["name"] for line in listed.stdout.splitlines()} == {row["name"] for row in rows}


def test_a_refused_token_ends_with_the_sentence_of_the_api(address: Installation, tmp_path: Path) -> None:
    result = run.invoke(app, ["pools", "list", "--token", f"mp_{uuid.uuid4()}", "--home", str(tmp_path)])

    assert result.exit_code == 1
    assert "Authorization" in result.stderr


def test_a_home_where_nothing_runs_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "OPENSEARCH_URL"):
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()

    result = run.invoke(app, ["check", "--home", str(tmp_path)])
    settings.cache_clear()

    assert result.exit_code == 1
    assert "micropools up" in result.stderr.replace("\n", " ")
