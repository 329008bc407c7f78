"""Documents into every live index, each cut to what that index knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from engine.documents import BulkOutcome, Document, bulk_index
from engine.process import engine
from mappings.known import cut_document, takes_whole_documents
from records.repositories.indexes import Live


def write(live: Live, documents: Sequence[dict[str, Any]]) -> BulkOutcome:
    """Write documents to all live candidate indexes, as `engine.documents.bulk_index`.

    As a rule they all know every field and get the same bytes in one request. One that was made by other code gets
    its own.
    """
    ordinary = [name for name in live.candidates if takes_whole_documents(live.known.get(name))]
    outcome = bulk_index(engine(), ordinary, [ready(document) for document in documents]) if ordinary else BulkOutcome()
    for name in live.candidates:
        if name not in ordinary:
            cut = [ready(cut_document(document, live.known[name])) for document in documents]
            outcome.add(bulk_index(engine(), [name], cut))
    return outcome


def ready(document: dict[str, Any]) -> Document:
    """A document as it is sent."""
    return Document(document["id"], document["version"], orjson.dumps(document))
