"""The same searches asked of the old and of the new index: the same people, as many, in the same order."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engine.door import Order, Page, search
from engine.indexes import refresh
from engine.process import engine
from indexer.reindex.finds import Finds
from indexer.reindex.turn import Turn
from percolators.transfer import compile_shown
from records.database import session
from records.ids import FIRST
from records.repositories import filling
from search.question import EVERYONE, Between, Is, Question, Word
from search.secure import Access, secure

# Questions of pools that are asked, drawn at random: what people here really look for.
POOLS_ASKED = 30
ON_A_PAGE = 20
# A write may be visible in one and not yet in the other: whatever differs is asked again.
ROUNDS = 8
BETWEEN_ROUNDS_S = 0.25


@dataclass(frozen=True, slots=True)
class Duel:
    """One search. Orders are those that end in the id, so the same people always come in the same order."""

    name: str
    question: Question
    order: Order


def duel(turn: Turn, finds: Finds) -> None:
    """Ask every search of both; what differs each time is told."""
    waiting = list(_searches(turn))
    asked = len(waiting)
    told: dict[str, str] = {}
    for round_ in range(ROUNDS):
        if round_:
            time.sleep(BETWEEN_ROUNDS_S)
        still = []
        for each in waiting:
            sentence = _difference(turn, each)
            if sentence is not None:
                told[each.name] = sentence
                still.append(each)
        waiting = still
        if not waiting:
            break
    because = " (texts are read differently now, which may explain it)" if turn.job.reads_differently else ""
    for each in waiting:
        finds.is_different(f"{told[each.name]}{because}")
    finds.searches = asked


def _searches(turn: Turn) -> Iterator[Duel]:
    since = datetime.now(UTC).date() - timedelta(days=365)
    orders: tuple[Order, ...] = ("newest", "oldest", "name", "activity", "profile")
    yield from (Duel(f"everybody by {order}", EVERYONE, order) for order in orders)
    yield Duel("who came within a year", Between("created", since, None), "newest")
    yield Duel("who was never rejected", Is("never_rejected", "yes"), "name")
    yield from (Duel(f"the word {word}", Word(word), "name") for word in ("java", "management", "vývoj"))
    with session() as db:
        some = filling.shown_pools(db, uuid.uuid4(), POOLS_ASKED)
        if len(some) < POOLS_ASKED:
            # The random place was near the end: go on from the beginning.
            known = {pool.id for pool in some}
            first = filling.shown_pools(db, FIRST, POOLS_ASKED - len(some))
            some += [pool for pool in first if pool.id not in known]
        shown = compile_shown(db, some, turn.old[1])
    yield from (
        Duel(f"pool “{each.pool.name}” ({each.pool.id})", each.question, "newest")
        for each in shown
        if each.question is not None
    )


def _difference(turn: Turn, asked: Duel) -> str | None:
    query = secure(asked.question, Access.system())
    for index in (turn.old[0], turn.new[0]):
        refresh(engine(), index)
    old, new = (search(engine(), index, query, Page(ON_A_PAGE, asked.order)) for index in (turn.old[0], turn.new[0]))
    if old.total != new.total:
        return f"The search for {asked.name} finds {new.total:,} people instead of {old.total:,}."
    if [hit.id for hit in old.hits] != [hit.id for hit in new.hits]:
        return f"The search for {asked.name} finds other people first."
    return None
