"""Pairs of worlds: sessions are held, something hidden changes, and the same requests are sent again.

One pair is one session before and after. No world is built twice: the second one is the first with the change in it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.leaks.asking import Answer, Request, first_difference, send
from tests.leaks.drawing import Draw
from tests.leaks.hidden import CHANGES, Change
from tests.leaks.house import House, Reader
from tests.leaks.listening import heard
from tests.leaks.sessions import STREAM, Session, hold

# Sessions that are asked again after the same changes, and how many changes that is: the worker's part of a round is
# then shared by several pairs.
SESSIONS = 12
CHANGED = 6


@dataclass(frozen=True, slots=True)
class Leak:
    """An answer that tells of something its reader may not see."""

    pair: int
    reader: Reader
    request: Request
    changes: tuple[str, ...]
    difference: str

    def __str__(self) -> str:
        happened = "\n    ".join(self.changes)
        return (
            f"pair {self.pair}: the {self.reader} asked\n    {self.request}\n"
            f"meanwhile, out of their sight\n    {happened}\nand the answer differs: {self.difference}"
        )


@dataclass(slots=True)
class Played:
    """How far it went, what was reached on the way, and the first leak, if there was one."""

    pairs: int = 0
    requests: int = 0
    leak: Leak | None = None
    reached: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)


def play(house: House, seed: str, pairs: int, *, address: str | None = None, one_by_one: bool = False) -> Played:
    """So many pairs, or as many as it takes to find a leak. `address` is a server to open event streams at.

    `one_by_one` sends everything again after each single change: slower, and it names the change that shows.
    """
    played = Played()
    for number in range(-(-pairs // SESSIONS)):
        played.leak = _round(house, f"{seed}/{number}", played, address, one_by_one=one_by_one)
        if played.leak is not None:
            break
    return played


def _round(house: House, seed: str, played: Played, address: str | None, *, one_by_one: bool) -> Leak | None:
    def ask(reader: Reader, request: Request) -> Answer:
        played.requests += 1
        return send(house.readers[reader], request)

    sessions = [hold(at, Draw(house, random.Random(f"{seed}/{at}")), ask) for at in range(SESSIONS)]
    played.reached.update(what for session in sessions for what in _reached(session))
    heard_before = _heard(house, seed, address)
    happened: list[str] = []
    for change in _changes(house, seed, sessions):
        happened.append(change)
        if one_by_one:
            house.settle()
            if leak := _differing(sessions, played, ask, happened):
                return leak
            happened = []
    if one_by_one:
        return None
    house.settle()
    if leak := _differing(sessions, played, ask, happened):
        return leak
    after = _heard(house, seed, address)
    for (reader, begun), before in heard_before.items():
        if (difference := first_difference(before, after[reader, begun])) is not None:
            request = Request(STREAM, STREAM[1], headers={"Last-Event-ID": begun})
            return Leak(played.pairs, reader, request, tuple(happened), difference)
    return None


def _changes(house: House, seed: str, sessions: list[Session]) -> Iterator[str]:
    rng = random.Random(f"{seed}/changes")
    change = Change(house, rng, set().union(*(session.touched for session in sessions)))
    for kind in rng.choices(list(CHANGES), list(CHANGES.values()), k=CHANGED):
        yield kind(change)


def _differing(sessions: list[Session], played: Played, ask: object, happened: list[str]) -> Leak | None:
    assert callable(ask)
    for session in sessions:
        played.pairs += 1
        for request, before in session.asked:
            after = ask(session.reader, request)
            if (difference := first_difference(before, after)) is not None:
                return Leak(played.pairs, session.reader, request, tuple(happened), difference)
    return None


def _heard(house: House, seed: str, address: str | None) -> dict[tuple[Reader, str], Answer]:
    if address is None:
        return {}
    begun = str(random.Random(f"{seed}/stream").randint(0, house.seen.last_seq - 1))
    return {(Reader.MANAGER, begun): heard(address, house.tokens[Reader.MANAGER], begun)}


def _reached(session: Session) -> Iterator[str]:
    """What a session was good for, in words that a test can count."""
    for request, answer in session.asked:
        assert answer.status < 500, f"{request}\n{answer.status} {answer.body!r}"
        yield f"{session.reader} {' '.join(request.route)} {answer.status}"
        document = answer.document()
        if request.route[1] != "/v1/search" or answer.status != 200:
            continue
        for what in ("items", "next", "hints", "facets"):
            if document.get(what):
                yield f"{session.reader} search with {what}"
        if document["similar_spelling"]:
            yield f"{session.reader} search with similar_spelling"
        if any(item["marks"] for item in document["items"]):
            yield f"{session.reader} search with marks"
        for name, facet in document["facets"].items():
            if facet["values"]:
                yield f"{session.reader} facet {name}"
        if "cursor" in (request.body or {}) or any(name == "cursor" for name, _ in request.params):
            yield f"{session.reader} search with cursor"
