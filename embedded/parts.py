"""What the stack needs of a part, whichever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from embedded.process import Command


class Part(Protocol):
    """One of the three services as a child process on a port of its own."""

    name: str
    """Short and stable: postgres, valkey, opensearch."""

    port: int

    @property
    def url(self) -> str:
        """The address clients use, with credentials where there are any."""

    def prepare(self) -> None:
        """Make everything the first start needs and clear what a killed run left; safe to repeat."""

    def command(self) -> Command:
        """How to run it."""

    def ready(self) -> bool:
        """Whether it serves requests now."""

    def settle(self) -> None:
        """What has to be done once it serves, each time; safe to repeat."""


def log_file(home: Path, name: str) -> Path:
    """Where a process writes what it has to say."""
    return home / "logs" / f"{name}.log"
