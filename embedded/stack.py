"""The three services together: started at the same time, each on a port that it keeps, ended together.

    with Stack(Path("state")) as urls:
        ...  # urls.database_url, urls.redis_url, urls.opensearch_url

A test that breaks things uses `kill`, `restart` and `pid`; addresses stay as they are.
"""

from __future__ import annotations

import errno
import shutil
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Literal

from embedded.errors import StartCancelledError, StartError
from embedded.opensearch import OpenSearch
from embedded.parts import Part
from embedded.ports import free_ports, is_free
from embedded.postgres import Postgres
from embedded.process import Child
from embedded.secret import password
from embedded.state import HomeLock, State
from embedded.urls import ServiceUrls
from embedded.valkey import Valkey

PartName = Literal["postgres", "valkey", "opensearch"]

# The sample fills about 500 MB; PostgreSQL's log may hold as much again, and OpenSearch stops writing under 512 MB.
NEEDED_BYTES = 2 * 1024**3

# After a kill PostgreSQL replays its log and OpenSearch its translog before they answer; a cold JVM on a busy
# two-core machine takes 20 s. Past this something is wrong.
READY_S = 180.0


class Stack:
    """The embedded services of one home directory.

    `external` names services that run elsewhere; those are not started and their URLs are handed on.
    """

    def __init__(self, home: Path, *, external: ServiceUrls | None = None) -> None:
        self.home = home.expanduser().resolve()
        self._external = external or ServiceUrls()
        self._parts: dict[str, Part] = {}
        self._children: dict[str, Child] = {}
        self._held = ExitStack()
        self._cancelled = threading.Event()
        self._state: State | None = None

    # -- as a whole --

    def start(self) -> ServiceUrls:
        """Start what is not external and return all addresses once everything answers.

        Raises:
            StartError: with a sentence; nothing is left running then.
        """
        self.claim()
        try:
            self._parts = {part.name: part for part in self._make_parts()}
            self._start_together(self._parts.values())
        except BaseException:
            self.stop()
            raise
        return self.urls

    def claim(self) -> None:
        """Take the home for this process and end what a killed run left in it. Part of `start`; safe to repeat.

        Raises:
            StartError: another run holds the home, or the disk is nearly full.
        """
        if self._state is not None:
            return
        # Others may pass through (PostgreSQL's account, when root runs this) but not look; all inside is the owner's.
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        check_disk(self.home)
        self._held.enter_context(HomeLock(self.home))
        self._state = State(self.home)
        self._state.end_leftovers()
        self._state.forget_processes()

    def cancel(self) -> None:
        """Give up a `start` under way in another thread or under a signal; it raises StartCancelledError."""
        self._cancelled.set()

    def stop(self) -> None:
        """End all parts cleanly, at the same time. Safe to call twice."""
        children = list(self._children.values())
        with ThreadPoolExecutor(max(1, len(children))) as pool:
            list(pool.map(Child.stop, children))
        self._children.clear()
        if self._state is not None:
            self._state.forget_processes()
            self._state = None
        self._held.close()

    def __enter__(self) -> ServiceUrls:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def urls(self) -> ServiceUrls:
        """Where the services are."""
        return ServiceUrls(
            database_url=self._external.database_url or self._parts["postgres"].url,
            redis_url=self._external.redis_url or self._parts["valkey"].url,
            opensearch_url=self._external.opensearch_url or self._parts["opensearch"].url,
        )

    @property
    def state(self) -> State:
        """The state file, for processes that belong to the same run (the supervisor records its own there)."""
        if self._state is None:
            raise RuntimeError("the stack has not been started")
        return self._state

    @property
    def described(self) -> str:
        """What `start` will start, for a person."""
        given = self._external
        titles = {"PostgreSQL": given.database_url, "Valkey": given.redis_url, "OpenSearch": given.opensearch_url}
        return ", ".join(title for title, url in titles.items() if not url) or "no services: all are given"

    # -- one part --

    @property
    def names(self) -> list[str]:
        """The parts that are ours to start and stop."""
        return list(self._parts)

    def pid(self, part: PartName | str) -> int:
        """The process id of a part: the postmaster, the Valkey server, the process that is the JVM."""
        return self._children[part].pid

    def running(self, part: PartName | str) -> bool:
        """Whether the process of a part runs."""
        return part in self._children and self._children[part].alive

    def kill(self, part: PartName | str) -> None:
        """SIGKILL the part with all its processes; returns when they are gone."""
        self._children[part].kill()

    def restart(self, part: PartName | str) -> None:
        """Start a part again on its port, ending it cleanly first if it runs; returns when it answers."""
        if self.running(part):
            self._children[part].stop()
        self._start_part(self._parts[part])

    def revive(self, part: PartName | str) -> Child:
        """Start a part that ended, without waiting until it answers: clients try again by themselves."""
        return self._spawn(self._parts[part])

    def child(self, part: PartName | str) -> Child:
        """The process of a part, the ended one until it is started again."""
        return self._children[part]

    # -- how --

    def _make_parts(self) -> list[Part]:
        kinds: list[type[Postgres | Valkey | OpenSearch]] = []
        if not self._external.database_url:
            kinds.append(Postgres)
        if not self._external.redis_url:
            kinds.append(Valkey)
        if not self._external.opensearch_url:
            kinds.append(OpenSearch)
        ports = self._choose_ports([kind.name for kind in kinds])
        secret = password(self.home)
        return [kind(self.home, ports[kind.name], secret) for kind in kinds]

    def _choose_ports(self, names: list[str]) -> dict[str, int]:
        """The ports of the last run where they are still free: what was pointed at them goes on working."""
        last: dict[str, int] = self.state.get("ports", {})
        fresh = free_ports(len(names))
        ports = {
            name: last[name] if name in last and is_free(last[name]) else fresh[place]
            for place, name in enumerate(names)
        }
        self.state.note(ports=ports)
        return ports

    def _start_together(self, parts: Iterable[Part]) -> None:
        """Start the parts at the same time; the first that fails is told, after all have come to an end."""
        with ThreadPoolExecutor(max_workers=3) as pool:
            for started in [pool.submit(self._start_part, part) for part in parts]:
                started.result()

    def _spawn(self, part: Part) -> Child:
        try:
            part.prepare()
        except OSError as error:
            raise self._told(part, error) from error
        self._children[part.name] = self.state.start(part.command())
        return self._children[part.name]

    def _start_part(self, part: Part) -> None:
        child = self._spawn(part)
        deadline = time.monotonic() + READY_S
        while not part.ready():
            if self._cancelled.is_set():
                raise StartCancelledError(f"The start of {part.name} was given up.")
            if not child.alive:
                raise StartError(why_it_ended(part.name, child))
            if time.monotonic() > deadline:
                raise StartError(f"{part.name} did not answer within {READY_S:.0f} s; its log is {child.command.log}.")
            time.sleep(0.05)
        part.settle()

    @staticmethod
    def _told(part: Part, error: OSError) -> StartError:
        if error.errno == errno.ENOSPC:
            return StartError(disk_full(str(error.filename or part.name)))
        return StartError(f"{part.name} could not be prepared: {error}.")


def check_disk(home: Path) -> None:
    """Refuse to start where the disk would fill up soon."""
    free = shutil.disk_usage(home).free
    if free < NEEDED_BYTES:
        raise StartError(
            f"The disk of {home} has {free / 1e9:.1f} GB free and Micropools needs {NEEDED_BYTES / 1e9:.1f} GB. "
            "Free some space, or give a directory on another disk with MICROPOOLS_HOME."
        )


def disk_full(what: str) -> str:
    """The sentence for a disk that ran full under us."""
    return (
        f"The disk is full ({what} could not write). Nothing that was acknowledged is lost. "
        "Free some space, or give a directory on another disk with MICROPOOLS_HOME."
    )


def why_it_ended(name: str, child: Child) -> str:
    """A sentence for a part that ended by itself, from what it said last."""
    last = child.last_words()
    if "No space left on device" in last:
        return disk_full(name)
    return f"{name} ended by itself (exit code {child.exit_code}). The end of its log, {child.command.log}:\n{last}"
