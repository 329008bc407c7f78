"""What runs in a home, on disk: so that a later command finds it, proves it is ours and can end it.

The file is written before anything is reported as started, replaced whole each time, and readable by its owner only
(the URLs in it carry the password).
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from embedded.errors import StartError
from embedded.process import Child, Command, Identity, end_stranger
from embedded.secret import write_private

FILE = "state.json"
LOCK = "lock"


class State:
    """The state file of a home. Safe to use from several threads of the one process that holds the lock."""

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        self._mutex = threading.Lock()
        self._content: dict[str, Any] = self._read()

    def get(self, key: str, default: Any = None) -> Any:
        """A value noted before, by this run or the last."""
        with self._mutex:
            return self._content.get(key, default)

    def note(self, **values: Any) -> None:
        """Keep values for whoever asks later."""
        with self._mutex:
            self._content.update(values)
            self._write()

    def identities(self) -> list[Identity]:
        """Every process that was recorded and not taken off again, in the order they were started."""
        return [Identity(**entry) for entry in self.get("processes", [])]

    def start(self, command: Command) -> Child:
        """Start a process and record it, in place of an earlier one of its name. Unrecorded, it does not stay alive."""
        child = Child(command)
        try:
            self.record(child.identity)
        except OSError:
            child.kill()
            raise
        return child

    def record(self, identity: Identity) -> None:
        """Note a process; it replaces an earlier one of its name."""
        with self._mutex:
            others = [entry for entry in self._content.get("processes", []) if entry["name"] != identity.name]
            self._content["processes"] = [*others, asdict(identity)]
            self._write()

    def forget_processes(self) -> None:
        """Nothing runs any more; ports stay, so that the next run has the same addresses."""
        with self._mutex:
            self._content = {key: value for key, value in self._content.items() if key == "ports"}
            self._write()

    def end_leftovers(self) -> list[str]:
        """End what a killed run left alive, last started first; returns the names of what was found."""
        found = []
        for identity in reversed(self.identities()):
            process = identity.find()
            if process is not None and process.pid != os.getpid():
                end_stranger(process)
                found.append(identity.name)
        return found

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError:
            # Not ours to repair, and nothing in it is needed to start: the data lies elsewhere.
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self) -> None:
        write_private(self._path, json.dumps(self._content, indent=1))


class HomeLock:
    """One run per home. The kernel lets go of it when the process ends, however it ends."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        descriptor = os.open(self._home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StartError(
                f"Micropools is already running in {self._home}. "
                "Use it, end it with `micropools stop`, or give another directory with MICROPOOLS_HOME."
            ) from None
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(home: Path) -> bool:
    """Whether a run holds this home."""
    if not (home / LOCK).exists():
        return False
    try:
        with HomeLock(home):
            return False
    except StartError:
        return True
