"""After the dust has settled: compares what is there with what must be, and says each difference in a sentence."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping

from engine.documents import stored_versions
from engine.indexes import refresh
from engine.percolator import pool_key, registered
from mappings.names import alias
from tests.crash.ear import Ear
from tests.crash.poster import Ledger
from tests.crash.product import PREFIX
from tests.crash.scene import BORN, POOLS, READERS, Asked, Crowd, Person
from tests.crash.stage import Stage

# A candidate and a pool.
Pair = tuple[uuid.UUID, uuid.UUID]

_PEOPLE = "SELECT id, name, version FROM candidates WHERE name LIKE %(run)s || ' %%'"
_BEHIND = (
    "SELECT c.name, c.version, p.matched_version FROM candidates c LEFT JOIN candidate_progress p"
    " ON p.candidate_id = c.id WHERE c.id = ANY(%(ids)s) AND p.matched_version IS DISTINCT FROM c.version"
)
_MATCHES = (
    "SELECT m.candidate_id, m.pool_id FROM matches m JOIN pools p ON p.id = m.pool_id"
    " WHERE p.live_generation = m.generation AND m.candidate_id = ANY(%(ids)s) AND m.left_at IS NULL"
)
_MATCH_ROWS = (
    "SELECT count(*) FROM matches WHERE candidate_id = ANY(%(ids)s)"
    " AND (left_at IS NULL OR pool_id <> ALL(%(changed)s))"
)
_TOLD = (
    "SELECT n.user_id, m.candidate_id, m.pool_id, n.kind FROM notification_matches m JOIN notifications n"
    " ON n.id = m.notification_id WHERE m.candidate_id = ANY(%(ids)s) AND n.withdrawn_at IS NULL"
)
_EMPTY_NOTICES = (
    "SELECT n.id FROM notifications n WHERE n.candidate_id = ANY(%(ids)s)"
    " AND NOT EXISTS (SELECT FROM notification_matches m WHERE m.notification_id = n.id)"
)
_NOTICES_ABOUT_ONE = (
    "SELECT c.name, count(*), c.version FROM notifications n JOIN candidates c ON c.id = n.candidate_id"
    " WHERE n.candidate_id = ANY(%(ids)s) GROUP BY c.id, n.user_id HAVING count(*) > c.version"
)
_SUMMARIES = (
    "SELECT n.user_id, count(DISTINCT n.id) FROM notifications n"
    " JOIN notification_matches m ON m.notification_id = n.id"
    " WHERE m.candidate_id = ANY(%(ids)s) AND n.kind = 'summary' GROUP BY n.user_id"
)
_DEAD = "SELECT kind, entity_id, error FROM outbox WHERE dead_at IS NOT NULL"
_ALL_VERSIONS = "SELECT id, version, deleted_at IS NOT NULL FROM candidates"
_GENERATIONS = "SELECT id, live_generation, generation FROM pools WHERE deleted_at IS NULL"


def audit(stage: Stage, crowd: Crowd, ledger: Ledger, ears: Mapping[str, Ear] | None = None) -> list[str]:
    """Everything that is wrong; empty when nothing is. `ears`: readers who have been listening all the time."""
    audited = Audit(stage, crowd, ledger)
    return [
        *ledger.wrong,
        *audited.people(),
        *audited.index(),
        *audited.matches(),
        *audited.bells(),
        *audited.streams(ears or {}),
        *audited.stored_queries(),
        *(f"outbox row of {kind} {entity} was set aside: {error}" for kind, entity, error in stage.query(_DEAD)),
    ]


class Audit:
    """The comparisons, each giving sentences."""

    def __init__(self, stage: Stage, crowd: Crowd, ledger: Ledger) -> None:
        self._stage = stage
        self._crowd = crowd
        self._ledger = ledger
        self._pools = [*((asked, stage.pools[asked.name]) for asked in POOLS), *((BORN, pool) for pool in stage.born)]
        self._rows = [(str(name), id_, version) for id_, name, version in stage.query(_PEOPLE, run=crowd.run)]
        self._ids = {name: id_ for name, id_, _ in self._rows}
        self._values = {"ids": list(self._ids.values())}
        # An impatient client may or may not have got through; whoever is there must be whole.
        self._present = [person for person in crowd.everyone if person.name in self._ids]

    def people(self) -> Iterator[str]:
        """Each acknowledged person is there once, under the id that was given; nobody is there twice."""
        for name, times in Counter(name for name, _, _ in self._rows).items():
            if times > 1:
                yield f"{name} is in PostgreSQL {times} times"
        for name, id_ in self._ledger.people.items():
            if self._ids.get(name) != id_:
                yield f"{name} was acknowledged as {id_} and PostgreSQL has {self._ids.get(name)}"
        for person in self._crowd.everyone:
            if person.patient and person.name not in self._ledger.people:
                yield f"{person.name} was never acknowledged"

    def index(self) -> Iterator[str]:
        """The index holds everyone at their version, of the deleted nothing but that, and nobody else."""
        engine, index = self._stage.engine, alias(PREFIX, "candidates")
        refresh(engine, index)
        stored = stored_versions(engine, index)
        held = {(uuid.UUID(each.id), each.version, each.state == "deleted") for each in stored}
        there = set(self._stage.query(_ALL_VERSIONS))
        if len(stored) != len(held):
            yield f"the index holds {len(stored)} documents of {len(held)} people"
        for id_, version, deleted in there - held:
            # Whoever was deleted before the index knew of them may be missing there: they are found nowhere.
            if not deleted or any(id_ == other and not gone for other, _, gone in held):
                yield f"the index lacks {id_} at version {version}{' (deleted)' if deleted else ''}"
        for id_, version, deleted in held - there:
            if not deleted:
                yield f"the index holds {id_} at version {version}, which PostgreSQL does not"

    def matches(self) -> Iterator[str]:
        """Every match that plain Python finds is live, once, and there is no other."""
        for name, version, matched in self._stage.query(_BEHIND, **self._values):
            yield f"{name} is at version {version} and matched up to {matched}"
        expected = {(self._ids[person.name], pool) for person in self._present for _, pool in self._pools_of(person)}
        found = Counter((candidate, pool) for candidate, pool in self._stage.query(_MATCHES, **self._values))
        yield from self._differences("match", expected, found)
        ((rows,),) = self._stage.query(_MATCH_ROWS, **self._values, changed=self._stage.changed)
        if rows != len(expected):
            # Nobody left a pool but for one that asks something else by now, so no row may be left from that either.
            yield f"there are {rows} match rows for {len(expected)} matches"

    def bells(self) -> Iterator[str]:
        """Every reader was told once of each person in each pool they track, and nobody of anything else."""
        told = self._stage.query(_TOLD, **self._values)
        for name in (*READERS, "poster", "administrator"):
            user = self._stage.reader_ids[name]
            expected = self._told_to(name)
            found = Counter((candidate, pool) for reader, candidate, pool, _ in told if reader == user)
            yield from self._differences(f"notice to the {name}", expected, found)
            if name in READERS:
                yield from self._bell_over_http(name)
        for (notice,) in self._stage.query(_EMPTY_NOTICES, **self._values):
            yield f"notice {notice} tells of no match"
        for name, notices, version in self._stage.query(_NOTICES_ABOUT_ONE, **self._values):
            yield f"{name} is at version {version} and one reader has {notices} notices"
        for reader, summaries in self._stage.query(_SUMMARIES, **self._values):
            if summaries != 1:
                yield f"{reader} has {summaries} summaries of one batch"

    def streams(self, ears: Mapping[str, Ear]) -> Iterator[str]:
        """Who listened all the time heard all of it, and nothing twice."""
        for name, ear in ears.items():
            expected = self._told_to(name, singly=True)
            ear.await_pairs(expected)
            yield from self._differences(f"event to the {name}", expected, ear.pairs)
            for notice in ear.repeated:
                yield f"the {name} heard notice {notice} twice"

    def stored_queries(self) -> Iterator[str]:
        """The engine has each pool's live generation, and nothing is half-way."""
        wanted = set()
        for pool, live, generation in self._stage.query(_GENERATIONS):
            wanted.add(pool_key(pool, live))
            if live != generation:
                yield f"pool {pool} shows generation {live} and wants {generation}"
        stored = {key for key, _ in registered(self._stage.engine, alias(PREFIX, "pools"))}
        if stored != wanted:
            yield f"stored queries differ: lacking {wanted - stored}, left over {stored - wanted}"

    def _told_to(self, name: str, *, singly: bool = False) -> set[Pair]:
        people = [person for person in self._present if not singly or person in self._crowd.singly]
        return {
            (self._ids[person.name], pool)
            for person in people
            for asked, pool in self._pools_of(person)
            if name in asked.readers
        }

    def _bell_over_http(self, name: str) -> Iterator[str]:
        """The same as the reader sees it, of the people who came singly."""
        single = {self._ids[person.name] for person in self._present if person in self._crowd.singly}
        seen: Counter[Pair] = Counter()
        with self._stage.poster(name) as reader:
            cursor = None
            while True:
                page = reader.get("/v1/notifications", limit=200, **({"cursor": cursor} if cursor else {}))
                for item in page["items"]:
                    if "candidate" in item and uuid.UUID(item["candidate"]["id"]) in single:
                        person = uuid.UUID(item["candidate"]["id"])
                        seen.update((person, uuid.UUID(pool["id"])) for pool in item["pools"])
                cursor = page.get("next")
                if cursor is None:
                    break
        yield from self._differences(f"item on the bell of the {name}", self._told_to(name, singly=True), seen)

    def _pools_of(self, person: Person) -> Iterator[tuple[Asked, uuid.UUID]]:
        facts = person.facts(tagged=person.name in self._ledger.tagged)
        return ((asked, pool) for asked, pool in self._pools if asked.holds(facts))

    def _differences(self, what: str, expected: set[Pair], found: Counter[Pair]) -> Iterator[str]:
        names = {id_: name for name, id_ in self._ids.items()} | {pool: asked.name for asked, pool in self._pools}
        for pair in expected - found.keys():
            yield f"{what} is missing: {names[pair[0]]} in {names[pair[1]]}"
        for pair, times in found.items():
            if times > 1:
                yield f"{what} exists {times} times: {names.get(pair[0])} in {names.get(pair[1])}"
            if pair not in expected:
                yield f"{what} should not be: {names.get(pair[0])} in {names.get(pair[1])}"
