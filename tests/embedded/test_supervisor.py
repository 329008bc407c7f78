"""`micropools up` as a whole: it watches over the product, leaves nothing behind, and fails with sentences."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from cli.main import app
from embedded import running
from embedded.errors import StartError
from embedded.ports import free_ports
from embedded.process import wait_until
from embedded.product import Shape
from embedded.state import HomeLock
from embedded.urls import ServiceUrls

# Nobody listens there; a start that gets so far as to use them fails.
NOWHERE = ServiceUrls("postgresql://x@127.0.0.1:1/x", "redis://127.0.0.1:1/0", "http://127.0.0.1:1")


def up(home: Path, port: int, urls: ServiceUrls) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "embedded", "--home", str(home), "--port", str(port)],
        env={**os.environ, **urls.environment()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_port_in_use_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = up(tmp_path, port, NOWHERE)

    assert done.returncode == 1
    assert done.stdout == (
        f"Port {port} on 127.0.0.1 is in use by another program. "
        f"End that program, or choose another port: MICROPOOLS_PORT={port + 1}\n"
    )
    assert done.stderr == ""


def test_a_migration_that_fails_ends_the_start_and_says_where_to_look(tmp_path: Path) -> None:
    done = up(tmp_path, free_ports(1)[0], NOWHERE)

    assert done.returncode == 1
    assert "The migration failed (exit code 1)" in done.stdout
    assert str(tmp_path / "logs" / "migrate.log") in done.stdout
    assert running.processes(tmp_path) == []


def test_the_product_is_watched_over_and_ends_whole(
    tmp_path: Path, services: ServiceUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(running, "class_path", list)
    product = running.ensure(tmp_path, Shape(port=free_ports(1)[0], api_processes=2), said.append)
    try:
        assert product.urls == services
        assert running.ensure(tmp_path, Shape(), said.append) == product

        first = pids(tmp_path)
        assert set(first) == {"api", "worker", "beat"}
        servers = psutil.Process(first["api"]).children(recursive=True)
        for name in ("api", "beat"):
            os.kill(first[name], signal.SIGKILL)
        assert wait_until(lambda: changed(first, pids(tmp_path)) == {"api", "beat"}, timeout_s=30)
        assert wait_until(lambda: running.serves(product.address), timeout_s=60)
        # Nothing that served goes on beside those that serve now.
        assert servers
        assert not any(map(alive, servers))

        answer = CliRunner().invoke(app, ["status", "--home", str(tmp_path)])
        assert answer.exit_code == 0
        assert f"API at {product.address}: answers" in answer.output
        family = psutil.Process(product.pid).children(recursive=True)
    finally:
        ended = running.end(tmp_path)

    assert set(ended) == {"api", "worker", "beat"}
    assert not any(process.is_running() for process in family)
    assert CliRunner().invoke(app, ["status", "--home", str(tmp_path)]).exit_code == 3


@pytest.mark.long  # what it rests on is shown quickly in test_process and test_stack
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_a_killed_supervisor_takes_the_product_along_and_stop_clears_the_rest(
    tmp_path: Path, services: ServiceUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "class_path", list)
    product = running.ensure(tmp_path, Shape(port=free_ports(1)[0]), lambda _: None)
    family = psutil.Process(product.pid).children(recursive=True)

    os.kill(product.pid, signal.SIGKILL)

    assert wait_until(lambda: not any(map(alive, family)), timeout_s=60)
    assert running.find(tmp_path) is None
    running.end(tmp_path)
    assert running.processes(tmp_path) == []


def test_stopping_where_nothing_runs_says_so(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["stop", "--home", str(tmp_path)])

    assert answer.exit_code == 0
    assert answer.output == f"Nothing was running in {tmp_path}.\n"


def test_a_home_that_another_program_holds_is_not_stopped(tmp_path: Path) -> None:
    with HomeLock(tmp_path), pytest.raises(StartError, match="Another program holds"):
        running.end(tmp_path)


def pids(home: Path) -> dict[str, int]:
    return {process.name: process.pid for process in running.processes(home) if process.alive}


def changed(before: dict[str, int], now: dict[str, int]) -> set[str]:
    return {name for name, pid in now.items() if before.get(name) != pid}


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
