"""Registering pools without a gap (I4).

A person who arrives while a pool is being born is found by percolation or by the back-fill, never by neither:

  0. have the fields it asks percolated from now on               -> a percolation that began before leaves some out,
                                                                    but is caught by 2 like all that began before 1
  1. store the queries in every live pool index and refresh      -> percolations that begin from here see the pool
  2. raise the epoch (waits until nobody is storing matches)     -> percolations that began before look again,
                                                                    unless they stored before the epoch rose, and
                                                                    whoever stored has been indexed before
  3. refresh the candidate index, search, store what is found    -> finds everyone indexed before 2
  4. swap the pool to the new generation, alone                  -> readers see the old people, then the new, no mixture
  5. forget the stored queries of older generations              -> until then they match, and nobody counts them

Every step may run twice: after a crash the outbox row is still there and the whole begins again.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import Invalid
from engine.door import matching_ids_of_many
from engine.errors import EngineRefused
from engine.indexes import refresh
from engine.percolator import BAD_REQUEST, StoredQuery, forget, forget_key, pool_key, register
from engine.process import engine
from mappings.names import serving_candidates
from notifications.grouping import Entered, Origin, notices_of
from notifications.wake import ring_streams
from percolators.quarantine import quarantine
from percolators.questions import question_of, vocabulary_for
from records import gate
from records.database import Session, session
from records.repositories import indexes, matching, notices, pools, webhooks
from records.repositories.matching import Arrival, Filled
from records.repositories.pools import Definition
from search.asked import asked_fields
from search.criteria import parse_criteria
from search.question import Question
from search.render_stored import render_stored
from search.secure import Access, secure

log = logging.getLogger(__name__)

# People stored per transaction of a back-fill: about 50 ms during which those people cannot be matched anew.
FILL_BATCH = 2_000
# Pools shown for the first time in one transaction: a few milliseconds during which no matches can be stored.
SHOWN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Compiled:
    """A pool as it will be stored, and the question behind it."""

    definition: Definition
    question: Question
    stored: list[StoredQuery]


def register_pools(db: Session, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Bring these pools' wanted generations to life, and take deleted ones out. What cannot be stored is quarantined.

    `db` is the transaction that holds the outbox rows; what is stored on the way is committed as it goes. Returns
    those that ask what the serving index does not know yet: they have to wait for a reindex.
    """
    definitions = pools.definitions(db, ids)
    live = indexes.live(db)
    for definition in definitions:
        if definition.deleted:
            _take_out(definition, live)
        elif definition.generation == definition.live_generation and not definition.broken:
            _forget_older(definition, live.pools)  # shown already: the worker that did it may have died before this
    waiting = [d for d in definitions if not d.deleted and not d.broken and d.generation != d.live_generation]
    compiled, problems = _compile(db, waiting)
    early = [pool for pool in compiled if not _known_to(live, live.serving, pool)]
    compiled = [pool for pool in compiled if pool not in early]
    if compiled:
        problems |= _store(compiled, live)
        _raise_epoch()
        refresh(engine(), serving_candidates())
        stored = [pool for pool in compiled if pool.definition.id not in problems]
        try:
            _fill(stored)
        except EngineRefused as refused:
            # Of several it is not known whose question it was: the drain then brings each alone.
            if len(stored) > 1 or refused.engine_status != BAD_REQUEST:
                raise
            problems[stored.pop().definition.id] = refused.reason
        _show_first([pool.definition for pool in stored if not pool.definition.live_generation], live.pools)
        for pool in stored:
            if pool.definition.live_generation:
                _swap(pool.definition, live.pools)
    for pool_id, reason in problems.items():
        generation = next(d.generation for d in definitions if d.id == pool_id)
        quarantine([pool_key(pool_id, generation)], reason)
    return {pool.definition.id for pool in early}


def _known_to(live: indexes.Live, index: str | None, pool: Compiled) -> bool:
    """Whether an index has every field that the pool asks: one made by other code may not."""
    known = live.known.get(index or "")
    return known is None or asked_fields(pool.stored) <= known.keys()


def _compile(db: Session, definitions: Iterable[Definition]) -> tuple[list[Compiled], dict[uuid.UUID, str]]:
    definitions = list(definitions)
    vocabulary = vocabulary_for(db, [parse_criteria(c) for d in definitions for c in d.chain])
    compiled, problems = [], {}
    for definition in definitions:
        key = pool_key(definition.id, definition.generation)
        try:
            question = question_of(vocabulary, definition.chain)
            compiled.append(Compiled(definition, question, render_stored(question, key)))
        except Invalid as error:
            # It was storable when it was saved; since then a tag or a pool above it has changed.
            problems[definition.id] = error.detail
    return compiled, problems


def _store(compiled: Sequence[Compiled], live: indexes.Live) -> dict[uuid.UUID, str]:
    owner = {query.id: pool.definition.id for pool in compiled for query in pool.stored}
    refused: dict[uuid.UUID, str] = {}
    with session() as db:
        indexes.ask(db, asked_fields(query for pool in compiled for query in pool.stored))
        db.commit()
    for index in live.pools:
        known = [pool for pool in compiled if _known_to(live, index, pool)]
        outcome = register(engine(), index, [query for pool in known for query in pool.stored])
        refused.update({owner[query]: reason for query, reason in outcome.failed})
    return refused


def _raise_epoch() -> None:
    with session() as db:
        gate.raise_epoch(db)
        db.commit()


def _fill(compiled: Sequence[Compiled]) -> None:
    queries = [secure(pool.question, Access.system()) for pool in compiled]
    index = serving_candidates()
    waiting: list[Filled] = []
    for number, people in matching_ids_of_many(engine(), index, queries, FILL_BATCH):
        pool = compiled[number].definition
        waiting += [Filled(uuid.UUID(person), version, pool.id, pool.generation) for person, version in people]
        if len(waiting) >= FILL_BATCH:
            _store_people(waiting)
            waiting.clear()
    if waiting:
        _store_people(waiting)


def _store_people(found: Sequence[Filled]) -> None:
    with session() as db:
        matching.fill(db, found)
        db.commit()


def _show_first(definitions: Sequence[Definition], names: Sequence[str]) -> None:
    """Pools that nobody has seen yet: many at a time, because nothing has to be carried over."""
    for start in range(0, len(definitions), SHOWN_AT_ONCE):
        born = definitions[start : start + SHOWN_AT_ONCE]
        with session() as db:
            gate.pass_alone(db)
            shown, arrivals = matching.go_live_first(db, [(each.id, each.generation) for each in born])
            readers = _tell(db, arrivals, [each.generation for each in born])
            db.commit()
        ring_streams(readers)
        for each in born:
            if each.id not in shown:
                _drop_overtaken(each, names)


def _swap(definition: Definition, names: Sequence[str]) -> None:
    """A pool with other criteria than it was shown with: the people change in one step."""
    with session() as db:
        gate.pass_alone(db)
        swapped = matching.go_live(db, definition.id, definition.generation)
        readers: list[uuid.UUID] = []
        if swapped is not None:
            arrivals, gone = swapped
            came = [(definition.id, arrival) for arrival in arrivals]
            readers = _tell(db, came, [definition.generation], [(candidate, definition.id) for candidate in gone])
        db.commit()
    ring_streams(readers)
    if swapped is None:
        _drop_overtaken(definition, names)
    else:
        _forget_older(definition, names)


def _forget_older(definition: Definition, names: Sequence[str]) -> None:
    for index in names:
        forget(engine(), index, definition.id, older_than=definition.generation)


def _drop_overtaken(definition: Definition, names: Sequence[str]) -> None:
    """Changed again, broken or deleted before it was shown: nobody asks for this generation any more.

    What newer one there is comes with its own outbox row.
    """
    for index in names:
        forget_key(engine(), index, pool_key(definition.id, definition.generation))


def _tell(
    db: Session,
    arrivals: Sequence[tuple[uuid.UUID, Arrival]],
    generations: Sequence[int],
    gone: Sequence[tuple[uuid.UUID, uuid.UUID]] = (),
) -> list[uuid.UUID]:
    """People who came while their pool was being registered are told of now that it shows them."""
    told: list[notices.Notice] = []
    if arrivals:
        trackers = matching.state(db, [], generations).trackers
        entered = [Entered(arrival.candidate, arrival.version, pool) for pool, arrival in arrivals]
        origins = {a.candidate: Origin(a.actor, a.batch, a.notices) for _, a in arrivals}
        told = notices_of(entered, trackers, origins)
    webhooks.record(db, [(arrival.candidate, pool) for pool, arrival in arrivals], gone)
    return notices.ring(db, told, gone)


def _take_out(definition: Definition, live: indexes.Live) -> None:
    with session() as db:
        gate.pass_alone(db)
        gone = [(candidate, definition.id) for candidate in matching.empty(db, definition.id)]
        webhooks.record(db, [], gone)
        readers = notices.ring(db, [], gone)
        db.commit()
    ring_streams(readers)
    for index in live.pools:
        forget(engine(), index, definition.id)
