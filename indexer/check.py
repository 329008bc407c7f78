"""Drift (I8): PostgreSQL against every live index, candidates and pools, in pages; found, and repaired if asked.

What merely waits in the outbox is no drift. So everything suspicious is looked at a second time: candidates for
which nothing is queued, against what the index holds right then.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import orjson

from core.settings import settings
from engine.documents import Document, StoredVersion, bulk_index, stored_versions, versions_of
from engine.indexes import refresh
from engine.percolator import count_unextracted, forget_key, parse_pool_key, registered
from engine.process import engine
from mappings.documents import tombstone
from mappings.names import alias
from records.database import session
from records.repositories import candidates, indexes, pools
from records.repositories.candidates import Versioned

PAGE = 5_000
FIRST = uuid.UUID(int=0)


@dataclass(slots=True)
class Report:
    """What was looked at and what was found; `repaired` says how many of the finds were set right."""

    candidates: int = 0
    pools: int = 0
    missing: int = 0  # living here, not (or only as a tombstone) in the index
    outdated: int = 0  # in the index under an older version
    ahead: int = 0  # in the index under a newer version than PostgreSQL has: it was set back
    orphaned: int = 0  # in the index, unknown here or deleted
    unmatched: int = 0  # matches behind the version, and nothing queued
    pools_missing: int = 0  # a live pool without stored queries
    queries_orphaned: int = 0  # stored queries of no living pool
    unextracted: int = 0  # stored queries the engine runs against everybody (none of ours should be)
    repaired: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def drift(self) -> int:
        """How many things are not as they should be."""
        return (
            self.missing
            + self.outdated
            + self.ahead
            + self.orphaned
            + self.unmatched
            + self.pools_missing
            + self.queries_orphaned
        )

    def note(self, sentence: str) -> None:
        """Keep the first few finds as sentences."""
        if len(self.examples) < 10:
            self.examples.append(sentence)


@dataclass(frozen=True, slots=True)
class Pair:
    """One id as PostgreSQL and as one index have it."""

    id: uuid.UUID
    here: Versioned | None
    there: StoredVersion | None


def check(*, repair: bool = False, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Compare everything; `progress` is told how many candidates were looked at."""
    report = Report()
    with session() as db:
        live = indexes.whole(db)
    for index in live.candidates:
        refresh(engine(), index)
        suspicious: list[Pair] = []
        for pair in _pairs(index):
            if pair.here is not None:
                report.candidates += 1
                if report.candidates % 1_000 == 0:
                    progress(report.candidates)
            if _suspicious(pair):
                suspicious.append(pair)
            if len(suspicious) >= PAGE:
                _judge(index, suspicious, report, repair=repair)
                suspicious.clear()
        _judge(index, suspicious, report, repair=repair)
    _check_progress(report, repair=repair)
    for index in live.pools:
        _check_pools(index, report, repair=repair)
    report.unextracted = count_unextracted(engine(), alias(settings().index_prefix, "pools"))
    return report


def _pairs(index: str) -> Iterator[Pair]:
    """Both sides walked in id order (the same for UUIDs and their text), a page of each in memory."""
    here, there = _here(), _there(index)
    left, right = next(here, None), next(there, None)
    while left is not None or right is not None:
        if right is None or (left is not None and str(left.id) < right.id):
            assert left is not None
            yield Pair(left.id, left, None)
            left = next(here, None)
        elif left is None or right.id < str(left.id):
            yield Pair(uuid.UUID(right.id), None, right)
            right = next(there, None)
        else:
            yield Pair(left.id, left, right)
            left, right = next(here, None), next(there, None)


def _here() -> Iterator[Versioned]:
    after = FIRST
    while True:
        with session() as db:
            page = candidates.versions_after(db, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _there(index: str) -> Iterator[StoredVersion]:
    after = ""
    while True:
        page = stored_versions(engine(), index, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def _suspicious(pair: Pair) -> bool:
    return _find(pair.here, pair.there) is not None


def _find(here: Versioned | None, there: StoredVersion | None) -> str | None:
    """The name of what is wrong with one id, or None."""
    alive_there = there is not None and there.state == "live"
    if here is None or here.deleted:
        return "orphaned" if alive_there else None
    if there is None or not alive_there:
        return "missing"
    if there.version == here.version:
        return None
    return "outdated" if there.version < here.version else "ahead"


def _judge(index: str, suspicious: list[Pair], report: Report, *, repair: bool) -> None:
    """Look again at what is suspicious and not queued, and set it right if asked."""
    if not suspicious:
        return
    with session() as db:
        here = {row.id: row for row in candidates.settled(db, [pair.id for pair in suspicious])}
        unknown = candidates.unknown_among(db, [pair.id for pair in suspicious])
    looked_at = [pair.id for pair in suspicious if pair.id in here or pair.id in unknown]
    there = versions_of(engine(), index, [str(each) for each in looked_at])
    lifted: dict[uuid.UUID, int] = {}
    ghosts: list[Document] = []
    for each in looked_at:
        stored = there.get(str(each))
        wrong = _find(here.get(each), stored)
        if wrong is None:
            continue
        setattr(report, wrong, getattr(report, wrong) + 1)
        report.note(f"{index}: candidate {each} is {wrong}.")
        if each in here:
            # Lifted above both sides: the engine refuses what it holds, or has deleted, under the same version.
            lifted[each] = max(here[each].version, stored.version if stored else 0)
        elif stored is not None:
            gone = tombstone(str(each), stored.version + 1)
            ghosts.append(Document(gone["id"], gone["version"], orjson.dumps(gone)))
    if repair:
        with session() as db:
            candidates.overtake(db, lifted)
            db.commit()
        bulk_index(engine(), [index], ghosts)
        report.repaired += len(lifted) + len(ghosts)


def _check_progress(report: Report, *, repair: bool) -> None:
    after = FIRST
    while True:
        with session() as db:
            page = candidates.unmatched_without_intent(db, after, PAGE)
            if repair and page:
                candidates.requeue(db, page)
                db.commit()
                report.repaired += len(page)
        report.unmatched += len(page)
        for each in page:
            report.note(f"Candidate {each} was not matched at their version, and nothing is queued.")
        if len(page) < PAGE:
            return
        after = page[-1]


def _check_pools(index: str, report: Report, *, repair: bool) -> None:
    refresh(engine(), index)
    orphaned: list[str] = []
    seen: set[int] = set()
    for page_of_keys in _batched((key for key, _ in registered(engine(), index)), PAGE):
        parsed = {key: _parsed(key) for key in page_of_keys}
        with session() as db:
            wanted = pools.wanted_among(db, [pair[1] for pair in parsed.values() if pair])
        orphaned += [key for key, pair in parsed.items() if pair not in wanted]
        seen.update(pair[1] for pair in parsed.values() if pair)
    for key in orphaned:
        report.queries_orphaned += 1
        report.note(f"{index}: stored queries under {key} belong to no living pool.")
        if repair:
            forget_key(engine(), index, key)
            report.repaired += 1
    after = FIRST
    while True:
        with session() as db:
            page = pools.generations_after(db, after, PAGE)
            for row in page:
                if row.deleted:
                    continue
                report.pools += 1
                if row.broken or row.live_generation != row.generation or row.generation in seen:
                    continue
                report.pools_missing += 1
                report.note(f"{index}: pool {row.id} has no stored queries.")
                if repair:
                    pools.register_again(db, row.id)
                    report.repaired += 1
            db.commit()
        if len(page) < PAGE:
            return
        after = page[-1].id


def _parsed(key: str) -> tuple[uuid.UUID, int] | None:
    try:
        return parse_pool_key(key)
    except ValueError:
        return None


def _batched(keys: Iterator[str], size: int) -> Iterator[list[str]]:
    while page := list(islice(keys, size)):
        yield page
