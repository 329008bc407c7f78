"""Several nodes of one engine: which of them is asked, and which is left alone for a while.

A node that died refuses connections and is passed over at once. Worse is one that hangs: it takes requests and answers
none. So whoever owes the fewest answers is asked next: a node that hangs keeps no more requests than the others are
busy with, and not one of three.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from opensearchpy import ConnectionPool, ConnectionSelector, Urllib3HttpConnection
from opensearchpy.exceptions import ConnectionTimeout, TransportError
from urllib3 import Timeout

# A machine on the same network accepts a connection within milliseconds; one that is gone without a word never does.
CONNECT_S = 3.0
# How long a node is left alone after it failed, doubled each time up to forty seconds: it costs one short question to
# learn that it is still away.
PAUSE_S = 5.0
DOUBLED_AT_MOST = 3
# Answers from a node that is leaving, coming, or cut off from the others. It gives them quickly, so it would draw
# everything to itself. (Too many requests, 429, is no such answer: the others have as many.)
AWAY = frozenset({502, 503, 504})
# How long a node may take to say that it is one of its cluster. Who waits no longer than this learns nothing of a node
# that is merely busy, so nothing is made of it either.
PROBE_S = 1.0


class Host(Urllib3HttpConnection):
    """One node: how many answers it owes us, and whether it failed to give one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.owed = 0
        self.pool_of_hosts: Hosts | None = None

    def perform_request(self, *asked: Any, **options: Any) -> Any:
        """Ask this node; `timeout` in seconds is how long to wait for the answer."""
        wait_s = options.get("timeout") or self.timeout
        options["timeout"] = Timeout(connect=min(CONNECT_S, wait_s), read=wait_s)
        self.owed += 1
        try:
            return super().perform_request(*asked, **options)
        except TransportError as error:
            hangs = isinstance(error, ConnectionTimeout) and wait_s > PROBE_S
            if self.pool_of_hosts is not None and (hangs or error.status_code in AWAY):
                self.pool_of_hosts.mark_dead(self)
            raise
        finally:
            self.owed -= 1


class Fewest(ConnectionSelector):
    """Whoever owes the fewest answers; of several, any."""

    def select(self, connections: Sequence[Host]) -> Host:  # type: ignore[override]  # typed as giving nothing
        """The next to be asked."""
        fewest = min(host.owed for host in connections)
        return random.choice([host for host in connections if host.owed == fewest])  # noqa: S311 - no secret


class Hosts(ConnectionPool):
    """The nodes. One that failed comes back once it says itself that it belongs to its cluster again."""

    def __init__(self, connections: Any, **options: Any) -> None:
        super().__init__(
            connections,
            **options | {"dead_timeout": PAUSE_S, "timeout_cutoff": DOUBLED_AT_MOST, "selector_class": Fewest},
        )
        self._all: list[Host] = [host for host, _ in connections]
        for host in self._all:
            host.pool_of_hosts = self

    def close(self) -> None:
        """Give the sockets back, also those to nodes that are left alone."""
        for host in self._all:
            host.close()

    def resurrect(self, force: bool = False) -> Any:
        """The next node whose pause is over, if it answers; where no other is left (`force`), it is asked as it is."""
        host = super().resurrect(force)
        if host is None or force:
            return host
        try:
            host.perform_request("GET", "/_cluster/health", timeout=PROBE_S)
        except TransportError:
            self.mark_dead(host)
            return None
        return host
