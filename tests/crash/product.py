"""A whole product of our own to break: every part a process under the product's supervisor, which starts it again."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import psutil

from embedded.parts import log_file
from embedded.ports import free_ports
from embedded.process import Child, Command, tail, wait_until
from embedded.running import find, serves
from embedded.state import State
from embedded.urls import ServiceUrls

ROOT = Path(__file__).parent.parent.parent
SUPERVISED = Path(__file__).with_name("supervised.py")
PREFIX = "crash"
# Set to anything, it leaves the home with its logs and data behind, for whoever looks into a failure.
KEEP = "MICROPOOLS_CRASH_KEEP"
PROCESSES = ("postgres", "valkey", "opensearch", "api", "worker", "beat")

# From nothing on two busy cores: the JVM, PostgreSQL's first start, the migration, the API.
START_S = 300.0
# OpenSearch is the slowest to come back: a cold JVM, then its translog.
BACK_S = 180.0


class Product:
    """The product in a home that is removed afterwards. `root` is the checkout, or a changed copy of it.

    `opensearch_url` is an engine of somebody else's, which this one neither starts nor breaks.
    """

    def __init__(self, root: Path = ROOT, opensearch_url: str = "", *, express: bool = True) -> None:
        self._express = express
        self.home = Path(tempfile.mkdtemp(prefix="micropools-crash-"))
        self._root = root
        self._given = ServiceUrls(opensearch_url=opensearch_url)
        self._port = free_ports(1)[0]
        self._supervisor: Child | None = None
        self._urls = ServiceUrls()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def address(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def urls(self) -> ServiceUrls:
        """Where the services are; they come back at the same addresses."""
        return self._urls

    @property
    def _processes(self) -> list[str]:
        return [name for name in PROCESSES if name != "opensearch" or not self._given.opensearch_url]

    def process(self, name: str) -> psutil.Process | None:
        """The process of this name as the supervisor recorded it, or None while it is down."""
        for identity in State(self.home).identities():
            if identity.name == name:
                return identity.find()
        return None

    def await_process(self, name: str) -> psutil.Process:
        """The process of this name, once there is one."""
        found: list[psutil.Process] = []

        def there() -> bool:
            process = self.process(name)
            found[:] = [process] if process else []
            return bool(found)

        assert wait_until(there, timeout_s=BACK_S), f"{name} was not started again\n{self.log('supervisor')}"
        return found[0]

    def await_whole(self) -> None:
        """Return once every process runs and the two that are asked directly answer."""

        def whole() -> bool:
            engines = self.urls.opensearch_url.split(",")
            return all(map(self.process, self._processes)) and serves(self.address) and any(map(searches, engines))

        assert wait_until(whole, timeout_s=BACK_S), f"not everything came back\n{self.log('supervisor')}"

    def cut_power(self) -> None:
        """End everything at once, the supervisor included, and start it all again."""
        assert self._supervisor is not None
        supervisor = psutil.Process(self._supervisor.pid)
        # Otherwise it would start again what it sees ending, and its own end would ask the others to stop politely.
        supervisor.suspend()
        for process in supervisor.children(recursive=True):
            process.kill()
        self._supervisor.kill()
        self._start()

    @contextmanager
    def unattended(self) -> Iterator[None]:
        """While this lasts, what was killed stays down: the supervisor is stopped, too."""
        assert self._supervisor is not None
        supervisor = psutil.Process(self._supervisor.pid)
        supervisor.suspend()
        try:
            yield
        finally:
            supervisor.resume()

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """While this lasts, the process hangs: its connections stay open and nothing is answered."""
        process = self.await_process(name)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def log(self, name: str) -> str:
        """The end of what a process wrote."""
        return tail(log_file(self.home, name), lines=40)

    def _start(self) -> None:
        # Its own services, whatever the run of tests uses.
        own = {name: value for name, value in os.environ.items() if name not in ServiceUrls(*"???").environment()}
        self._supervisor = Child(
            Command(
                name="supervisor",
                # -P: what lies beside the script must not be taken for packages of the product.
                argv=[
                    *(sys.executable, "-P", str(SUPERVISED), "--home", str(self.home)),
                    *("--port", str(self._port), "--worker-processes", "2"),
                ],
                log=log_file(self.home, "supervisor"),
                environment={
                    **own,
                    **self._given.environment(),
                    "PYTHONPATH": str(self._root),
                    "INDEX_PREFIX": PREFIX,
                    "ERASURE_LIST": str(self.home / "erased.txt"),
                    # While it is busy the workers are woken: with several clients both do their part.
                    "EXPRESS_LANE": "1" if self._express else "0",
                    # A few hundred people: the least heap is plenty, beside the services of the other tests.
                    "MICROPOOLS_HEAP_MB": "512",
                },
                cwd=self._root,
                grace_s=60,
            )
        )
        supervisor = self._supervisor

        def ready() -> bool:
            return not supervisor.alive or find(self.home) is not None

        wait_until(ready, timeout_s=START_S)
        running = find(self.home)
        assert running is not None, f"the product does not run\n{supervisor.last_words()}"
        assert self._urls in (ServiceUrls(), running.urls), "the services moved"
        self._urls = running.urls

    def _end(self) -> None:
        if self._supervisor is not None:
            self._supervisor.stop()
        if not os.environ.get(KEEP):
            shutil.rmtree(self.home)


def searches(address: str) -> bool:
    """Whether OpenSearch has recovered its indexes."""
    try:
        answer = httpx2.get(f"{address}/_cluster/health?wait_for_status=yellow&timeout=1s", trust_env=False)
    except httpx2.TransportError:
        return False
    return answer.status_code == 200
