"""Clients that edit the same few people at the same time, each keeping a record of what it was answered."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from typing import Any, Self

import httpx2

from embedded.process import wait_until
from tests.crash.history import History, Outcome, Read, Search, Target, Write
from tests.crash.stage import Stage

# A client gives up an answer after this; what it asked for is then unknown to it.
ANSWER_S = 20.0
BACK_S = 180.0
SEARCHABLE_S = 120.0


@dataclass(frozen=True)
class Edited:
    """Somebody whom everybody edits."""

    id: str
    application: str


@dataclass
class Record:
    """What all clients did."""

    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    searches: list[Search] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, entry: Write | Read | Search) -> None:
        """Add an entry, from whatever thread."""
        with self.lock:
            if isinstance(entry, Write):
                self.writes.append(entry)
            elif isinstance(entry, Read):
                self.reads.append(entry)
            else:
                self.searches.append(entry)


class Editor:
    """One client with its own connection."""

    def __init__(self, stage: Stage, number: int, tags: list[str], record: Record) -> None:
        self._number = number
        self._tags = tags
        self._record = record
        self._client = httpx2.Client(
            base_url=stage.product.address, headers=stage.credentials("poster"), timeout=ANSWER_S, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def edit(self, people: list[Edited], rounds: int, draw: Random) -> None:
        """So many edits, each of somebody drawn, each followed by a look at what came of it."""
        for at in range(rounds):
            person = draw.choice(people)
            target: Target = draw.choice(["headline", "headline", "stage", "tags"])
            if target == "tags":
                self._tag(person, self._tags[at])
            else:
                self._rewrite(person, target, f"w{self._number}x{at}")
            self.look(person)

    def look(self, person: Edited) -> None:
        """Read the person as anybody would."""
        sent = time.monotonic()
        shown = self._read(f"/v1/candidates/{person.id}")
        if shown is not None:
            for target, value in objects_of(shown.json(), person).items():
                self._record.keep(Read(self._number, person.id, target, value, sent, time.monotonic()))

    def _rewrite(self, person: Edited, target: Target, value: str) -> None:
        """Read, change, and write on condition that nobody else did meanwhile."""
        address = f"/v1/candidates/{person.id}" if target == "headline" else f"/v1/applications/{person.application}"
        before = self._read(address)
        if before is None:
            return
        document = before.json()
        if target == "headline":
            seen = tuple(document["headline"].split())
            body = {"headline": " ".join((*seen, value))}
        else:
            seen, body = (document["stage"],), {"stage": value}
        sent = time.monotonic()
        outcome = self._send("PATCH", address, body, {"If-Match": before.headers["etag"]})
        if outcome is not None:
            self._record.keep(Write(self._number, person.id, target, seen, value, sent, time.monotonic(), outcome))

    def _tag(self, person: Edited, tag: str) -> None:
        sent = time.monotonic()
        outcome = self._send("POST", f"/v1/candidates/{person.id}/tags", {"tags": [tag]}, {})
        answered = time.monotonic()
        if outcome is not None:
            self._record.keep(Write(self._number, person.id, "tags", (), tag, sent, answered, outcome))
        if outcome == "ok" and wait_until(lambda: self._is_searchable(person), timeout_s=SEARCHABLE_S):
            self._search(person, tag)

    def _is_searchable(self, person: Edited) -> bool:
        answer = self._read(f"/v1/candidates/{person.id}/searchable")
        return answer is not None and bool(answer.json()["searchable"])

    def _search(self, person: Edited, tag: str) -> None:
        sent = time.monotonic()
        try:
            answer = self._client.post("/v1/search", json={"criteria": {"tags": {"any": [tag]}}})
        except httpx2.TransportError:
            return
        if answer.status_code == 200:
            found = frozenset(item["id"] for item in answer.json()["items"])
            self._record.keep(Search(self._number, person.id, tag, sent, found))

    def _send(self, method: str, path: str, body: dict[str, Any], headers: dict[str, str]) -> Outcome | None:
        """What became of it; None where it did not even begin."""
        try:
            answer = self._client.request(method, path, json=body, headers=headers)
        except httpx2.ConnectError:
            return None
        except httpx2.TransportError:
            return "unknown"
        if answer.status_code == 412:
            return "refused"
        # A database that went away during a commit may have committed.
        return "ok" if answer.status_code == 200 else "unknown"

    def _read(self, path: str) -> httpx2.Response | None:
        """The answer once there is one; None when there was none for long."""
        answers: list[httpx2.Response] = []

        def answered() -> bool:
            try:
                answer = self._client.get(path)
            except httpx2.TransportError:
                return False
            if answer.status_code == 200:
                answers.append(answer)
            return bool(answers)

        wait_until(answered, timeout_s=BACK_S, interval_s=0.05)
        return answers[0] if answers else None


def objects_of(document: dict[str, Any], person: Edited) -> dict[Target, tuple[str, ...]]:
    """The three objects of a person as the API shows them."""
    (application,) = (each for each in document["applications"] if each["id"] == person.application)
    return {
        "headline": tuple(document["headline"].split()),
        "stage": (application["stage"],),
        "tags": tuple(sorted(tag["name"] for tag in document["tags"])),
    }


class Session:
    """A few people, and clients who edit them together."""

    def __init__(self, stage: Stage, clients: int, rounds: int, people: int) -> None:
        self._stage = stage
        self._rounds = rounds
        run = uuid.uuid4().hex[:6]
        with stage.poster() as poster:
            self._tags = [[f"t{run}c{client}n{at}" for at in range(rounds)] for client in range(clients)]
            for names in self._tags:
                for name in names:
                    poster.create("/v1/tags", {"name": name})
            position = poster.create("/v1/positions", {"title": f"Position {run}"})
            self._people = []
            for number in range(people):
                person = poster.create("/v1/candidates", {"name": f"history-{run} {number}"})
                made = poster.create(f"/v1/candidates/{person}/applications", {"position": str(position)})
                self._people.append(Edited(str(person), str(made)))
            self._begin = self._state()

    def run(self, seed: int) -> History:
        """All clients at once, to their end; the history of it."""
        record = Record()

        def edit(number: int) -> None:
            with Editor(self._stage, number, self._tags[number], record) as editor:
                editor.edit(self._people, self._rounds, Random(f"{seed}/{number}"))

        with ThreadPoolExecutor(len(self._tags), "editor") as clients:
            for each in [clients.submit(edit, number) for number in range(len(self._tags))]:
                each.result()
        return History(record.writes, record.reads, record.searches, self._begin, self._state())

    def _state(self) -> dict[tuple[str, Target], tuple[str, ...]]:
        with self._stage.poster() as poster:
            return {
                (person.id, target): value
                for person in self._people
                for target, value in objects_of(poster.get(f"/v1/candidates/{person.id}"), person).items()
            }
