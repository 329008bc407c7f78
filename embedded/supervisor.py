"""The process behind `micropools up`: starts everything in order, restarts what ends, stops everything in order.

A part that ends is started again after a pause that doubles each time; one that stayed up for a while starts over with
the shortest. Nothing here knows what the parts do: an acknowledged write is safe whichever of them ends.
"""

from __future__ import annotations

import contextlib
import errno
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil

from embedded.errors import StartCancelledError, StartError
from embedded.parts import log_file
from embedded.ports import answers, is_free
from embedded.process import Child, Identity, tail
from embedded.product import Shape, commands, environment, migration
from embedded.stack import Stack, disk_full, why_it_ended
from embedded.urls import ServiceUrls

Say = Callable[[str], None]

# Short enough that a person does not notice, long enough not to be felt on the processor.
WATCH_S = 0.25
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
# A part that lived this long had started well; its end is a new event.
SETTLED_S = 60.0
# The API imports everything before it listens; 4 s on a quiet machine, and CI is not quiet.
API_READY_S = 90.0


@dataclass
class Watched:
    """A child with what is needed to start it again."""

    name: str
    start: Callable[[], Child]
    child: Child
    started: float
    pause: float = FIRST_PAUSE_S
    due: float | None = None


class Supervisor:
    """Runs the product in one home until it is asked to stop."""

    def __init__(self, home: Path, shape: Shape, external: ServiceUrls, say: Say) -> None:
        self._stack = Stack(home, external=external)
        self._shape = shape
        self._say = say
        self._watched: list[Watched] = []
        self._asked = threading.Event()

    def run(self) -> None:
        """Start, watch, and stop when a signal asks for it.

        Raises:
            StartError: with a sentence; nothing is left running then.
        """
        with self._signals():
            try:
                with contextlib.suppress(StartCancelledError):
                    self._start()
                while not self._asked.wait(WATCH_S):
                    self._watch()
                self._say("Stopping.")
            finally:
                self._stop()

    def ask_to_stop(self) -> None:
        """End `run` soon; called from a signal or another thread."""
        self._asked.set()
        self._stack.cancel()

    # -- start --

    def _start(self) -> None:
        begun = time.monotonic()
        self._stack.claim()
        self._stack.state.note(supervisor=own_identity(), phase="starting", address=self._shape.address)
        check_port(self._shape)
        self._say(f"Starting {self._stack.described}.")
        urls = self._stack.start()
        self._stack.state.note(urls=urls.environment())
        for name in self._stack.names:
            self._watch_over(name, partial(self._stack.revive, name), self._stack.child(name))
        if self._asked.is_set():
            return
        variables = environment(self._stack.home, urls, self._shape)
        self._migrate(variables)
        start = self._stack.state.start
        for command in commands(self._stack.home, self._shape, variables):
            self._watch_over(command.name, partial(start, command), start(command))
        self._await_api()
        self._stack.state.note(phase="ready")
        self._say(f"Ready after {time.monotonic() - begun:.0f} s: {self._shape.address}")

    def _migrate(self, variables: dict[str, str]) -> None:
        log = log_file(self._stack.home, "migrate")
        log.parent.mkdir(mode=0o700, exist_ok=True)
        with log.open("wb") as output:
            done = subprocess.run(  # noqa: S603 - our own command
                migration(), env=variables, stdout=output, stderr=subprocess.STDOUT, check=False
            )
        if done.returncode != 0:
            raise StartError(
                f"The migration failed (exit code {done.returncode}). The end of its log, {log}:\n{tail(log)}"
            )

    def _await_api(self) -> None:
        api = next(watched for watched in self._watched if watched.name == "api")
        deadline = time.monotonic() + API_READY_S
        while not answers(self._shape.port, self._shape.host) and not self._asked.is_set():
            if not api.child.alive:
                raise StartError(why_it_ended("api", api.child))
            if time.monotonic() > deadline:
                raise StartError(
                    f"The API did not listen within {API_READY_S:.0f} s; its log is {api.child.command.log}."
                )
            time.sleep(0.05)

    # -- watch --

    def _watch_over(self, name: str, start: Callable[[], Child], child: Child) -> None:
        self._watched.append(Watched(name, start, child, time.monotonic()))

    def _watch(self) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.child.alive:
                continue
            if watched.due is None:
                self._plan_restart(watched, now)
            elif now >= watched.due:
                self._start_again(watched, now)

    def _plan_restart(self, watched: Watched, now: float) -> None:
        if now - watched.started > SETTLED_S:
            watched.pause = FIRST_PAUSE_S
        self._try_later(watched, now, why_it_ended(watched.name, watched.child))

    def _start_again(self, watched: Watched, now: float) -> None:
        watched.due = None
        watched.started = now
        try:
            watched.child = watched.start()
        except StartError as error:
            self._try_later(watched, now, str(error))
        except OSError as error:
            # Nobody can be asked to do more than free some space; it may happen while we wait.
            full = error.errno == errno.ENOSPC
            self._try_later(watched, now, disk_full(watched.name) if full else f"{watched.name}: {error}.")

    def _try_later(self, watched: Watched, now: float, why: str) -> None:
        watched.due = now + watched.pause
        self._say(f"{why}\nStarting {watched.name} again in {watched.pause:.1f} s.")
        watched.pause = min(watched.pause * 2, LONGEST_PAUSE_S)

    # -- stop --

    def _stop(self) -> None:
        ours = [watched.child for watched in self._watched if watched.name not in self._stack.names]
        for child in reversed(ours):
            child.ask_to_stop()
        for child in reversed(ours):
            child.stop()
        self._stack.stop()

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        def ask(_number: int, _frame: object) -> None:
            self.ask_to_stop()

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def own_identity() -> dict[str, object]:
    """This process, in the form in which State keeps others."""
    process = psutil.Process()
    identity = Identity("supervisor", process.pid, process.create_time(), process.cmdline())
    return vars(identity)


def check_port(shape: Shape) -> None:
    """Refuse a port that is taken, and say how to choose another."""
    if not is_free(shape.port, shape.host):
        raise StartError(
            f"Port {shape.port} on {shape.host} is in use by another program. "
            f"End that program, or choose another port: MICROPOOLS_PORT={shape.port + 1}"
        )
