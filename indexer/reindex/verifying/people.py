"""Everybody in PostgreSQL against the new candidate index: ranges by their digests, then what differs one by one.

A page of the index makes a range of ids; PostgreSQL sums up the same range. Memory holds one page of each, however many
people there are.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Literal

import orjson

from engine.documents import StoredVersion, sources_of, stored_versions
from engine.indexes import refresh
from engine.process import engine
from indexer.comparing import settled_in
from indexer.document import build_document
from indexer.reindex.finds import Finds
from indexer.reindex.turn import Turn
from indexer.writing import ready
from mappings.fields import STORED_APART
from records.database import session
from records.ids import FIRST, LAST
from records.repositories import candidates, filling
from records.repositories.candidates import Versioned
from records.repositories.filling import Digest

PAGE = 5_000
# Ids that look wrong are asked of both sides this often: a write may be on its way from the one to the other.
LOOKS = 6
BETWEEN_LOOKS_S = 0.25
# With so many wrong it is not a matter of single people any more.
ENOUGH = 200
# People whose whole documents are compared, spread over all pages.
DOCUMENTS_COMPARED = 300
DOCUMENTS_A_PAGE = 20


def compare_people(turn: Turn, finds: Finds) -> bool:
    """Counts, versions and tombstones of everybody; whole documents of some. False when the turn is over before."""
    index = turn.new[0]
    refresh(engine(), index)
    after = turn.job.last_candidate
    while after < LAST:
        page = stored_versions(engine(), index, "" if after == FIRST else str(after), PAGE)
        until = uuid.UUID(page[-1].id) if len(page) == PAGE else LAST
        with session() as db:
            here = filling.digest(db, after, until)
        finds.people += here.people
        if here != Digest.of((each.id, each.version, each.state) for each in page):
            _compare_one_by_one(turn, after, until, page, finds)
        if finds.documents < DOCUMENTS_COMPARED:
            some = [uuid.UUID(each.id) for each in page[:: max(1, len(page) // DOCUMENTS_A_PAGE)]]
            finds.documents += _compare_documents(index, some, finds)
        if finds.count >= ENOUGH:
            finds.note("There may be more: the comparison stopped here.")
            until = LAST
        after = until
        turn.save(last_candidate=after, findings=finds.as_json())
        if turn.over:
            return False
    return True


def _compare_one_by_one(
    turn: Turn, after: uuid.UUID, until: uuid.UUID, page: Sequence[StoredVersion], finds: Finds
) -> None:
    there = {uuid.UUID(each.id): each for each in page}
    suspicious: list[uuid.UUID] = []
    while True:
        with session() as db:
            here = candidates.versions_between(db, after, until, PAGE)
        suspicious += [row.id for row in here if _wrong(row, there.pop(row.id, None)) is not None]
        if len(suspicious) >= PAGE:
            _look_again(turn, suspicious, finds)
            suspicious = []
        if len(here) < PAGE or finds.count >= ENOUGH:
            break
        after = here[-1].id
    _look_again(turn, [*suspicious, *there], finds)


def _look_again(turn: Turn, suspicious: Sequence[uuid.UUID], finds: Finds) -> None:
    """Count as wrong only what stays so, the same, with nothing waiting in the outbox."""
    wrong = _judged(turn.new[0], suspicious)
    for _ in range(LOOKS - 1):
        if not wrong:
            return
        time.sleep(BETWEEN_LOOKS_S)
        again = _judged(turn.new[0], list(wrong))
        wrong = {each: word for each, word in again.items() if word == wrong[each]}
    before = _judged(turn.old[0], list(wrong))
    for each, word in wrong.items():
        if before.get(each) == word:
            finds.note(f"Candidate {each} is {_SAID[word[0]]} in the index that serves as well.")
        else:
            finds.is_wrong(f"Candidate {each} is {_SAID[word[0]]} in {turn.new[0]}.")


Wrong = Literal["missing", "older", "newer", "still there", "taken for deleted", "unknown"]

# In the middle of a sentence that ends with "in" and the index.
_SAID: Mapping[Wrong, str] = {
    "missing": "missing",
    "older": "of an older version",
    "newer": "of a newer version than the database has",
    "still there": "deleted, but still there",
    "taken for deleted": "taken for deleted",
    "unknown": "unknown to the database, but there",
}

# What is wrong, and at which versions here and there: if those move, something is still under way.
Word = tuple[Wrong, int | None, int | None]


def _judged(index: str, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Word]:
    judged: dict[uuid.UUID, Word] = {}
    for each, here, there in settled_in(index, ids):
        word = _wrong(here, there)
        if word is not None:
            judged[each] = (word, here.version if here else None, there.version if there else None)
    return judged


def _wrong(here: Versioned | None, there: StoredVersion | None) -> Wrong | None:
    """What is wrong with one person, or None."""
    if here is None:
        return "unknown" if there is not None else None
    if there is None:
        return "missing"
    if there.version != here.version:
        return "older" if there.version < here.version else "newer"
    if here.deleted != (there.state == "deleted"):
        return "still there" if here.deleted else "taken for deleted"
    return None


def _compare_documents(index: str, ids: Sequence[uuid.UUID], finds: Finds) -> int:
    with session() as db:
        settled = [row.id for row in candidates.settled(db, ids)]
        snapshot = candidates.load(db, settled)
    there = sources_of(engine(), index, [str(each) for each in settled])
    for each in settled:
        person, stored = snapshot.people.get(each), there.get(str(each))
        if person is None or stored is None or stored["version"] != person["version"] or stored["state"] != "live":
            continue  # moved meanwhile, found wrong above, or a tombstone
        wanted = orjson.loads(ready(build_document(each, person, snapshot.tags)).source)
        # Texts that are marked are stored apart and not given back (mappings.fields).
        if stored != {name: value for name, value in wanted.items() if name not in STORED_APART}:
            finds.is_wrong(f"Candidate {each} has another document in {index} than the database says.")
    return len(settled)
