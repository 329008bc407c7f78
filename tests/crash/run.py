"""One run: people arrive and are acknowledged while parts are killed; then everything is awaited and compared."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from uuid import uuid4

from tests.crash.audit import audit
from tests.crash.poster import Poster
from tests.crash.scene import BORN, READERS, Crowd, crowd
from tests.crash.stage import QUIET_S, Stage
from tests.crash.strikes import Strike, Striker

log = logging.getLogger(__name__)

PEOPLE = 60
TOGETHER = 25
# Clients at once: enough that one transaction is open while another is cut off.
CLIENTS = 3
# The later tag comes with the person so many behind.
LATER_BY = 5
# With whom the pool is made, and with whom the batch comes.
POOL_AT = PEOPLE // 3
BATCH_AT = PEOPLE // 2


@dataclass(frozen=True)
class Outcome:
    """What was wrong at the end, how many people were acknowledged, and what was killed how often."""

    wrong: list[str]
    acknowledged: int
    struck: Counter[str]


def play(stage: Stage, seed: int, strikes: Sequence[Strike], quiet_s: float = QUIET_S) -> Outcome:
    """People of this seed under these strikes (at most one with each person)."""
    people = crowd(f"run-{seed}-{uuid4().hex[:6]}", seed, PEOPLE, TOGETHER)
    striker = Striker(stage.product, seed)
    with stage.poster() as poster, ExitStack() as listening:
        ears = {name: listening.enter_context(stage.ear(name)) for name in READERS}
        arrive(stage, poster, people, striker, {strike.at: strike for strike in strikes})
        stage.product.await_whole()
        wrong = [] if stage.await_quiet(quiet_s) else [f"{stage.waiting()} rows still wait after {quiet_s:.0f} s"]
        wrong += audit(stage, people, poster.ledger, ears)
        acknowledged = len(poster.ledger.people)
    log.info(
        "Seed %d: %d acknowledged, %d requests cut off, killed %s, wrong: %s",
        *(seed, acknowledged, poster.ledger.cut_off, dict(striker.struck), wrong or "none"),
    )
    return Outcome(wrong, acknowledged, striker.struck)


def arrive(stage: Stage, poster: Poster, people: Crowd, striker: Striker, strikes: dict[int, Strike]) -> None:
    """Send everything, striking on the way; returns when every answer is there and every strike was made."""
    with ThreadPoolExecutor(1 + len(strikes), "striker") as strikers, ThreadPoolExecutor(CLIENTS, "client") as clients:
        sent: list[Future[None]] = []
        struck: list[Future[None]] = []

        def send(number: int) -> None:
            if number in strikes:
                struck.append(strikers.submit(striker.strike, strikes[number]))
            poster.add(people.singly[number])
            if number == POOL_AT:
                stage.born.append(poster.add_pool(BORN, key=f"{people.run} pool"))
            if number == BATCH_AT:
                poster.add_together(f"{people.run} batch", people.together)
            if number >= LATER_BY:
                poster.add_later_tag(people.singly[number - LATER_BY])

        for number in range(PEOPLE):
            if number in strikes and strikes[number].settled:
                wait(sent)
                # Not a claim: whatever does not come to rest now is found at the end.
                stage.await_quiet(timeout_s=30)
            sent.append(clients.submit(send, number))
        for each in sent:
            each.result()
        for each in struck:
            each.result()
