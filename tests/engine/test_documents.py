"""Whole documents under external versions: order and repetition do not matter."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import permutations
from typing import Any

import orjson
import pytest

from core.settings import Settings
from engine.client import Engine, connect
from engine.documents import Document, StoredVersion, bulk_index, stored_versions, versions_of
from engine.errors import EngineRefused, EngineUnavailable
from engine.indexes import create_index, refresh
from mappings.documents import tombstone
from mappings.indexes import candidate_index, mapping_version
from mappings.names import IndexName
from tests.on_engine import OwnIndexes


def document(candidate_id: str, version: int, **fields: Any) -> Document:
    source = {"id": candidate_id, "version": version, "state": "live", **fields}
    return Document(candidate_id, version, orjson.dumps(source))


def deleted(candidate_id: str, version: int) -> Document:
    return Document(candidate_id, version, orjson.dumps(tombstone(candidate_id, version)))


def test_any_order_of_any_repetition_ends_the_same(engine: Engine, indexes: OwnIndexes) -> None:
    for n, order in enumerate(permutations([1, 2, 3, 2])):
        for version in order:
            outcome = bulk_index(engine, [indexes.serving.candidates], [document(f"p{n}", version)])
            assert outcome.failed == []
    refresh(engine, indexes.candidates)
    stored = stored_versions(engine, indexes.candidates)
    assert {each.version for each in stored} == {3}
    assert len(stored) == 24


def test_an_overtaken_write_is_success_and_says_so(engine: Engine, indexes: OwnIndexes) -> None:
    index = [indexes.serving.candidates]
    assert bulk_index(engine, index, [document("a", 5)]).indexed == ["a"]
    assert bulk_index(engine, index, [document("a", 5)]).indexed == ["a"]
    outcome = bulk_index(engine, index, [document("a", 4), document("b", 1)])
    assert (outcome.stale, outcome.indexed, outcome.failed) == (["a"], ["b"], [])


def test_a_late_write_does_not_bring_a_deleted_person_back(engine: Engine, indexes: OwnIndexes) -> None:
    index = [indexes.serving.candidates]
    bulk_index(engine, index, [document("a", 1)])
    bulk_index(engine, index, [deleted("a", 3)])
    assert bulk_index(engine, index, [document("a", 2)]).stale == ["a"]
    refresh(engine, indexes.candidates)
    assert stored_versions(engine, indexes.candidates) == [StoredVersion("a", 3, "deleted")]


def test_one_bad_document_does_not_stop_the_others(engine: Engine, indexes: OwnIndexes) -> None:
    bad = document("bad", 1, no_such_field=1)
    outcome = bulk_index(engine, [indexes.serving.candidates], [document("a", 1), bad, document("b", 1)])
    assert outcome.indexed == ["a", "b"]
    ((failed, reason),) = outcome.failed
    assert failed == "bad"
    assert "no_such_field" in reason


def test_a_document_that_one_of_two_indexes_refuses_has_failed(engine: Engine, indexes: OwnIndexes) -> None:
    second = str(IndexName(indexes.prefix, "candidates", mapping_version(), 2))
    body = candidate_index()
    body["mappings"]["properties"].pop("headline")
    create_index(engine, second, body)
    both = [indexes.serving.candidates, second]
    outcome = bulk_index(engine, both, [document("a", 1, headline="x"), document("b", 1)])
    assert outcome.indexed == ["b"]
    assert [failed for failed, _ in outcome.failed] == ["a"]


def test_an_index_that_is_gone_is_a_failure_of_every_document(engine: Engine, indexes: OwnIndexes) -> None:
    outcome = bulk_index(engine, [f"{indexes.prefix}-candidates-00000000-9"], [document("a", 1), document("b", 1)])
    assert [failed for failed, _ in outcome.failed] == ["a", "b"]
    assert outcome.indexed == outcome.stale == []


def test_nothing_to_write_asks_nobody(engine: Engine) -> None:
    assert bulk_index(engine, [], [document("a", 1)]).indexed == []
    assert bulk_index(engine, ["anywhere"], []).indexed == []


def test_stored_versions_are_read_page_by_page_in_id_order(engine: Engine, indexes: OwnIndexes) -> None:
    people = [document(f"p{n:03}", n + 1) for n in range(25)]
    bulk_index(engine, [indexes.serving.candidates], people)
    refresh(engine, indexes.candidates)
    read: list[StoredVersion] = []
    while page := stored_versions(engine, indexes.candidates, after=read[-1].id if read else "", limit=10):
        read += page
    assert [(each.id, each.version) for each in read] == [(f"p{n:03}", n + 1) for n in range(25)]


def test_a_missing_index_is_not_read_as_empty(engine: Engine) -> None:
    with pytest.raises(EngineUnavailable):
        stored_versions(engine, "nobody-has-made-*")


def test_many_large_documents_are_sent_in_requests_of_a_bearable_size(
    engine: Engine, indexes: OwnIndexes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    call = Engine.call

    def counted(self: Engine, method: str, path: str, body: object = None, **params: object) -> Any:
        sent.append(len(body) if isinstance(body, bytes) else 0)
        return call(self, method, path, body, **params)

    monkeypatch.setattr(Engine, "call", counted)
    large = [document(f"p{n}", 1, headline="x" * 1_000) for n in range(40)]
    monkeypatch.setattr("engine.documents.BULK_BYTES", 10_000)
    outcome = bulk_index(engine, [indexes.serving.candidates], large)
    assert outcome.indexed == [each.id for each in large]
    assert len(sent) == 5
    assert max(sent) < 12_000


@pytest.fixture
def narrow() -> Iterator[tuple[Engine, list[int]]]:
    """A server that takes no body above 3,000 bytes and acknowledges whatever is smaller, and the sizes it was sent."""
    seen: list[int] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            seen.append(len(body))
            items = [{"index": {"status": 201}}] * (body.count(b"\n") // 2)
            answer = b"" if len(body) > 3_000 else orjson.dumps({"errors": False, "items": items})
            self.send_response(413 if len(body) > 3_000 else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    connected = connect(Settings(OPENSEARCH_URL=f"http://127.0.0.1:{server.server_port}"))
    try:
        yield connected, seen
    finally:
        connected.close()
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_request_that_is_too_large_is_halved_until_it_passes_and_one_document_that_is_has_failed(
    narrow: tuple[Engine, list[int]],
) -> None:
    engine, seen = narrow
    people = [document(f"p{n}", 1, headline="x" * 500) for n in range(8)]
    people.insert(3, document("huge", 1, headline="x" * 5_000))
    outcome = bulk_index(engine, ["anywhere"], people)
    assert sorted(outcome.indexed) == [f"p{n}" for n in range(8)]
    assert [failed for failed, _ in outcome.failed] == ["huge"]
    assert len(seen) < 12


@pytest.mark.parametrize(
    "wrong",
    [
        {"years": "jana@example.com"},
        {"created": "jana@example.com"},
        {"created": '1, Jana\'s [or "jana"]'},
        {"years": '1, Jana\'s [or "jana"]'},
        {"email": "jana" * 10_000},
        {"headline": {"jana": 1}},
    ],
)
def test_why_a_document_was_refused_is_told_without_what_stood_in_it(
    engine: Engine, indexes: OwnIndexes, wrong: dict[str, Any]
) -> None:
    refused = Document("1", 1, orjson.dumps({"id": "1", "version": 1, "state": "live", **wrong}))
    ((_, reason),) = bulk_index(engine, [indexes.serving.candidates], [refused]).failed
    assert next(iter(wrong)) in reason
    assert "jana" not in reason.lower()
    assert ", ".join(str(sign) for sign in b"jana") not in reason, "not in numbers either"


def test_who_is_absent_from_an_index_that_is_gone_is_not_said(engine: Engine, indexes: OwnIndexes) -> None:
    with pytest.raises(EngineRefused) as refused:
        versions_of(engine, f"{indexes.serving.candidates}0", ["1"])
    assert refused.value.engine_status == 404
