"""Several nodes: one that is gone, hangs, or is cut off from the others is not what searches wait for."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.settings import Settings
from embedded.process import wait_until
from engine import hosts
from engine.client import Engine, connect
from engine.errors import EngineRefused, EngineUnavailable


@dataclass
class Node:
    """A server that answers as a node in some state would. `asked` are the paths of what it was asked, health aside."""

    port: int = 0
    status: int = 200
    hangs: bool = False
    asked: list[str] = field(default_factory=list)
    healthy: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def recovers(self) -> None:
        self.status, self.hangs = 200, False
        self.go_on.set()


@contextmanager
def serving(node: Node) -> Iterator[Node]:
    """The node listens; at its port again where it has one."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if self.path.startswith("/_cluster/health"):
                node.healthy += 1
            else:
                node.asked.append(self.path.partition("?")[0])
            if node.hangs:
                node.go_on.wait()
            body = b'{"error": {"type": "t", "reason": "r"}}' if node.status >= 300 else b"{}"
            try:
                self.send_response(node.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                """Whoever asked has given up."""

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", node.port), Answer)
    server.daemon_threads = True
    node.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield node
    finally:
        node.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def cluster(*nodes: Node, timeout_s: float = 30.0) -> Iterator[Engine]:
    with ExitStack() as stack:
        for node in nodes:
            stack.enter_context(serving(node))
        engine = connect(Settings(OPENSEARCH_URL=",".join(n.url for n in nodes), ENGINE_TIMEOUT_S=timeout_s))
        stack.callback(engine.close)
        yield engine


@pytest.fixture(autouse=True)
def short_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "PAUSE_S", 0.05)


def test_a_node_that_is_gone_is_passed_over_by_reads_and_writes() -> None:
    gone, there = Node(), Node()
    with serving(gone):
        """Its port is known, and free again."""
    with serving(there):
        engine = connect(Settings(OPENSEARCH_URL=f"{gone.url},{there.url}"))
        for path in ("/i/_search", "/_bulk") * 5:
            assert engine.call("POST", path, {}) == {}
        assert there.asked == ["/i/_search", "/_bulk"] * 5
        with serving(gone):
            gone.asked.clear()

            def found_again() -> bool:
                engine.call("POST", "/i/_search", {})
                return bool(gone.asked)

            assert wait_until(found_again, timeout_s=20)
        engine.close()


def test_while_a_node_hangs_the_others_are_asked() -> None:
    """One request waits for it. With turns taken, every other one would."""
    hanging, well = Node(hangs=True), Node()
    with cluster(hanging, well) as engine, ThreadPoolExecutor(1) as unlucky:

        def asked() -> bool:
            unlucky.submit(engine.call, "POST", "/_bulk", {})
            return wait_until(lambda: bool(hanging.asked), timeout_s=1)

        assert wait_until(asked, timeout_s=20)
        before = len(well.asked)
        for _ in range(50):
            assert engine.call("POST", "/i/_search", {}) == {}
        assert len(hanging.asked) == 1
        assert len(well.asked) == before + 50
        hanging.recovers()


def test_a_read_that_one_node_keeps_is_asked_of_another_and_a_write_is_not() -> None:
    hanging, well = Node(hangs=True), Node()
    with cluster(hanging, well, timeout_s=4) as engine:
        while not hanging.asked:
            assert engine.call("POST", "/i/_search", {}) == {}
        # It hangs longer than anybody waits for it, and is asked by nobody until it says that it is well.
        assert wait_until(lambda: engine.call("POST", "/i/_search", {}) == {} and hanging.healthy > 0, timeout_s=20)
        assert hanging.asked == ["/i/_search"]
    hanging, well = Node(hangs=True), Node()
    with cluster(hanging, well, timeout_s=2) as engine:
        answers = []
        while not hanging.asked:
            try:
                answers.append(engine.call("POST", "/_bulk", {}))
            except EngineUnavailable:
                answers.append(None)
        assert answers.count(None) == 1
        assert hanging.asked == ["/_bulk"]


def test_a_node_that_is_cut_off_draws_nothing_to_itself() -> None:
    cut_off, well = Node(status=503), Node()
    with cluster(cut_off, well) as engine:
        for _ in range(50):
            assert engine.call("POST", "/i/_search", {}) == {}
        assert len(cut_off.asked) <= 1
        cut_off.recovers()

        def found_again() -> bool:
            engine.call("POST", "/i/_search", {})
            return len(cut_off.asked) > 1

        assert wait_until(found_again, timeout_s=20)


def test_where_all_nodes_are_away_that_is_said_and_when_one_is_back_it_is_asked() -> None:
    one, other = Node(status=503), Node(status=503)
    with cluster(one, other) as engine:
        for _ in range(5):
            with pytest.raises(EngineUnavailable):
                engine.call("POST", "/i/_search", {})
        other.recovers()

        def answered() -> bool:
            try:
                return bool(engine.call("POST", "/i/_search", {}) == {})
            except EngineUnavailable:
                return False

        assert wait_until(answered, timeout_s=20)


@pytest.mark.parametrize("status", [400, 404, 429])
def test_what_another_node_would_say_too_is_not_asked_twice(status: int) -> None:
    one, other = Node(status=status), Node(status=status)
    with cluster(one, other) as engine:
        with pytest.raises((EngineUnavailable, EngineRefused)):
            engine.call("POST", "/i/_search", {})
        assert len(one.asked) + len(other.asked) == 1
