"""The client: sends people over HTTP, repeats with the same key until it is told, and remembers what it was told."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from embedded.process import wait_until
from tests.crash.scene import Asked, Person

# Generous: longer than any part takes to come back. A client that waits less would only repeat more often.
ANSWER_S = 60.0
PATIENCE_S = 240.0
# Between two tries, as a client would that honours Retry-After loosely.
PAUSE_S = 0.1


@dataclass
class Ledger:
    """What was acknowledged: people by name, and names whose later tag was taken. Beside it, what went otherwise."""

    people: dict[str, uuid.UUID] = field(default_factory=dict)
    tagged: set[str] = field(default_factory=set)
    cut_off: int = 0
    wrong: list[str] = field(default_factory=list)


class Poster:
    """Posts as one user. Safe to use from several threads."""

    def __init__(self, address: str, token: str) -> None:
        self._client = httpx2.Client(
            base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=ANSWER_S, trust_env=False
        )
        self._mutex = threading.Lock()
        self.ledger = Ledger()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def add(self, person: Person, answer_s: float = ANSWER_S) -> None:
        """One person. An impatient client tries once and never learns."""
        answer = self._insist(
            "POST", "/v1/candidates", person.body(), person.name, once=not person.patient, answer_s=answer_s
        )
        if answer is not None and self._is(answer, 201, person.name):
            with self._mutex:
                self.ledger.people[person.name] = uuid.UUID(answer.json()["id"])

    def add_together(self, batch: str, people: tuple[Person, ...]) -> None:
        """People in one request, one summary for all."""
        body = {"name": batch, "candidates": [person.body() for person in people]}
        answer = self._insist("POST", "/v1/candidates/bulk", body, batch)
        if answer is not None and self._is(answer, 201, batch):
            ids = [uuid.UUID(id_) for id_ in answer.json()["ids"]]
            with self._mutex:
                self.ledger.people.update(zip((person.name for person in people), ids, strict=True))

    def add_later_tag(self, person: Person) -> None:
        """The later tag of somebody who was acknowledged: they must be there."""
        candidate = self.ledger.people.get(person.name)
        if candidate is None or person.later is None:
            return
        answer = self._insist("POST", f"/v1/candidates/{candidate}/tags", {"tags": [person.later]})
        if answer is not None and self._is(answer, 200, f"tag on {person.name}"):
            with self._mutex:
                self.ledger.tagged.add(person.name)

    def add_pool(self, asked: Asked, parent: uuid.UUID | None = None, key: str | None = None) -> uuid.UUID:
        """A pool."""
        body = {"name": asked.name, "criteria": asked.criteria, "parent": str(parent) if parent else None}
        return self.create("/v1/pools", body, key)

    def change_pool(self, pool: uuid.UUID, criteria: dict[str, Any]) -> None:
        """Other criteria for a pool. The same twice change it once."""
        answer = self._insist("PATCH", f"/v1/pools/{pool}", {"criteria": criteria})
        assert answer is not None and answer.status_code == 200, answer and answer.text

    def delete(self, candidate: uuid.UUID) -> None:
        """A person. A repeat finds nobody, which is what was asked for."""
        answer = self._insist("DELETE", f"/v1/candidates/{candidate}", None)
        assert answer is not None and answer.status_code in (204, 404), answer and answer.text

    def create(self, path: str, body: dict[str, Any], key: str | None = None) -> uuid.UUID:
        """Anything that answers with its id."""
        answer = self._insist("POST", path, body, key)
        assert answer is not None and answer.status_code == 201, answer and answer.text
        return uuid.UUID(answer.json()["id"])

    def put(self, path: str) -> None:
        """A PUT without a body."""
        answer = self._insist("PUT", path, None)
        assert answer is not None and answer.status_code == 204, answer and answer.text

    def act(self, path: str) -> None:
        """A POST without a body that may be repeated."""
        answer = self._insist("POST", path, None)
        assert answer is not None and answer.status_code == 200, answer and answer.text

    def get(self, path: str, **params: Any) -> Any:
        """The parsed answer of a GET."""
        answer = self._insist("GET", path, None, params=params)
        assert answer is not None and answer.status_code == 200, answer and answer.text
        return answer.json()

    def search(self, criteria: dict[str, Any]) -> set[uuid.UUID] | None:
        """Whom a search finds (the first 200), None while it cannot be answered."""
        try:
            answer = self._client.post("/v1/search", json={"criteria": criteria, "limit": 200})
        except httpx2.TransportError:
            return None
        return {uuid.UUID(item["id"]) for item in answer.json()["items"]} if answer.status_code == 200 else None

    def _is(self, answer: httpx2.Response, status: int, what: str) -> bool:
        if answer.status_code != status:
            with self._mutex:
                self.ledger.wrong.append(f"{what} was answered {answer.status_code}: {answer.text}")
        return answer.status_code == status

    def _insist(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        key: str | None = None,
        *,
        once: bool = False,
        answer_s: float = ANSWER_S,
        params: dict[str, Any] | None = None,
    ) -> httpx2.Response | None:
        """Send until there is an answer that a repeat would not change; None if there was none."""
        headers = {"Idempotency-Key": key.replace(" ", "-")} if key else {}
        last: list[httpx2.Response] = []

        def answered() -> bool:
            try:
                answer = self._client.request(method, path, json=body, headers=headers, params=params, timeout=answer_s)
            except httpx2.TransportError:
                with self._mutex:
                    self.ledger.cut_off += 1
                return once
            if answer.status_code == 500:
                # A part that is down is foreseen (503); this was not.
                with self._mutex:
                    self.ledger.wrong.append(f"{method} {path} was answered 500: {answer.text}")
            # 409: a try of ours that was cut off is still under way, or has just ended without effect.
            if answer.status_code >= 500 or answer.status_code == 409:
                return once
            last.append(answer)
            return True

        if not wait_until(answered, timeout_s=PATIENCE_S, interval_s=PAUSE_S):
            with self._mutex:
                self.ledger.wrong.append(f"{method} {path} was not answered within {PATIENCE_S:.0f} s")
        return last[0] if last else None
