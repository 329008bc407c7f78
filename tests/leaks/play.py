"""Pairs of worlds: sessions are held, something hidden changes, and the same requests are sent again.

One pair is one session before and after. No world is built twice: the second one is the first with the change in it.
"""

from __future__ import annotations

import random
import re
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.leaks.asking import Answer, Request, Route, first_difference, send
from tests.leaks.drawing import Draw
from tests.leaks.hidden import CHANGES, Change, Kind
from tests.leaks.house import House, Reader
from tests.leaks.listening import heard
from tests.leaks.pages import OPEN_PAGES, PAGES
from tests.leaks.sessions import ENTRIES, LENGTH, STREAM, Entry, Session, hold

# Sessions that are asked again after the same changes, and how many changes that is: the worker's part of a round is
# then shared by several pairs.
SESSIONS, CHANGED = 12, 12
# Beside them, so many are held at the pages.
BROWSERS = 3
EVERYTHING: Mapping[Route, Entry] = {**ENTRIES, **PAGES}
COUNTS_ATTEMPTS = (
    "/v1/login",
    "/v1/password/reset-request",
    "/login",
    "/password/reset-request",
    "/account/password",
)
WISHES = ("{candidate}/want", "{candidate}/done")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
        if self.focus.routes:
            among = {route: EVERYTHING[route] for route in self.focus.routes}
            return [self._session(number, at, among, [], played) for at in range(SESSIONS)]
        asked = [ENTRIES] * SESSIONS + [PAGES] * BROWSERS
        tours = {0: _tour(number, list(ENTRIES)), SESSIONS: _tour(number, list(OPEN_PAGES))}
        return [self._session(number, at, among, tours.get(at, []), played) for at, among in enumerate(asked)]

    def _session(
        self, number: int, at: int, among: Mapping[Route, Entry], tour: list[Route], played: Played
    ) -> Session:
        rng = random.Random(f"{self.seed}/{number}/{at}")
        session = hold(at, Draw(self.house, rng), self._ask, among, tour)
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
        # What the reader did themselves is no secret to them, so it is taken back: each try is the first.
        if request.path in COUNTS_ATTEMPTS:
            self.house.forget_attempts()
        answer = send((self.house.browsers if request.is_page else self.house.readers)[reader], request)
        if request.route[1].endswith(WISHES):
            self.house.forget_wishes()
        return answer

    def _heard(self, number: int) -> dict[str, Answer]:
        if self.address is None:
            return {}
        begun = str(random.Random(f"{self.seed}/{number}/stream").randint(0, self.house.seen.last_seq - 1))
        return {begun: heard(self.address, self.house.tokens[Reader.MANAGER], begun)}


def _tour(number: int, routes: Sequence[Route]) -> list[Route]:
    """A few routes a round, in turn: however seldom a route is drawn, it is asked now and then."""
    return [routes[at % len(routes)] for at in range(number * LENGTH, (number + 1) * LENGTH)]


def _reached(session: Session) -> Iterator[str]:
    """What a session was good for, in words that a test can count."""
    for request, answer in session.asked:
        assert answer.status < 500, f"{request}\n{answer.status} {answer.body!r}"
        yield f"{session.reader} {' '.join(request.route)} {answer.status}"
        document = answer.document()
        if request.is_page:
            yield from (f"id of version {uuid.UUID(each[0]).version}" for each in UUID.finditer(answer.body.decode()))
        for name, value in _values(document):
            if isinstance(value, int) and not isinstance(value, bool):
                yield f"number: {name}"
            elif isinstance(value, str) and UUID.fullmatch(value):
                yield f"id of version {uuid.UUID(value).version}"
        if request.route[1] == "/v1/search" and answer.status == 200:
            asked_on = "cursor" in (request.body or {}) or any(name == "cursor" for name, _ in request.params)
            features = [*_in_search(document), *(["search with cursor"] if asked_on else [])]
            yield from (f"{session.reader} {feature}" for feature in features)


def _in_search(document: Any) -> Iterator[str]:
    """What an answer to a search has in it."""
    for what in ("items", "next", "hints", "facets", "similar_spelling"):
        if document.get(what):
            yield f"search with {what}"
    if any(item["marks"] for item in document["items"]):
        yield "search with marks"
    for name, facet in document["facets"].items():
        if facet["values"]:
            yield f"facet {name}"


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
