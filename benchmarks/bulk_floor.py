"""`floor_per_s`: the same documents, made beforehand, sent by a bare client into an index of the same mapping."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing

import orjson

from benchmarks.floor import Call, Line
from benchmarks.scratch import candidates_index
from engine.client import Engine, ndjson
from engine.documents import Document
from engine.indexes import change_settings
from indexer.reindex.filling import next_page
from indexer.reindex.making import WHILE_FILLING
from records.database import session
from records.ids import FIRST

SIZES = (250, 500, 1_000, 2_000)
# Of so many people the best size is found.
TRIED = 4_000


def documents(most: int) -> list[Document]:
    """What the product would index of so many people, in the order in which a reindex sends them."""
    return [document for page in _pages(most) for document in page][:most]


def _pages(most: int) -> Iterator[list[Document]]:
    after, made = FIRST, 0
    while made < most:
        with session() as db:
            page = next_page(db, after, 500)
        if page is None:
            return
        yield page.documents
        made, after = made + len(page.documents), page.last


def best_size(engine: Engine, url: str, everybody: Sequence[Document]) -> int:
    """The number of documents in one request with which the bare client is fastest."""
    return max(SIZES, key=lambda size: rate(engine, url, everybody[:TRIED], size))


def rate(engine: Engine, url: str, everybody: Sequence[Document], size: int) -> float:
    """Documents a second by one client, into an empty index that is as little disturbed as that of a reindex."""
    with candidates_index(engine, "floor") as index, closing(Line(url)) as line:
        change_settings(engine, index, WHILE_FILLING)
        calls = [_call(index, everybody[at : at + size]) for at in range(0, len(everybody), size)]
        begun = time.perf_counter()
        for call in calls:
            if orjson.loads(line.send_unread(call))["errors"]:
                raise RuntimeError("The engine refused a document of the floor.")
        return len(everybody) / (time.perf_counter() - begun)


def _call(index: str, some: Sequence[Document]) -> Call:
    lines: list[bytes] = []
    for document in some:
        action = {"_index": index, "_id": document.id, "version": document.version, "version_type": "external_gte"}
        lines += [orjson.dumps({"index": action}), document.source]
    return Call("POST", "/_bulk?filter_path=errors", ndjson(lines), "application/x-ndjson")
