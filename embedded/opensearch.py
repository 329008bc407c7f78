"""OpenSearch as a part of the stack: the node of embedded.opensearch_node in a process of its own."""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

import psutil

from embedded.errors import StartError
from embedded.opensearch_jars import class_path
from embedded.parts import log_file
from embedded.ports import LOOPBACK
from embedded.process import Command

HEAP_VARIABLE = "MICROPOOLS_HEAP_MB"
# OpenSearch's own default; 512 MiB is the least it runs the sample in without collecting garbage all the time.
HEAP_MB = 1024
SMALL_HEAP_MB = 512
# PostgreSQL, three Python processes and a browser need the rest.
SMALL_MACHINE_BYTES = 4 * 1024**3


def heap_mb() -> int:
    """The heap of the JVM in MiB: as set, else by the memory of the machine."""
    given = os.environ.get(HEAP_VARIABLE, "")
    if given:
        if not given.isdigit() or int(given) < SMALL_HEAP_MB:
            raise StartError(
                f"{HEAP_VARIABLE} must be a whole number of at least {SMALL_HEAP_MB} (MiB), not {given!r}."
            )
        return int(given)
    return HEAP_MB if memory_bytes() > SMALL_MACHINE_BYTES else SMALL_HEAP_MB


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or the container's where that is less."""
    total = psutil.virtual_memory().total
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text(encoding="ascii").strip() if limit.exists() else ""
    return min(total, int(text)) if text.isdigit() else total


class OpenSearch:
    """A single OpenSearch node under `home`, on loopback."""

    name = "opensearch"

    def __init__(self, home: Path, port: int, _password: str) -> None:
        self.port = port
        self._home = home
        self._directory = home / "opensearch"

    @property
    def url(self) -> str:
        """Plain HTTP: the embedded node has no security plugin and listens on loopback only."""
        return f"http://{LOOPBACK}:{self.port}"

    def prepare(self) -> None:
        """Fetch the jars here, where progress can be seen; the node verifies them again before it loads them."""
        class_path()

    def command(self) -> Command:
        """A Python process that hosts the JVM."""
        root = str(Path(__file__).parent.parent)
        return Command(
            name=self.name,
            argv=[
                *(sys.executable, "-m", "embedded.opensearch_node"),
                *("--dir", str(self._directory), "--port", str(self.port), "--heap", str(heap_mb())),
            ],
            log=log_file(self._home, self.name),
            # From a checkout that is not installed the package is found by its place.
            environment={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")])),
            },
            # Closing takes a second; the first time in an environment it then writes the class archive, 5 to 30 s by
            # how busy the machine is. To kill it there costs nothing but the archive.
            grace_s=60,
        )

    def ready(self) -> bool:
        """Whether the node has elected itself and recovered its indices."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", "/_cluster/health?wait_for_status=yellow&timeout=2s")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def settle(self) -> None:
        """Nothing to do."""
