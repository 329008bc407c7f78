"""Pairs of worlds: sessions are held, something hidden changes, and the same requests are sent again.

One pair is one session before and after. No world is built twice: the second one is the first with the change in it.
"""

from __future__ import annotations

import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.leaks.asking import Answer, Request, Route, first_difference, send
from tests.leaks.drawing import Draw
from tests.leaks.hidden import CHANGES, Change, Kind
from tests.leaks.house import House, Reader
from tests.leaks.listening import heard
from tests.leaks.sessions import ENTRIES, LENGTH, STREAM, Session, hold

# Sessions that are asked again after the same changes, and how many changes that is: the worker's part of a round is
# then shared by several pairs.
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
COUNTS_ATTEMPTS = ("/v1/login", "/v1/password/reset-request")
SESSIONS = 12
CHANGED = 12


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
            f"The {self.reader} asked\n    {self.request}\n"
            f"meanwhile, out of their sight\n    {happened}\nand the answer differs: {self.difference}"
        )


@dataclass(slots=True)
class Played:
    """How far it went, what was reached on the way, and the first leak, if there was one."""

    pairs: int = 0
    requests: int = 0
    twins: int = 0
    rounds: int = 0
    leak: Leak | None = None
    reached: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Focus:
    """Where to look: only at these routes, with half of the changes of these kinds. Empty: everywhere at everything."""

    routes: tuple[Route, ...] = ()
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Course:
    """One course of pairs: the same seed and house give the same requests and changes, only with other ids.

    `address` is a server to open event streams at.
    """

    house: House
    seed: str
    focus: Focus = Focus()
    address: str | None = None

    def play(self, pairs: int) -> Played:
        """So many pairs, or as many as it takes to find a leak."""
        played = Played()
        for number in range(-(-pairs // SESSIONS)):
            played.leak = self._round(number, played)
            if played.leak is not None:
                break
        return played

    def explain(self, rounds: int) -> Leak | None:
        """The same course in a new house. After these rounds everything is asked again after each single change."""
        played = Played()
        for number in range(rounds):
            for _ in self._changes(number, self._sessions(number, played), played):
                pass
            self.house.settle()
        sessions = self._sessions(rounds, played)
        if leak := self._twins(sessions, played):
            return leak
        for change in self._changes(rounds, sessions, played):
            self.house.settle()
            if leak := self._again(sessions, played, [change]):
                return leak
        return None

    def _round(self, number: int, played: Played) -> Leak | None:
        sessions = self._sessions(number, played)
        if leak := self._twins(sessions, played):
            return leak
        heard_before = self._heard(number)
        happened = list(self._changes(number, sessions, played))
        self.house.settle()
        if leak := self._again(sessions, played, happened):
            return leak
        played.rounds += 1
        for begun, before in heard_before.items():
            if (difference := first_difference(before, self._heard(number)[begun])) is not None:
                request = Request(STREAM, STREAM[1], headers={"Last-Event-ID": begun})
                return Leak(played.pairs, Reader.MANAGER, request, tuple(happened), difference)
        return None

    def _sessions(self, number: int, played: Played) -> list[Session]:
        seeds = [f"{self.seed}/{number}/{at}" for at in range(SESSIONS)]
        return [self._session(seed, at, self._tour(number) if not at else [], played) for at, seed in enumerate(seeds)]

    def _tour(self, number: int) -> list[Route]:
        """A few routes a round, in turn: however seldom a route is drawn, it is asked now and then."""
        if self.focus.routes:
            return []
        every = list(ENTRIES)
        return [every[at % len(every)] for at in range(number * LENGTH, (number + 1) * LENGTH)]

    def _session(self, seed: str, number: int, tour: list[Route], played: Played) -> Session:
        session = hold(number, Draw(self.house, random.Random(seed)), self._ask, self.focus.routes, tour)
        played.requests += len(session.asked)
        played.reached.update(_reached(session))
        return session

    def _twins(self, sessions: list[Session], played: Played) -> Leak | None:
        """What is hidden is answered as what never was: the pair of worlds in which one of the two is not there."""
        hidden = self.house.hidden.ids
        for session in sessions:
            touched = {id_: str(uuid.uuid4()) for id_ in session.touched & hidden}
            for request, answer in session.asked:
                twin = request.about(touched)
                if twin == request or request.route[0] == "PATCH" or "Idempotency-Key" in request.headers:
                    continue
                played.twins += 1
                never = self._ask(session.reader, twin).about({new: old for old, new in touched.items()})
                if (difference := first_difference(answer, never)) is not None:
                    changes = ("the same was asked of things that never were",)
                    return Leak(played.pairs, session.reader, request, changes, difference)
        return None

    def _changes(self, number: int, sessions: list[Session], played: Played) -> Iterator[str]:
        rng = random.Random(f"{self.seed}/{number}/changes")
        change = Change(self.house, rng, set().union(*(session.touched for session in sessions)))
        kinds = rng.choices(list(CHANGES), list(CHANGES.values()), k=CHANGED)
        if self.focus.kinds:
            kinds[::2] = rng.choices(self.focus.kinds, k=len(kinds[::2]))
        for kind in kinds:
            played.changed[kind.__name__] += 1
            yield kind(change)

    def _again(self, sessions: list[Session], played: Played, happened: list[str]) -> Leak | None:
        for session in sessions:
            played.pairs += 1
            for request, before in session.asked:
                after = self._ask(session.reader, request)
                played.requests += 1
                if (difference := first_difference(before, after)) is not None:
                    return Leak(played.pairs, session.reader, request, tuple(happened), difference)
        return None

    def _ask(self, reader: Reader, request: Request) -> Answer:
        if request.path in COUNTS_ATTEMPTS:
            # What the reader did themselves is no secret to them, so it is taken back: each try is the first.
            self.house.forget_attempts()
        return send(self.house.readers[reader], request)

    def _heard(self, number: int) -> dict[str, Answer]:
        if self.address is None:
            return {}
        begun = str(random.Random(f"{self.seed}/{number}/stream").randint(0, self.house.seen.last_seq - 1))
        return {begun: heard(self.address, self.house.tokens[Reader.MANAGER], begun)}


def _reached(session: Session) -> Iterator[str]:
    """What a session was good for, in words that a test can count."""
    for request, answer in session.asked:
        assert answer.status < 500, f"{request}\n{answer.status} {answer.body!r}"
        yield f"{session.reader} {' '.join(request.route)} {answer.status}"
        document = answer.document()
        for name, value in _values(document):
            if isinstance(value, int) and not isinstance(value, bool):
                yield f"number: {name}"
            elif isinstance(value, str) and UUID.fullmatch(value):
                yield f"id of version {uuid.UUID(value).version}"
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


def _values(document: object, name: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a document with the name of its field."""
    if isinstance(document, dict):
        for field_name, value in document.items():
            yield from _values(value, field_name)
    elif isinstance(document, list):
        for value in document:
            yield from _values(value, name)
    else:
        yield name, document
