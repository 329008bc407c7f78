"""Several clients edit the same people while parts are killed: no update is lost, and writers read what they wrote."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest

from tests.crash.editors import Session
from tests.crash.history import History, Outcome, Read, Search, Target, Write, violations
from tests.crash.stage import Stage
from tests.crash.strikes import Point, Striker

CLIENTS, PEOPLE = 4, 2
ROUNDS, LONG_ROUNDS = 8, 60
DRIVEN: dict[int, tuple[Point, ...]] = {
    0: ("worker parent", "worker child"),
    1: ("api", "api"),
    2: ("postgres backend", "postgres"),
    3: ("opensearch", "worker parent"),
    4: ("redis emptied", "beat", "api", "postgres backend", "worker child"),
}


@pytest.mark.parametrize(
    ("seed", "rounds"), [(0, ROUNDS), *(pytest.param(seed, LONG_ROUNDS, marks=pytest.mark.long) for seed in DRIVEN)]
)
def test_no_update_is_lost_and_each_reads_their_own_writes(stage: Stage, seed: int, rounds: int) -> None:
    session, striker = Session(stage, CLIENTS, rounds, PEOPLE), Striker(stage.product, seed)
    draw = Random(f"history {seed}")
    with ThreadPoolExecutor(1) as beside:
        played = beside.submit(session.run, seed)
        for point in DRIVEN[seed]:
            # A moment drawn at random, not a condition awaited.
            with suppress(TimeoutError):
                played.result(timeout=draw.random() * rounds / 10)
            striker.kill(point)
        history = played.result()
    stage.product.await_whole()
    assert violations(history) == []
    answered = [write for write in history.writes if write.outcome == "ok"]
    assert {write.target for write in answered} == {"headline", "stage", "tags"}
    assert len(answered) > CLIENTS * rounds / 4, "too little happened to show anything"
    assert any(write.outcome == "refused" for write in history.writes), "nobody ever met anybody"
    assert history.searches
    assert stage.await_quiet()


# -- the checker can fail --

ADA = "ada"


def good() -> History:
    """Two clients, one of whom is refused once and cut off once."""

    def write(
        client: int, target: Target, seen: tuple[str, ...], value: str, at: float, outcome: Outcome = "ok"
    ) -> Write:
        return Write(client, ADA, target, seen, value, at, at + 0.5, outcome)

    return History(
        writes=(
            write(1, "headline", (), "a", 1),
            write(2, "headline", (), "b", 1.2, "refused"),
            write(2, "headline", ("a",), "c", 2),
            write(1, "headline", ("a", "c"), "d", 3, "unknown"),
            write(1, "stage", ("new",), "s1", 1),
            write(2, "stage", ("s1",), "s2", 2),
            write(1, "tags", (), "t1", 1),
            write(2, "tags", (), "t2", 1),
        ),
        reads=(
            Read(1, ADA, "headline", ("a",), 1.6, 1.7),
            Read(2, ADA, "headline", ("a", "c"), 2.6, 2.7),
            Read(1, ADA, "stage", ("s1",), 1.6, 1.7),
            Read(2, ADA, "tags", ("t1", "t2"), 1.6, 1.7),
        ),
        searches=(Search(1, ADA, "t1", 2, frozenset({ADA})),),
        begin={(ADA, "headline"): (), (ADA, "stage"): ("new",), (ADA, "tags"): ()},
        end={(ADA, "headline"): ("a", "c", "d"), (ADA, "stage"): ("s2",), (ADA, "tags"): ("t1", "t2")},
    )


def ending(target: Target, *values: str) -> History:
    history = good()
    history.end[ADA, target] = values
    return history


def reading(target: Target, *shown: str, client: int = 1, sent: float = 5) -> History:
    read = Read(client, ADA, target, shown, sent, sent + 0.1)
    return replace(good(), reads=(*good().reads, read))


def second_move() -> History:
    again = Write(1, ADA, "stage", ("s1",), "s3", 2.1, 2.5, "ok")
    return replace(good(), writes=(*good().writes, again))


BROKEN: dict[str, tuple[History, str]] = {
    "an acknowledged word is gone": (ending("headline", "a", "d"), "lost update: c"),
    "a word overwrote one it had not seen": (ending("headline", "c", "a"), "stands after"),
    "a word is there twice": (ending("headline", "a", "c", "c"), "2 times"),
    "a refused word is there": (ending("headline", "a", "c", "b"), "refused"),
    "a word is there that nobody wrote": (ending("headline", "a", "c", "x"), "nobody wrote"),
    "an acknowledged tag is gone": (ending("tags", "t1"), "lost update: tag t2"),
    "the stage went back": (ending("stage", "s1"), "lost update: the stage was s2"),
    "two moved on from the same stage": (second_move(), "2 moves away"),
    "somebody does not read their own word": (reading("headline"), "their own"),
    "somebody does not read another's word": (reading("headline", client=3), "client 1's"),
    "somebody reads a headline that never was": (reading("headline", "c", "a"), "never was"),
    "somebody does not read their own tag": (reading("tags", "t2"), "t1, their own"),
    "somebody reads a stage that was left": (reading("stage", "new"), "after it had been moved"),
    "somebody reads a stage that never was": (reading("stage", "s9"), "never was"),
    "a search misses who was said to be searchable": (
        replace(good(), searches=(Search(1, ADA, "t1", 2, frozenset()),)),
        "did not find them",
    ),
}


def test_a_history_in_which_nothing_is_wrong_passes() -> None:
    assert violations(good()) == []
    assert violations(ending("headline", "a", "c")) == [], "what was cut off may have happened or not"


@pytest.mark.parametrize("name", BROKEN)
def test_the_checker_finds(name: str) -> None:
    history, told = BROKEN[name]
    found = violations(history)
    assert any(told in sentence for sentence in found), found
