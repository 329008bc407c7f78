"""Many people into the product's records and index within minutes, past its API: rows by COPY, documents in bulk.

The documents are made by the product's own builder from the same values that the rows are; `same_as_the_product` reads
some people back as the product would and compares every byte of what it would index.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from benchmarks.talent import Talent, as_row, titles
from core.text import fold
from engine.client import Engine
from engine.documents import Document, bulk_index
from engine.indexes import refresh
from indexer.document import build_document
from mappings.fields import STORED_APART
from records.database import session
from records.repositories import candidates, positions, tags
from records.repositories.candidates import TagFacts
from records.repositories.tags import NewTag
from sample.reasons import REASONS

AT_ONCE = 500
# Batches made but not yet indexed; a batch is 2 MB.
AHEAD = 4
# One bulk request keeps one core of the engine busy.
SENDERS = 2
MERGE_S = 300
_COLUMNS = {
    "candidates": "id, name, email, phone, headline, cv_text, source, years_experience, languages,"
    " created_at, updated_at, profile_at",
    "candidate_progress": "candidate_id, matched_version",
    "candidate_tags": "candidate_id, tag_id, origin",
    "applications": "id, candidate_id, position_id, stage, source, applied_at, rejected_at, rejection_reason_id,"
    " rejection_note",
    "application_notes": "id, application_id, text",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What the rows of people point to: tags by folded name with their facts, positions and reasons in order."""

    tag_of: dict[str, tuple[uuid.UUID, str]]
    facts: dict[str, TagFacts]
    positions: list[uuid.UUID]
    reasons: list[tuple[uuid.UUID, str, str]]

    def keys_of(self, person: Talent) -> list[tuple[uuid.UUID, str]]:
        """The person's tags: id and key."""
        names = [*person.seen.tags, *([person.facts.place] if person.facts.place else [])]
        return list(dict.fromkeys(self.tag_of[fold(name)] for name in names))


def prepare_words(skills: Iterable[str]) -> Words:
    """Add these skills, the positions and the reasons to the records; the vocabulary of the sample is there already."""
    with session() as db:
        known = tags.by_labels(db, skills)
        for name in sorted(set(skills)):
            if fold(name) not in known:
                tags.add(db, NewTag(name, "skill"))
        made = [positions.add(db, title, None).id for title in titles()]
        reasons = [positions.add_reason(db, reason.name, reason.by) for reason in REASONS]
        db.commit()
        ends = [(each.id, each.key, each.said_by) for each in reasons]
        everything = tags.vocabulary(db)
        labels = [label for entry in everything for label in entry.labels]
        tag_of = {label: (found.id, found.key) for label, found in tags.by_labels(db, labels).items()}
    facts = {entry.key: TagFacts(entry.kind, entry.lineage, entry.name) for entry in everything}
    return Words(tag_of, facts, made, ends)


def load(
    engine: Engine,
    database_url: str,
    index: str,
    words: Words,
    people: Iterator[Talent],
    step: Callable[[int], None],
) -> None:
    """Rows and documents of all of them; found by search when this returns."""
    waiting: queue.Queue[list[Document] | None] = queue.Queue(AHEAD)
    failed: list[BaseException] = []

    def send() -> None:
        while (documents := waiting.get()) is not None:
            if failed:
                continue  # goes on taking, so that nobody waits for room
            try:
                _index(engine, index, documents)
            except BaseException as error:  # noqa: BLE001 - raised where the rows are written
                failed.append(error)

    loaded = 0
    with _quickly_filled(engine, index), psycopg.connect(database_url) as connection:
        # The rows are consistent by construction; checking each of three million keys takes as long as all the rest.
        connection.execute("SET session_replication_role = replica")
        senders = [threading.Thread(target=send, name="sender") for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        try:
            while batch := list(islice(people, AT_ONCE)):
                waiting.put([_document(person, words) for person in batch])
                _copy(connection, words, batch)
                connection.commit()
                loaded += len(batch)
                step(loaded)
        finally:
            for _ in senders:
                waiting.put(None)
            for sender in senders:
                sender.join()
    if failed:
        raise failed[0]
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "VACUUM (ANALYZE) candidates, candidate_tags, candidate_progress, applications, application_notes"
        )


def same_as_the_product(engine: Engine, index: str, ids: Sequence[uuid.UUID]) -> None:
    """Raise unless the index holds of these people what the product would put there."""
    with session() as db:
        snapshot = candidates.load(db, ids)
    found = engine.call("POST", f"/{index}/_mget", {"docs": [{"_id": str(id_)} for id_ in ids]})["docs"]
    for document in found:
        truth = build_document(uuid.UUID(document["_id"]), snapshot.people[uuid.UUID(document["_id"])], snapshot.tags)
        # Texts that are marked are stored apart (mappings.fields); that they are searchable the questions show.
        if document.get("_source") != {
            name: value for name, value in orjson.loads(orjson.dumps(truth)).items() if name not in STORED_APART
        }:
            raise RuntimeError(f"What was loaded of {document['_id']} is not what the product would index.")


def _document(person: Talent, words: Words) -> Document:
    keys = [key for _, key in words.keys_of(person)]
    row = as_row(person, keys, words.positions, [(key, by) for _, key, by in words.reasons])
    built = build_document(person.id, row, words.facts)
    return Document(built["id"], built["version"], orjson.dumps(built))


def _index(engine: Engine, index: str, documents: Sequence[Document]) -> None:
    outcome = bulk_index(engine, [index], documents)
    if outcome.failed or outcome.delayed:
        raise RuntimeError(f"The engine refused {(outcome.failed or outcome.delayed)[0]}")


@contextmanager
def _quickly_filled(engine: Engine, index: str) -> Iterator[None]:
    """While a million documents come nobody searches: refreshed at the end, when the merging is done."""
    engine.call("PUT", f"/{index}/_settings", {"index": {"refresh_interval": "-1", "translog.durability": "async"}})
    try:
        yield
    finally:
        engine.call(
            "PUT", f"/{index}/_settings", {"index": {"refresh_interval": "1s", "translog.durability": "request"}}
        )
        refresh(engine, index)
        _merged(engine, index)


def _merged(engine: Engine, index: str) -> None:
    """Wait until the engine has put its segments together, or the next minute would be measured beside that."""
    deadline = time.monotonic() + MERGE_S
    while engine.call("GET", f"/{index}/_stats/merge")["_all"]["total"]["merges"]["current"]:
        if time.monotonic() > deadline:
            raise RuntimeError("The engine is still merging.")
        time.sleep(0.5)


def _copy(connection: psycopg.Connection, words: Words, people: Sequence[Talent]) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
    for person in people:
        rows["candidates"].append(_candidate(person))
        rows["candidate_progress"].append((person.id, 1))
        rows["candidate_tags"] += [(person.id, tag, "import") for tag, _ in words.keys_of(person)]
        for each in person.applications:
            reason = words.reasons[each.reason][0] if each.reason is not None else None
            start = (each.id, person.id, words.positions[each.position], each.stage, each.source)
            rows["applications"].append((*start, each.at, each.rejected_at, reason, each.why))
            rows["application_notes"] += [(id_, each.id, text) for id_, text in each.notes]
    with connection.cursor() as cursor:
        for table, columns in _COLUMNS.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows[table]:
                    copy.write_row(row)


def _candidate(person: Talent) -> tuple[Any, ...]:
    shown, facts = person.seen, person.facts
    return (
        *(person.id, person.name, person.email, person.phone, shown.headline, shown.cv_text, person.source),
        *(facts.years, Jsonb(person.languages), person.created_at, person.updated_at, person.profile_at),
    )
