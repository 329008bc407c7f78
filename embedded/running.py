"""The product that runs in a home, seen from outside: start it in the background, find it, end it."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from embedded.errors import StartError
from embedded.opensearch_jars import class_path
from embedded.parts import log_file
from embedded.process import Identity, end_stranger
from embedded.product import MAILBOX, Shape
from embedded.state import State, is_locked
from embedded.urls import ServiceUrls

# Everything the supervisor waits for at most, one after the other; it reports by itself long before.
UP_S = 600.0
# It gives the product's processes 20 s and then the services 60 s, each at the same time; with room to spare.
DOWN_S = 120.0

# Supervisors that this process started and that are to outlive it; Python complains of a running child nobody holds.
_detached: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Product:
    """A product that runs: where it answers, and where its services are."""

    home: Path
    address: str
    urls: ServiceUrls
    pid: int


@dataclass(frozen=True)
class ProcessStatus:
    """One recorded process and whether it lives."""

    name: str
    pid: int
    alive: bool
    seconds: float


def find(home: Path) -> Product | None:
    """The product that is ready in this home, or None."""
    home = home.expanduser().resolve()
    state = State(home)
    supervisor = supervisor_of(state)
    if supervisor is None or state.get("phase") != "ready":
        return None
    urls = {name.lower(): url for name, url in state.get("urls", {}).items()}
    return Product(home, state.get("address", ""), ServiceUrls(**urls), supervisor.pid)


def ensure(home: Path, shape: Shape, say: Callable[[str], None]) -> Product:
    """The product of this home: the one that runs, else one started in the background.

    Raises:
        StartError: with the supervisor's own sentence.
    """
    home = home.expanduser().resolve()
    found = find(home)
    if found is not None:
        return found
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    # In the foreground, where its progress can be seen.
    class_path()
    supervisor = launch(home, shape)
    said = Follower(log_file(home, "supervisor"), say)
    deadline = time.monotonic() + UP_S
    while time.monotonic() < deadline:
        ended = supervisor.poll() is not None
        said.follow()
        if ended:
            raise StartError(said.last or "Micropools ended while starting.")
        found = find(home)
        if found is not None:
            return found
        time.sleep(0.1)
    end(home)
    raise StartError(f"Micropools was not ready within {UP_S:.0f} s. See {log_file(home, 'supervisor')}.")


def launch(home: Path, shape: Shape) -> subprocess.Popen[bytes]:
    """Start the supervisor so that it outlives this process and this terminal."""
    log = log_file(home, "supervisor")
    log.parent.mkdir(mode=0o700, exist_ok=True)
    root = str(Path(__file__).parent.parent)
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    with log.open("wb") as output:
        supervisor = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "embedded", "--home", str(home)),
                *("--host", shape.host, "--port", str(shape.port)),
                *("--api-processes", str(shape.api_processes), "--worker-processes", str(shape.worker_processes)),
                *(("--mailbox-port", str(shape.mailbox_port)) if shape.mailbox_port is not None else ()),
            ],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _detached.append(supervisor)
    return supervisor


class Follower:
    """Hands on the lines of a log as they come."""

    def __init__(self, log: Path, say: Callable[[str], None]) -> None:
        self._log = log
        self._say = say
        self._seen = 0
        self.last = ""

    def follow(self) -> None:
        """Say what is new; remembers the last sentence, which may be of several lines."""
        text = self._log.read_text(encoding="utf-8", errors="replace")
        whole = text[: text.rfind("\n") + 1]
        new, self._seen = whole[self._seen :], len(whole)
        if new.strip():
            self.last = new.strip()
            for line in new.splitlines():
                self._say(line)


def end(home: Path) -> list[str]:
    """End everything that runs in this home, a killed run's leftovers included; returns the names of what was found."""
    home = home.expanduser().resolve()
    state = State(home)
    found = []
    supervisor = supervisor_of(state)
    if supervisor is not None:
        names = [status.name for status in processes(home) if status.alive]
        end_stranger(supervisor, signal.SIGTERM, DOWN_S)
        found.extend(names)
    if is_locked(home):
        raise StartError(f"Another program holds {home}: a test, or a Stack in a program of yours. End that program.")
    state = State(home)
    found.extend(state.end_leftovers())
    if home.exists():
        state.forget_processes()
    return list(dict.fromkeys(found))


def processes(home: Path) -> list[ProcessStatus]:
    """The recorded processes of this home."""
    state = State(home.expanduser().resolve())
    now = time.time()
    statuses = []
    for identity in state.identities():
        alive = identity.find() is not None
        statuses.append(ProcessStatus(identity.name, identity.pid, alive, now - identity.started if alive else 0.0))
    return statuses


def keeps_letters(home: Path) -> bool:
    """Whether what runs in this home is a demo that keeps its letters for the page of them."""
    return any(each.name == MAILBOX and each.alive for each in processes(home))


def supervisor_of(state: State) -> psutil.Process | None:
    """The supervisor that wrote this state, if it lives."""
    noted = state.get("supervisor")
    return Identity(**noted).find() if noted else None


def serves(address: str) -> bool:
    """Whether the API answers a request, whatever it says."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()
