"""The erasure list: who was erased, by id only, in a small file that is kept apart from every backup.

A backup holds people who were erased after it was made. The list is what a restore reads to erase them again, so it
has to survive what the database does not: copy the file to another place, as often as you like. One line for each
person, `<id> <version> <when>`; lines are only ever added, twice is as good as once, and the order means nothing.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.errors import Unusable


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody who was erased: their id, the version of their tombstone, and when."""

    candidate: uuid.UUID
    version: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.candidate} {self.version} {self.at.isoformat(timespec='seconds')}"

    @classmethod
    def parse(cls, line: str) -> Erased:
        """From a line of the file; ValueError for any other text."""
        candidate, version, at = line.split()
        return cls(uuid.UUID(candidate), int(version), datetime.fromisoformat(at))


def append(path: Path, erased: Iterable[Erased]) -> None:
    """Add these to the file; when this returns they are on the disk. Raises OSError where that cannot be."""
    lines = "".join(f"{each}\n" for each in erased)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        # Several processes may write; a line that was cut off with its writer is ended before ours begins.
        fcntl.flock(file, fcntl.LOCK_EX)
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            if file.read(1) != b"\n":
                lines = f"\n{lines}"
        file.write(lines.encode("ascii"))
        os.fsync(file.fileno())
    if is_new:
        sync_directory(path.parent)


def read(path: Path) -> list[Erased]:
    """Everybody on the list. A line that was cut off with its writer is passed over: it is written again.

    Raises:
        Unusable: a whole line is none of ours, so the file is not, or not any more, an erasure list.
    """
    found: list[Erased] = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True), 1):
        try:
            found.append(Erased.parse(line))
        except ValueError:
            if _is_cut_off(line):
                continue
            sentence = f"Line {number} of {path} is not “<id> <version> <when>”; this is no erasure list, or damaged."
            raise Unusable(sentence) from None
    return found


def _is_cut_off(line: str) -> bool:
    """Whether it is the beginning of a line of ours, whatever came after it."""
    shape = "00000000-0000-0000-0000-000000000000"
    start = line.strip()[: len(shape)]
    return all(
        char in "0123456789abcdef" if place == "0" else char == place for char, place in zip(start, shape, strict=False)
    )


def sync_directory(directory: Path) -> None:
    """See that the names in this directory are on the disk, too."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
