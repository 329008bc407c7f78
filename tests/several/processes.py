"""Two of everything on one installation: API processes, workers with children, beats."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpx2

from embedded import product
from embedded.ports import free_ports
from embedded.process import Child, Command, wait_until
from embedded.product import ROOT, Shape
from embedded.running import serves

# Four interpreters that import everything, on two busy cores.
START_S = 180.0


class Processes:
    """The processes of the product twice over, on the services and indexes of this run."""

    def __init__(self) -> None:
        self._home = Path(tempfile.mkdtemp(prefix="micropools-several-"))
        # The second address is served by two processes of its own.
        self._shapes = [
            Shape(port=port, api_processes=processes, worker_processes=1)
            for port, processes in zip(free_ports(2), (1, 2), strict=True)
        ]
        self._children: dict[str, Child] = {}

    def __enter__(self) -> Self:
        with ExitStack() as on_failure:
            on_failure.callback(self._end)
            for number, shape in enumerate(self._shapes):
                api = f"api-{number}"
                self._start(api, product.api(shape), product.counting(self._home / api, {}))
                # Each by a name of its own: Celery knows workers by their names.
                self._start(f"worker-{number}", [*product.worker(shape), "--hostname", f"worker-{number}@here"])
                self._start(f"beat-{number}", product.beat(self._home / f"beat-{number}"))
            for shape in self._shapes:
                address = shape.address
                assert wait_until(lambda at=address: serves(at), timeout_s=START_S), self.last_words()  # type: ignore[misc]
            on_failure.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    @property
    def addresses(self) -> tuple[str, str]:
        """Where the API answers."""
        here, there = (shape.address for shape in self._shapes)
        return here, there

    def clients(self, token: str) -> tuple[httpx2.Client, httpx2.Client]:
        """The same user at each of the two."""
        headers = {"Authorization": f"Bearer {token}"}
        here, there = (
            httpx2.Client(base_url=address, headers=headers, timeout=60, trust_env=False) for address in self.addresses
        )
        return here, there

    def last_words(self) -> dict[str, str]:
        """The end of each log."""
        return {name: child.last_words() for name, child in self._children.items()}

    def _start(self, name: str, argv: list[str], more: Mapping[str, str] = MappingProxyType({})) -> None:
        (self._home / name).mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "MICROPOOLS_HOME": str(self._home),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "EXPRESS_LANE": "1",
            **more,
        }
        log = self._home / f"{name}.log"
        self._children[name] = Child(Command(name=name, argv=argv, log=log, environment=environment, cwd=ROOT))

    def _end(self) -> None:
        for child in self._children.values():
            child.ask_to_stop()
        for child in self._children.values():
            child.stop()
        shutil.rmtree(self._home)
