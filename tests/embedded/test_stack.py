"""The stack as a whole: it survives kill -9 part by part and as a whole, and refuses with sentences."""

from __future__ import annotations

import errno
import http.client
import json
import os
import shutil
import stat
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from embedded import opensearch, stack
from embedded.errors import StartError
from embedded.process import Child, Command, Identity, wait_until
from embedded.stack import Stack
from embedded.state import State
from embedded.urls import ServiceUrls

# OpenSearch takes seconds to start; what does not concern it is shown without it.
NO_OPENSEARCH = ServiceUrls(opensearch_url="http://127.0.0.1:1")
NOTHING = ServiceUrls(database_url="postgresql://x", redis_url="redis://x", opensearch_url="http://x")
ONLY_VALKEY = ServiceUrls(database_url="postgresql://x", opensearch_url="http://x")

# Starts the quick parts, says so, and waits to be killed.
HOLDER = """
import sys, time
from pathlib import Path
from embedded.stack import Stack
from embedded.urls import ServiceUrls
Stack(Path(sys.argv[1]), external=ServiceUrls(opensearch_url="http://127.0.0.1:1")).start()
print("started", flush=True)
time.sleep(600)
"""


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Stack]:
    running = Stack(tmp_path / "home", external=NO_OPENSEARCH)
    running.start()
    yield running
    running.stop()


def test_killed_parts_come_back_with_their_data_at_the_same_address(quick: Stack) -> None:
    urls = quick.urls
    with psycopg.connect(urls.database_url) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    with redis.Redis.from_url(urls.redis_url) as client:
        client.set("kept", "1")
        # Past the second that the append-only file may lag behind.
        client.execute_command("WAITAOF", 1, 0, 5000)

    for part in quick.names:
        quick.kill(part)
        assert not quick.running(part)
        quick.restart(part)

    assert quick.urls == urls
    with psycopg.connect(urls.database_url) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (1,)
    with redis.Redis.from_url(urls.redis_url) as client:
        assert client.get("kept") == b"1"


def test_the_services_ask_for_the_password_and_only_the_owner_can_read_it(quick: Stack) -> None:
    secret = (quick.home / "password").read_text()

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(quick.urls.database_url.replace(secret, "guess"))
    with (
        redis.Redis.from_url(quick.urls.redis_url.replace(secret, "guess")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()
    for entry in quick.home.iterdir():
        assert stat.S_IMODE(entry.stat().st_mode) & 0o077 == 0, entry


def test_a_second_run_in_the_same_home_is_refused(quick: Stack) -> None:
    with pytest.raises(StartError, match="already running in"):
        Stack(quick.home, external=NO_OPENSEARCH).start()

    assert all(quick.running(part) for part in quick.names)


def test_after_the_owner_is_killed_the_next_run_starts_clean_with_the_same_ports(tmp_path: Path) -> None:
    home = tmp_path / "home"
    owner = subprocess.Popen([sys.executable, "-c", HOLDER, home], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout as said:
        assert said.readline() == "started\n"
    left = [psutil.Process(identity.pid) for identity in State(home).identities()]
    ports = State(home).get("ports")
    owner.kill()
    owner.wait()

    with Stack(home, external=NO_OPENSEARCH):
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in left)
        assert State(home).get("ports") == ports

    assert State(home).identities() == []


def test_orphans_are_ended_and_strangers_are_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    orphan = Child(Command("valkey", sleeper, tmp_path / "log", {}))
    stranger = Child(Command("postgres", sleeper, tmp_path / "log", {}))
    try:
        state = State(home)
        state.record(orphan.identity)
        # The pid is in the file, but it was given to another program since.
        entry = {**vars(stranger.identity), "started": stranger.identity.started - 3600}
        state.note(processes=[*state.get("processes"), entry])

        with Stack(home, external=NOTHING):
            assert not orphan.alive
            assert stranger.alive
    finally:
        orphan.kill()
        stranger.kill()


def test_a_broken_state_file_does_not_stop_the_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "state.json").write_text('{"processes": [{"na')

    with Stack(home, external=NOTHING) as urls:
        assert urls == NOTHING


def test_a_lock_file_of_a_killed_postgres_with_a_strangers_pid_is_no_obstacle(quick: Stack) -> None:
    lock = quick.home / "postgres" / "postmaster.pid"
    lines = lock.read_text().splitlines()
    quick.kill("postgres")
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    quick.restart("postgres")

    assert quick.running("postgres")


def test_a_port_that_was_taken_meanwhile_is_replaced(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with Stack(home, external=ONLY_VALKEY):
        pass
    ports = State(home).get("ports")
    neighbour = Stack(tmp_path / "neighbour", external=ONLY_VALKEY)
    neighbour.claim()
    neighbour.state.note(ports=ports)
    neighbour.stop()

    with Stack(tmp_path / "neighbour", external=ONLY_VALKEY), Stack(home, external=ONLY_VALKEY) as urls:
        assert State(home).get("ports") != ports
        with redis.Redis.from_url(urls.redis_url) as client:
            assert client.ping()


def test_a_nearly_full_disk_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12 - 10**9, 10**9))

    with pytest.raises(StartError, match=r"has 1\.0 GB free and Micropools needs 2\.1 GB"):
        Stack(tmp_path, external=NOTHING).start()


def test_a_part_that_ran_out_of_disk_says_so(tmp_path: Path) -> None:
    words = "import sys; sys.exit('could not write: No space left on device')"
    child = Child(Command("postgres", [sys.executable, "-c", words], tmp_path / "log", {}))
    assert wait_until(lambda: not child.alive, timeout_s=20)

    assert stack.why_it_ended("postgres", child).startswith("The disk is full (postgres could not write)")


def test_a_process_that_cannot_be_recorded_does_not_stay_alive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Identity] = []

    def full(_self: State, identity: Identity) -> None:
        started.append(identity)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(State, "record", full)

    with pytest.raises(OSError, match="No space left"):
        State(tmp_path).start(Command("valkey", [sys.executable, "-c", "input()"], tmp_path / "log", {}))

    assert started[0].find() is None


def test_the_heap_can_be_set_and_nonsense_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MICROPOOLS_HEAP_MB", "700")
    assert opensearch.heap_mb() == 700

    monkeypatch.setenv("MICROPOOLS_HEAP_MB", "lots")
    with pytest.raises(StartError, match="must be a whole number"):
        opensearch.heap_mb()


def test_a_killed_opensearch_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    only_opensearch = ServiceUrls(database_url="postgresql://x", redis_url="redis://x")
    running = Stack(tmp_path / "home", external=only_opensearch)
    try:
        url = running.start().opensearch_url
        assert call(url, "PUT", "/kept/_doc/1", {"word": "příliš"})["result"] == "created"
        pid = running.pid("opensearch")

        running.kill("opensearch")
        assert not psutil.pid_exists(pid)
        running.restart("opensearch")

        assert running.urls.opensearch_url == url
        assert call(url, "GET", "/kept/_doc/1")["_source"] == {"word": "příliš"}
    finally:
        running.stop()


def call(url: str, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, object]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        headers = {"Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer: dict[str, object] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return answer
