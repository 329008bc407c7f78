"""Candidate documents into the index: whole documents under external versions, never partial updates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from engine.answers import whole
from engine.client import Engine, innermost, ndjson, refusal
from engine.errors import NOT_NOW, TOO_LARGE, EnginePartial, EngineRefused, EngineUnavailable

STALE = 409
NOT_FOUND, NO_INDEX = 404, "index_not_found_exception"
# Larger requests gain nothing and are what a busy engine turns away first: it holds all of each in memory, and refuses
# the next one above a tenth of its heap.
BULK_BYTES = 8_000_000


class Document(NamedTuple):
    """A candidate document ready to send: `source` is the JSON of the whole of it."""

    id: str
    version: int
    source: bytes


class StoredVersion(NamedTuple):
    """What the index holds of one candidate, as far as the drift checker needs it."""

    id: str
    version: int
    state: str


@dataclass(slots=True)
class BulkOutcome:
    """What became of each document. One that failed in any index is failed, whatever the others said.

    `stale` documents were overtaken: the index holds the same version or a newer one, which is success.
    `delayed` ones were turned away with "not now" by some index: not their fault, and to be sent again.
    """

    indexed: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    delayed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: BulkOutcome) -> None:
        """Take in what became of documents in further indexes."""
        self.indexed += other.indexed
        self.stale += other.stale
        self.failed += other.failed
        self.delayed += other.delayed


def bulk_index(engine: Engine, index_names: Sequence[str], documents: Sequence[Document]) -> BulkOutcome:
    """Write every document to every index.

    `external_gte` lets the same version be written again (a new mapping, a repaired drift) and refuses older ones,
    so deliveries may be repeated and permuted. Raises EngineUnavailable when nothing is known of some of them: send all
    of them again. However many they are, no request is larger than BULK_BYTES but for a single document that is.
    """
    outcome = BulkOutcome()
    if index_names:
        for group in _of_bearable_size(documents, BULK_BYTES // len(index_names)):
            _write(engine, index_names, group, outcome)
    return outcome


def _of_bearable_size(documents: Sequence[Document], most: int) -> Iterator[Sequence[Document]]:
    begin = size = 0
    for at, document in enumerate(documents):
        if at > begin and size + len(document.source) > most:
            yield documents[begin:at]
            begin, size = at, 0
        size += len(document.source)
    if documents:
        yield documents[begin:]


def _write(engine: Engine, index_names: Sequence[str], documents: Sequence[Document], outcome: BulkOutcome) -> None:
    """One request; where the engine takes no request of this size, two of half of it."""
    try:
        _write_at_once(engine, index_names, documents, outcome)
    except EngineRefused as refused:
        if refused.engine_status != TOO_LARGE:
            raise
        if len(documents) == 1:
            outcome.failed.append((documents[0].id, refused.detail))
            return
        middle = len(documents) // 2
        _write(engine, index_names, documents[:middle], outcome)
        _write(engine, index_names, documents[middle:], outcome)


def _write_at_once(
    engine: Engine, index_names: Sequence[str], documents: Sequence[Document], outcome: BulkOutcome
) -> None:
    lines: list[bytes] = []
    for index in index_names:
        for document in documents:
            action = {"_index": index, "_id": document.id, "version": document.version}
            lines.append(orjson.dumps({"index": {**action, "version_type": "external_gte"}}))
            lines.append(document.source)
    items = send_bulk(engine, lines)
    for position, document in enumerate(documents):
        statuses = items[position :: len(documents)]
        wrong = sorted((status in NOT_NOW, reason) for status, reason in statuses if status >= 300 and status != STALE)
        if wrong:
            not_now, reason = wrong[0]
            (outcome.delayed if not_now else outcome.failed).append((document.id, reason))
        elif all(status == STALE for status, _ in statuses):
            outcome.stale.append(document.id)
        else:
            outcome.indexed.append(document.id)


def send_bulk(engine: Engine, lines: list[bytes]) -> list[tuple[int, str]]:
    """Send bulk lines; per action its status and, where it failed, the reason.

    "Not now" has a status of NOT_NOW, whatever the engine gave it. When every action was turned away with "not now" the
    whole request is: the caller then backs off once.
    """
    answer = engine.call("POST", "/_bulk", ndjson(lines), filter_path="errors,items.*.status,items.*.error")
    results: list[tuple[int, str]] = []
    for item in answer["items"]:
        result: dict[str, Any] = next(iter(item.values()))
        results.append((_status(result), _reason(result)))
    failures = [refusal(status, reason) for status, reason in results if status >= 300 and status != STALE]
    if failures and len(failures) == len(results) and all(isinstance(each, EngineUnavailable) for each in failures):
        raise failures[0]
    return results


def stored_versions(
    engine: Engine, index: str, after: str = "", limit: int = 10_000, up_to: str | None = None
) -> list[StoredVersion]:
    """The next documents in id order after this id and up to that one, tombstones included. Refresh the index first."""
    body: dict[str, Any] = {
        "size": limit,
        "query": {"range": {"id": {"gt": after} | ({} if up_to is None else {"lte": up_to})}},
        "sort": [{"id": "asc"}],
        "docvalue_fields": ["id", "version", "state"],
        "_source": False,
        "track_total_hits": False,
    }
    answer = whole(engine.call("POST", f"/{index}/_search", body, allow_partial_search_results=False))
    return [
        StoredVersion(fields["id"][0], int(fields["version"][0]), fields["state"][0])
        for fields in (hit["fields"] for hit in answer["hits"]["hits"])
    ]


def _status(result: dict[str, Any]) -> int:
    status: int = result["status"]
    error = result.get("error")
    if error and status != STALE and status not in NOT_NOW and isinstance(refusal(status, error), EngineUnavailable):
        return 503
    return status


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error")
    if not error:
        return ""
    kind, reason = innermost(error)
    return f"{kind}: {reason}"


def versions_of(engine: Engine, index: str, ids: Sequence[str]) -> dict[str, StoredVersion]:
    """What the index holds of these candidates right now, refreshed or not; absent ones are left out.

    Raises EngineUnavailable when a shard that would know is away: then nobody knows who is absent; EngineRefused when
    there is no such index.
    """
    if not ids:
        return {}
    body = {"docs": [{"_id": each, "_source": ["version", "state"]} for each in ids]}
    found = engine.call("POST", f"/{index}/_mget", body)["docs"]
    for doc in found:
        if "error" in doc:
            if doc["error"].get("type") == NO_INDEX:
                raise refusal(NOT_FOUND, doc["error"])
            raise EnginePartial(f"The search engine could not look up everybody: {doc['error'].get('reason')}")
    return {
        doc["_id"]: StoredVersion(doc["_id"], doc["_source"]["version"], doc["_source"]["state"])
        for doc in found
        if doc.get("found")
    }


def sources_of(engine: Engine, index: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What is stored of these documents right now, refreshed or not, without the fields that are stored apart."""
    if not ids:
        return {}
    found = engine.call("POST", f"/{index}/_mget", {"docs": [{"_id": each} for each in ids]})["docs"]
    return {doc["_id"]: doc["_source"] for doc in found if doc.get("found")}


def visible_version(engine: Engine, index: str, candidate: str) -> int | None:
    """The version of a candidate that every search of this index, or alias, finds now, whichever copy it asks.

    None while some copy finds none. Each copy is asked: they become visible one after the other. Refreshing all of
    them instead would show people in an index that a swap keeps still.
    """
    body = {"size": 1, "query": {"term": {"id": candidate}}, "docvalue_fields": ["version"], "_source": False}
    copies = engine.call("GET", f"/{index}/_search_shards", routing=candidate)["shards"]
    nodes = sorted({copy["node"] for shard in copies for copy in shard if copy["state"] in {"STARTED", "RELOCATING"}})
    lines: list[bytes] = []
    for node in nodes:
        asked = {"index": index, "routing": candidate, "preference": f"_only_nodes:{node}"}
        lines += [orjson.dumps({**asked, "allow_partial_search_results": False}), orjson.dumps(body)]
    if not lines:
        raise EnginePartial("The search engine has no copy now that could be asked.")
    seen: list[int | None] = []
    for answer in engine.call("POST", "/_msearch", ndjson(lines))["responses"]:
        if "error" in answer:
            raise refusal(answer.get("status", 503), answer["error"])
        hits = whole(answer)["hits"]["hits"]
        seen.append(int(hits[0]["fields"]["version"][0]) if hits else None)
    known = [version for version in seen if version is not None]
    return min(known) if len(known) == len(seen) else None
