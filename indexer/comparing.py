"""PostgreSQL beside the engine, a page of people or pools at a time: what differs, and setting it right if asked (I8).

What merely waits in the outbox is no drift. So everything suspicious is looked at a second time: candidates for
which nothing is queued, against what the index holds right then. No function here keeps more than a page or two of
ids, however many people and pools there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import orjson

from engine.documents import Document, StoredVersion, bulk_index, stored_versions, versions_of
from engine.percolator import forget_key, parse_pool_key, past, registered
from engine.process import engine
from mappings.documents import tombstone
from percolators.transfer import compile_shown
from records.database import session
from records.ids import FIRST, LAST
from records.repositories import candidates, pools
from records.repositories.candidates import Versioned
from records.repositories.checks import DRIFT, Find
from records.repositories.filling import ShownPool
from records.repositories.indexes import Live
from search.asked import asked_fields

PAGE = 5_000
# Finds that are remembered by name, so that they are told once; of a greater disaster the first thousand will do.
NAMED = 1_000
EXAMPLES = 10


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
        return sum(int(getattr(self, what)) for what in DRIFT)


@dataclass(slots=True)
class Findings:
    """A report in the making. `most`: above so many finds nothing more is set right; None is no bound."""

    report: Report
    repair: bool
    most: int | None = None
    # Since they were last handed on.
    named: list[Find] = field(default_factory=list)

    def add(self, find: Find, sentence: str) -> None:
        """Count a find; keep the first few as sentences."""
        setattr(self.report, find.what, getattr(self.report, find.what) + 1)
        if len(self.report.examples) < EXAMPLES:
            self.report.examples.append(sentence)
        if len(self.named) < NAMED:
            self.named.append(find)

    @property
    def may_repair(self) -> bool:
        """Whether what was found may be set right now."""
        return self.repair and (self.most is None or self.report.drift <= self.most)


def compare_changed(live: Live, people: Sequence[Versioned], findings: Findings) -> None:
    """These people, one by one as the indexes hold them right now."""
    for index in live.candidates:
        held = versions_of(engine(), index, [str(person.id) for person in people])
        wrong = [person.id for person in people if _find(person, held.get(str(person.id)))]
        _judge(index, wrong, findings)
    _check_progress([person.id for person in people], findings)
    findings.report.candidates += len(people)


def compare_people(live: Live, after: uuid.UUID, up_to: uuid.UUID, findings: Findings) -> uuid.UUID | None:
    """The next page of people after an id, and whatever the indexes hold between the same two ids.

    Returns where the next page begins, None after the last.
    """
    with session() as db:
        page = candidates.versions_between(db, after, up_to, PAGE)
    end = page[-1].id if len(page) == PAGE else up_to
    here = {str(person.id): person for person in page}
    for index in live.candidates:
        seen: set[str] = set()
        wrong: list[uuid.UUID] = []
        for stored in _stored(index, after, end):
            seen.add(stored.id)
            if _find(here.get(stored.id), stored):
                wrong.append(uuid.UUID(stored.id))
            # Of what only the index knows there may be any number in one range.
            if len(wrong) >= PAGE:
                _judge(index, wrong, findings)
                wrong.clear()
        wrong += [person.id for key, person in here.items() if key not in seen and _find(person, None)]
        _judge(index, wrong, findings)
    _check_progress([person.id for person in page], findings)
    findings.report.candidates += len(page)
    return end if len(page) == PAGE else None


def _stored(index: str, after: uuid.UUID, up_to: uuid.UUID) -> Iterator[StoredVersion]:
    # UUIDs and their text are in the same order. What is no id of ours at all is at one of the two ends.
    at, end = ("" if after == FIRST else str(after)), (None if up_to == LAST else str(up_to))
    while page := stored_versions(engine(), index, at, PAGE, end):
        yield from page
        at = page[-1].id


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


def settled_in(
    index: str, ids: Sequence[uuid.UUID]
) -> Iterator[tuple[uuid.UUID, Versioned | None, StoredVersion | None]]:
    """Those of these people for whom nothing is queued, as PostgreSQL (None: unknown) and the index have them now."""
    if not ids:
        return
    with session() as db:
        here = {row.id: row for row in candidates.settled(db, ids)}
        unknown = candidates.unknown_among(db, ids)
    looked_at = [each for each in ids if each in here or each in unknown]
    there = versions_of(engine(), index, [str(each) for each in looked_at])
    for each in looked_at:
        yield each, here.get(each), there.get(str(each))


def _judge(index: str, suspicious: Sequence[uuid.UUID], findings: Findings) -> None:
    """Look again at what is suspicious and not queued, and set it right if that is asked for."""
    if not suspicious:
        return
    lifted: dict[uuid.UUID, int] = {}
    ghosts: list[Document] = []
    for each, here, stored in settled_in(index, suspicious):
        wrong = _find(here, stored)
        if wrong is None:
            continue
        findings.add(Find(wrong, index, str(each)), f"{index}: candidate {each} is {wrong}.")
        if here is not None:
            # Lifted above both sides: the engine refuses what it holds, or has deleted, under the same version.
            lifted[each] = max(here.version, stored.version if stored else 0)
        elif stored is not None:
            gone = tombstone(str(each), stored.version + 1)
            ghosts.append(Document(gone["id"], gone["version"], orjson.dumps(gone)))
    if findings.may_repair:
        with session() as db:
            candidates.overtake(db, lifted)
            db.commit()
        bulk_index(engine(), [index], ghosts)
        findings.report.repaired += len(lifted) + len(ghosts)


def _check_progress(people: Sequence[uuid.UUID], findings: Findings) -> None:
    with session() as db:
        behind = candidates.unmatched_among(db, people)
        for each in behind:
            sentence = f"Candidate {each} was not matched at their version, and nothing is queued."
            findings.add(Find("unmatched", "", str(each)), sentence)
        if behind and findings.may_repair:
            candidates.requeue(db, behind)
            db.commit()
            findings.report.repaired += len(behind)


def compare_pools(live: Live, after: uuid.UUID, up_to: uuid.UUID, findings: Findings) -> uuid.UUID | None:
    """The next page of pools after an id, and the stored queries between the same two ids.

    Returns where the next page begins, None after the last.
    """
    with session() as db:
        page = pools.generations_between(db, after, up_to, PAGE)
    end = page[-1].id if len(page) == PAGE else up_to
    for index in live.pools:
        stored = _stored_generations(index, after, end, findings)
        lacking = [
            row.id
            for row in page
            if not (row.deleted or row.broken or row.live_generation != row.generation or row.generation in stored)
        ]
        for pool in _storable(live, index, lacking):
            findings.add(Find("pools_missing", index, str(pool)), f"{index}: pool {pool} has no stored queries.")
            if findings.may_repair:
                with session() as db:
                    pools.register_again(db, pool)
                    db.commit()
                findings.report.repaired += 1
    findings.report.pools += sum(not row.deleted for row in page)
    return end if len(page) == PAGE else None


def _storable(live: Live, index: str, ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Those of these pools that ask nothing but what the index knows: one kept for a rollback may know less."""
    known = live.known.get(index)
    if known is None or not ids:
        return list(ids)
    with session() as db:
        wanted = [ShownPool(each.id, "", each.generation, each.chain) for each in pools.definitions(db, ids)]
        return [
            each.pool.id
            for each in compile_shown(db, wanted, live.serving)
            if asked_fields(each.stored) <= known.keys()
        ]


def _stored_generations(index: str, after: uuid.UUID, up_to: uuid.UUID, findings: Findings) -> set[int]:
    """The generations stored between two pools; those that nobody wants are found, and removed if that is asked for."""
    wanted_here: set[int] = set()
    keys = (
        key
        for key, _ in registered(
            engine(), index, None if after == FIRST else past(after), None if up_to == LAST else past(up_to)
        )
    )
    while some := list(islice(keys, PAGE)):
        parsed = {key: _parsed(key) for key in some}
        with session() as db:
            wanted = pools.wanted_among(db, [pair[1] for pair in parsed.values() if pair])
        for key, pair in parsed.items():
            if pair in wanted:
                wanted_here.add(pair[1])
                continue
            sentence = f"{index}: stored queries under {key} belong to no living pool."
            findings.add(Find("queries_orphaned", index, key), sentence)
            if findings.may_repair:
                forget_key(engine(), index, key)
                findings.report.repaired += 1
    return wanted_here


def _parsed(key: str) -> tuple[uuid.UUID, int] | None:
    try:
        return parse_pool_key(key)
    except ValueError:
        return None
