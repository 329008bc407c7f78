"""A child process: started on a leash, told apart from strangers, stopped gently or killed with its descendants."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LEASH = Path(__file__).with_name("leash.py")

# A log that grew past this is set aside once, at the next start: two files are the most a part can leave behind.
LOG_LIMIT_BYTES = 16 * 1024 * 1024

# psutil adds whole clock ticks to a boot time that the system may have corrected since.
START_TIME_TOLERANCE_S = 2.0

# The kernel shows no command line while a process becomes another program (execve(2)): for microseconds, or for as long
# as the machine has better things to do.
BECOMING_S = 2.0

# The kernel watches the *thread* that started a child (prctl(2), PR_SET_PDEATHSIG), not the process. So one thread
# that lives as long as this process starts all of them; a part restarted by a short-lived thread would end with it.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="starter")


@dataclass(frozen=True)
class Command:
    """What to run, and how to end it."""

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    user: str = ""
    cwd: Path | None = None
    # Long enough to write out what is in memory; a part that takes longer is as safe to kill (all of them log ahead).
    grace_s: float = 20.0


@dataclass(frozen=True)
class Identity:
    """Proof that a process is the one we started: a pid alone may belong to a stranger by now."""

    name: str
    pid: int
    started: float
    command: list[str] = field(default_factory=list)

    def find(self) -> psutil.Process | None:
        """The process, if it still runs and is the one meant."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            if abs(process.create_time() - self.started) > START_TIME_TOLERANCE_S:
                return None
            # The leash has the command as its last arguments until it becomes it.
            if _command_line(process)[-len(self.command) :] != self.command:
                return None
        except psutil.Error:
            return None
        return process


class Child:
    """A running child of this process."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._log_start = command.log.stat().st_size if command.log.exists() else 0
        self._popen = _starter.submit(_spawn, command).result()
        self.identity = Identity(command.name, self._popen.pid, _create_time(self._popen.pid), list(command.argv))

    @property
    def pid(self) -> int:
        """The process id; after exec it is that of the part itself."""
        return self._popen.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._popen.poll()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.exit_code is None

    def last_words(self) -> str:
        """The end of what it wrote, of this start only."""
        return tail(self.command.log, since=self._log_start)

    def ask_to_stop(self) -> None:
        """Send the part's own signal for a clean end and return at once."""
        if self.alive:
            self._popen.send_signal(self.command.stop_signal)

    def stop(self) -> None:
        """End it cleanly; kill what is left after the grace period."""
        family = descendants(self.pid) if self.alive else []
        self.ask_to_stop()
        try:
            self._popen.wait(self.command.grace_s)
        except subprocess.TimeoutExpired:
            self.kill()
        # A parent that ends by itself may leave a child that did not listen.
        end_now(family)

    def kill(self) -> None:
        """SIGKILL to it and to all it started, as a power cut would."""
        family = descendants(self.pid) if self.alive else []
        self._popen.kill()
        end_now(family)
        self._popen.wait()


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    command.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if command.log.exists() and command.log.stat().st_size > LOG_LIMIT_BYTES:
        command.log.replace(command.log.with_suffix(".old.log"))
    with command.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own commands
            leashed(command.argv, stop_signal=command.stop_signal, user=command.user),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=dict(command.environment),
            cwd=command.cwd,
            # Ctrl-C in the terminal reaches the supervisor only, which then stops everything in order.
            start_new_session=True,
        )


def leashed(argv: Sequence[str], *, stop_signal: signal.Signals, user: str = "") -> list[str]:
    """The command line that runs `argv` so that it ends with this process and, if asked, as another user."""
    return [
        *(sys.executable, "-I", "-S", str(LEASH)),
        *("--parent", str(os.getpid()), "--signal", str(int(stop_signal)), "--user", user),
        "--",
        *argv,
    ]


def _command_line(process: psutil.Process) -> list[str]:
    found: list[str] = []

    def shown() -> bool:
        found[:] = process.cmdline()
        return bool(found)

    wait_until(shown, timeout_s=BECOMING_S, interval_s=0.001)
    return found


def _create_time(pid: int) -> float:
    # A child that has ended already is still ours to wait for, so the pid exists.
    return psutil.Process(pid).create_time()


def descendants(pid: int) -> list[psutil.Process]:
    """All processes below this one, now."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end_now(processes: Sequence[psutil.Process]) -> None:
    """SIGKILL each and wait until they are gone; one that has ended already is fine."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(list(processes), timeout=10)


def end_stranger(process: psutil.Process, stop_signal: signal.Signals = signal.SIGTERM, grace_s: float = 20.0) -> None:
    """End a process that is ours by proof but not our child: politely, then with its descendants by force."""
    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        family = process.children(recursive=True)
        process.send_signal(stop_signal)
    _gone, left = psutil.wait_procs([process], timeout=grace_s)
    end_now([*left, *family])


def wait_until(probe: Callable[[], bool], *, timeout_s: float, interval_s: float = 0.05) -> bool:
    """Ask `probe()` until it says yes; False when the time is up."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if probe():
            return True
        time.sleep(interval_s)
    return False


def tail(log: Path, since: int = 0, lines: int = 8) -> str:
    """The last lines of a log from an offset on, for a sentence that has to say why a part ended."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        # The log may have been set aside in between; 8 KB hold the lines of any sensible length.
        file.seek(max(0, since if since <= size else 0, size - 8192))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])
