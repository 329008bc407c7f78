"""Errors of the engine come out as one of three kinds."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.settings import Settings
from engine.answers import whole
from engine.client import Engine, connect, refusal
from engine.errors import EngineError, EnginePartial, EngineRefused, EngineUnavailable
from tests.on_engine import OwnIndexes


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def answering(status: int, body: bytes, seen: list[str]) -> Iterator[Engine]:
    """A server that is not an engine: what a proxy or a half-started node sends."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    engine = connect(Settings(OPENSEARCH_URL=f"http://127.0.0.1:{server.server_port}"))
    try:
        yield engine
    finally:
        engine.close()
        server.shutdown()
        server.server_close()
        thread.join()


def test_nobody_listening_is_unavailable() -> None:
    engine = connect(Settings(OPENSEARCH_URL=f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(EngineUnavailable) as caught:
        engine.call("GET", "/")
    assert caught.value.retryable
    assert not engine.alive()
    engine.close()


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_not_now_is_unavailable_and_not_repeated_in_silence(status: int) -> None:
    seen: list[str] = []
    with answering(status, b'{"error": "later"}', seen) as engine, pytest.raises(EngineUnavailable):
        engine.call("GET", "/x")
    assert seen == ["/x"]


@pytest.mark.parametrize("body", [b'"text"', b"[1]", b"null"])
def test_a_refusal_that_no_engine_writes_is_no_answer(body: bytes) -> None:
    with answering(400, body, []) as engine, pytest.raises(EngineUnavailable):
        engine.call("GET", "/x")


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b'{"error": {"type": "odd"}}', b'{"error": "odd"}', b"{}"])
def test_a_refusal_in_any_form_is_a_refusal(body: bytes) -> None:
    with answering(400, body, []) as engine, pytest.raises(EngineRefused) as caught:
        engine.call("GET", "/x")
    assert caught.value.engine_status == 400
    assert not caught.value.retryable


def test_an_answer_that_is_not_json_is_no_answer() -> None:
    with answering(200, b"<html>welcome</html>", []) as engine, pytest.raises(EngineUnavailable):
        engine.call("GET", "/x")


def test_no_answer_in_time_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        engine = connect(Settings(OPENSEARCH_URL=url, ENGINE_TIMEOUT_S=0.2))
        with pytest.raises(EngineUnavailable):
            engine.call("GET", "/")
        engine.close()


def test_the_cause_is_named_and_not_only_its_wrapping(engine: Engine, indexes: OwnIndexes) -> None:
    with pytest.raises(EngineRefused) as caught:
        engine.call("POST", f"/{indexes.candidates}/_search", {"query": {"no_such_query": {}}})
    assert caught.value.engine_status == 400
    assert "no_such_query" in caught.value.reason


def test_an_unknown_index_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(EngineRefused) as caught:
        engine.call("GET", "/no-such-index/_search")
    assert caught.value.kind == "index_not_found_exception"


@pytest.mark.parametrize(
    "answer",
    [
        {"timed_out": True, "_shards": {"total": 1, "failed": 0}},
        {"timed_out": False, "_shards": {"total": 2, "failed": 1}},
        {"timed_out": False, "_shards": {"total": 0, "failed": 0}},
    ],
)
def test_half_an_answer_is_none(answer: dict[str, object]) -> None:
    with pytest.raises(EnginePartial) as caught:
        whole(answer)
    assert isinstance(caught.value, EngineUnavailable)


def test_a_whole_answer_passes() -> None:
    answer = {"timed_out": False, "_shards": {"total": 1, "failed": 0}}
    assert whole(answer) is answer


@pytest.mark.parametrize(("status", "kind"), [(429, EngineUnavailable), (503, EngineUnavailable), (400, EngineRefused)])
def test_one_failed_item_of_a_batch_has_a_kind_too(status: int, kind: type[EngineError]) -> None:
    error = refusal(status, {"type": "t", "reason": "outer", "root_cause": [{"type": "root", "reason": "inner"}]})
    assert isinstance(error, kind)
    assert "inner" in str(error)
