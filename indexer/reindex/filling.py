"""The second step: everybody in id order from PostgreSQL into the new candidate index.

While one page is with the engine the next is read and built. Whatever changes meanwhile goes to the new index by its
outbox row; documents carry their versions, so of two that meet the older one is refused (docs/decisions/0014).
"""

from __future__ import annotations

import time
import uuid
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from engine.documents import BulkOutcome, Document, bulk_index
from engine.errors import EngineUnavailable
from engine.process import engine
from indexer.document import build_document
from indexer.reindex.finds import Finds
from indexer.reindex.pace import Pace
from indexer.reindex.turn import Turn
from indexer.writing import ready
from records.database import Session
from records.repositories import filling

# People in one bulk request: a megabyte or two as a rule; more gains nothing (measured, docs/decisions/0014).
AT_ONCE = 500
# What bounds memory where CVs are books.
MOST_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Documents up to this person."""

    documents: list[Document]
    last: uuid.UUID


def fill(turn: Turn) -> None:
    """Go on after the last person who is known to be in; ends with everybody in, or when the turn is over."""
    job = turn.job
    idle = job.idle_ms or 1.0
    with ThreadPoolExecutor(1, "fill") as sender, Pace(idle, job.pause) as pace:
        after = job.last_candidate
        sending: Future[BulkOutcome] | None = None
        page: Page | None = None
        while True:
            following = None if turn.over else next_page(turn.db, after, pace.portion(AT_ONCE))
            if sending is not None and page is not None:
                _settle(turn, page, sending.result(), pace)
            if following is None:
                break
            page, after = following, following.last
            begun = time.monotonic()
            sending = sender.submit(bulk_index, engine(), [turn.new[0]], page.documents)
            if pace.pause:
                # A pause is one only when the engine has nothing of ours in hand.
                wait([sending])
                pace.rest(time.monotonic() - begun, lambda: turn.over)
    if not turn.over:
        turn.go_to("registering")


def next_page(db: Session, after: uuid.UUID, limit: int) -> Page | None:
    """The next documents, or None when there is nobody more."""
    snapshot = filling.next_people(db, after, limit, MOST_BYTES)
    db.commit()
    people = snapshot.people
    if not people:
        return None
    return Page([ready(build_document(c, person, snapshot.tags)) for c, person in people.items()], max(people))


def _settle(turn: Turn, page: Page, outcome: BulkOutcome, pace: Pace) -> None:
    if outcome.delayed:
        # Nothing is wrong with them; this page is sent again once the engine has room.
        raise EngineUnavailable(f"The search engine cannot take documents now: {outcome.delayed[0][1]}")
    finds = Finds.of(turn.job)
    for candidate, reason in outcome.failed:
        finds.note(f"The new index refuses candidate {candidate}: {reason}")
    done = turn.job.people_done + len(page.documents)
    turn.save(
        last_candidate=page.last,
        people_done=done,
        people_total=max(done, turn.job.people_total),
        rate=turn.rate(done),
        pause=pace.pause,
        findings=finds.as_json(),
    )
