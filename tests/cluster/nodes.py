"""Three OpenSearch nodes, each a process of its own, as one cluster: to be killed, frozen and started again."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2
import psutil

from embedded.ports import LOOPBACK, free_ports
from embedded.process import Child, Command, wait_until

ROOT = Path(__file__).parent.parent.parent
NODES = 3
HEAP_MB = 512
# Three cold JVMs at once on two busy cores.
START_S = 240.0
# Until the others have noticed that one is gone, and have everything twice again.
WHOLE_S = 180.0


class Nodes:
    """The cluster, in a directory that is removed afterwards. Nodes are called node-1, node-2, node-3."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="micropools-cluster-"))
        ports = free_ports(2 * NODES)
        self._http = {f"node-{n + 1}": port for n, port in enumerate(ports[:NODES])}
        self._transport = dict(zip(self._http, ports[NODES:], strict=True))
        self._running: dict[str, Child] = {}

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.callback(self._end)
            for name in self._http:
                self._start(name)
            self.await_whole(START_S)
            on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def names(self) -> list[str]:
        """All of them, whether they run or not."""
        return list(self._http)

    @property
    def url(self) -> str:
        """OPENSEARCH_URL of the whole cluster."""
        return ",".join(f"http://{LOOPBACK}:{port}" for port in self._http.values())

    @property
    def manager(self) -> str:
        """The node that the others have elected."""
        elected: list[str] = []

        def told() -> bool:
            for name in self.names:
                answer = self._get(name, "/_cat/cluster_manager?format=json&h=node")
                if answer:
                    elected[:] = [answer[0]["node"]]
                    return True
            return False

        assert wait_until(told, timeout_s=WHOLE_S), "nobody was elected"
        return elected[0]

    @property
    def followers(self) -> list[str]:
        """The others."""
        return [name for name in self.names if name != self.manager]

    def holder(self, index: str) -> str:
        """The node that holds the first copy of the index's first shard."""
        rows = self._get(self.names[0], f"/_cat/shards/{index}?format=json&h=shard,prirep,node&s=shard,prirep")
        node: str = next(row["node"] for row in rows if row["prirep"] == "p")
        return node

    def kill(self, name: str) -> None:
        """SIGKILL."""
        self._running[name].kill()

    def make_whole(self) -> None:
        """Start those again that were killed, with the data they had, and wait until nothing of it is missing."""
        for name, node in self._running.items():
            if not node.alive:
                self._start(name)
        self.await_whole()

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """While this lasts the node hangs: its connections stay open and nothing is answered."""
        process = psutil.Process(self._running[name].pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def await_whole(self, timeout_s: float = WHOLE_S) -> None:
        """Return once all nodes know each other and every shard has all its copies."""
        asked = f"/_cluster/health?wait_for_nodes={NODES}&wait_for_status=green&wait_for_no_relocating_shards=true"

        def whole() -> bool:
            for name, child in self._running.items():
                assert child.alive, f"{name} ended: {child.last_words()}"
            return all(
                health is not None and not health["timed_out"]
                for health in (self._get(name, f"{asked}&timeout=1s") for name in self.names)
            )

        assert wait_until(whole, timeout_s=timeout_s), {name: c.last_words() for name, c in self._running.items()}

    def await_noticed(self, gone: str, still: Callable[[], bool] = lambda: True) -> bool:
        """Whether the others have noticed that this node is gone, before `still` became untrue."""
        other = next(name for name in self.names if name != gone)

        def noticed() -> bool:
            rows = self._get(other, "/_cat/nodes?format=json&h=name")
            return (rows is not None and gone not in [row["name"] for row in rows]) or not still()

        return wait_until(noticed, timeout_s=WHOLE_S, interval_s=0.2) and still()

    def _get(self, name: str, path: str) -> Any:
        """The parsed answer of one node; None while it gives none."""
        try:
            answer = httpx2.get(f"http://{LOOPBACK}:{self._http[name]}{path}", trust_env=False, timeout=5)
        except httpx2.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def _start(self, name: str) -> None:
        settings = {
            "cluster.name": f"test-{self._home.name}",
            "node.name": name,
            "discovery.type": "zen",
            "transport.port": str(self._transport[name]),
            "discovery.seed_hosts": ",".join(f"{LOOPBACK}:{port}" for port in self._transport.values()),
            "cluster.initial_cluster_manager_nodes": ",".join(self.names),
            # As docs/scaling.md advises: a node that hangs is given up after ten seconds and not after half a minute.
            "cluster.fault_detection.follower_check.timeout": "3s",
            "cluster.fault_detection.leader_check.timeout": "3s",
        }
        self._running[name] = Child(
            Command(
                name=name,
                argv=[
                    *(sys.executable, "-m", "embedded.opensearch_node", "--dir", str(self._home / name)),
                    *("--port", str(self._http[name]), "--heap", str(HEAP_MB)),
                    *(part for key, value in settings.items() for part in ("--setting", f"{key}={value}")),
                ],
                log=self._home / f"{name}.log",
                environment={**os.environ, "PYTHONPATH": str(ROOT)},
                cwd=ROOT,
                grace_s=30,
            )
        )

    def _end(self) -> None:
        # Nothing of it is kept, so nothing has to be written out.
        for child in self._running.values():
            child.kill()
        shutil.rmtree(self._home)
