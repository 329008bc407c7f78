"""Children are told apart from strangers, end with the one that started them, and end with all they started."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from embedded.process import Child, Command, wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]
# Starts a child of its own, says its pid, and ignores the polite signal.
STUBBORN_PARENT = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
# Starts a sleeper as the product does, says its pid, and waits to be killed.
STARTER = """
import sys, time
from pathlib import Path
from embedded.process import Child, Command
child = Child(Command("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]), {}))
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command("sleeper", SLEEPER, tmp_path / "log", {}, grace_s=0.3)


@pytest.fixture
def sleeper(command: Command) -> Iterator[Child]:
    child = Child(command)
    yield child
    child.kill()


def command_itself(child: Child) -> bool:
    """Whether the leash has become the command."""
    return psutil.Process(child.pid).cmdline() == child.identity.command


def test_a_recorded_process_is_found_by_its_identity(sleeper: Child) -> None:
    found = sleeper.identity.find()

    assert found is not None
    assert found.pid == sleeper.pid


def test_a_process_is_found_while_it_becomes_its_command(command: Command) -> None:
    """Python, then the leash, then the command: the kernel shows no command line in between."""
    for _ in range(20):
        child = Child(command)
        try:
            looks = 0
            while not command_itself(child):
                assert child.identity.find() is not None, f"lost at look {looks}"
                looks += 1
        finally:
            child.kill()


def test_a_stranger_with_the_same_pid_is_not_ours(sleeper: Child) -> None:
    assert replace(sleeper.identity, started=sleeper.identity.started - 60).find() is None
    assert replace(sleeper.identity, command=["/usr/bin/editor"]).find() is None


def test_an_ended_process_is_not_found(sleeper: Child) -> None:
    sleeper.kill()

    assert sleeper.identity.find() is None


def test_a_child_that_ignores_the_signal_is_killed_with_its_children(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child(Command("stubborn", [sys.executable, "-c", STUBBORN_PARENT], log, {}, grace_s=0.3))
    assert wait_until(lambda: log.exists() and log.read_text().strip().isdigit(), timeout_s=20)
    grandchild = psutil.Process(int(log.read_text()))

    child.stop()

    assert child.exit_code == -signal.SIGKILL
    assert not grandchild.is_running()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
def test_children_end_when_their_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen([sys.executable, "-c", STARTER, tmp_path / "log"], stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter.stdout as said:
        child = psutil.Process(int(said.readline()))
    starter.kill()
    starter.wait()

    assert wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, timeout_s=10)


def test_a_child_started_by_a_short_thread_outlives_it(command: Command) -> None:
    started: list[Child] = []
    thread = threading.Thread(target=lambda: started.append(Child(command)))
    thread.start()
    thread.join()

    try:
        # Its end would come at once; this is long enough to see it.
        assert not wait_until(lambda: not started[0].alive, timeout_s=0.5)
    finally:
        started[0].kill()


def test_only_the_words_of_this_start_are_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("said by an earlier run\n")
    child = Child(Command("speaker", [sys.executable, "-c", "print('said now')"], log, {}))
    assert wait_until(lambda: not child.alive, timeout_s=20)

    assert child.last_words() == "said now"
