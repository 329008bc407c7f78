"""A home with everything embedded: backed up while it runs and while it does not, restored there and elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from embedded.ports import free_ports
from embedded.running import end, find
from embedded.urls import ServiceUrls
from tests.crash.product import ROOT

pytestmark = pytest.mark.long


class Operator:
    """Somebody with a shell and nothing but a home directory."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_ports(1)[0]

    def types(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        """A command with this home."""
        given = {*ServiceUrls(*"???").environment(), "ERASURE_LIST"}
        own = {name: value for name, value in os.environ.items() if name not in given}
        variables = {**own, "MICROPOOLS_PORT": str(self.port), "MICROPOOLS_HEAP_MB": "512", "PYTHONPATH": str(ROOT)}
        argv = [sys.executable, "-m", "cli", *map(str, words), "--home", str(self.home)]
        return subprocess.run(argv, env=variables, capture_output=True, text=True, check=False, cwd=ROOT)

    def does(self, *words: str | Path) -> str:
        """A command that must work."""
        done = self.types(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A request to the API, as the administrator who signs in for it."""
        with httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60, trust_env=False) as client:
            signed = client.post("/v1/login", json={"email": "jana@example.com", "password": "a long enough secret"})
            assert signed.status_code == 200, signed.text
            return client.request(method, path, json=body, headers={"X-CSRF-Token": signed.json()["csrf_token"]})


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    operator = Operator(tmp_path / "home")
    yield operator
    end(operator.home)


def test_a_home_is_backed_up_running_and_stopped_and_restored_in_place_and_elsewhere(
    operator: Operator, tmp_path: Path
) -> None:
    operator.does("up", "--detach")
    added = ("users", "add", "jana@example.com", "--name", "Jana", "--role", "administrator")
    operator.does(*added, "--password", "a long enough secret")
    stays, gone = (operator.ask("POST", "/v1/candidates", {"name": name}).json()["id"] for name in ("Eva", "Iva"))
    running, stopped = tmp_path / "running.tar", tmp_path / "stopped.tar"
    operator.does("backup", running)
    assert operator.ask("DELETE", f"/v1/candidates/{gone}").status_code == 204
    refused = operator.types("restore", running, "--replace")
    assert refused.returncode == 1
    assert "micropools stop" in refused.stderr
    operator.does("stop")
    operator.does("backup", stopped)
    assert find(operator.home) is None, "what the backup needed is stopped again"

    told = json.loads(operator.does("restore", running, "--replace", "--json").splitlines()[-1])
    assert (told["candidates"], told["erased_again"]) == (1, 1)
    operator.does("up", "--detach")
    assert operator.ask("GET", f"/v1/candidates/{stays}").status_code == 200
    assert operator.ask("GET", f"/v1/candidates/{gone}").status_code == 404
    operator.does("check")
    operator.does("stop")

    machine = Operator(tmp_path / "elsewhere")
    try:
        assert "--erased FILE" in machine.types("restore", running).stderr.replace("\n", " ")
        machine.does("restore", running, "--erased", operator.home / "erased.txt")
        assert gone in (machine.home / "erased.txt").read_text()
        machine.does("up", "--detach")
        assert machine.ask("GET", f"/v1/candidates/{gone}").status_code == 404
        machine.does("check")
    finally:
        end(machine.home)
