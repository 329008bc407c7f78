"""What may be under way when a part is killed: one entry each, so that another operation is one entry more."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from embedded.process import wait_until
from tests.crash.audit import audit
from tests.crash.poster import Poster
from tests.crash.scene import BORN, LATER, Asked, Crowd, Person, crowd
from tests.crash.stage import Stage

FEW, MANY = 6, 25
# A part that hangs holds up the job for as long, and whoever takes it over waits for its lease.
REINDEX_S = 240.0


class Operation(ABC):
    """Made for one trial: `prepare` before a part is struck, `act` while it is, `judge` after all has come to rest."""

    def __init__(self, stage: Stage, poster: Poster, seed: int) -> None:
        self.stage = stage
        self.poster = poster
        self.seed = seed
        self.run = f"{type(self).__name__.lower()}-{seed}-{uuid.uuid4().hex[:6]}"

    @abstractmethod
    def prepare(self) -> None:
        """What must be there before."""

    @abstractmethod
    def act(self) -> None:
        """Returns once everything was acknowledged, however often it had to be repeated."""

    @abstractmethod
    def people(self) -> Crowd:
        """Who must be there at the end, with what they then carry."""

    def judge(self) -> list[str]:
        """Everything that is wrong afterwards."""
        return audit(self.stage, self.people(), self.poster.ledger)

    def _add(self, people: Crowd) -> None:
        for person in people.singly:
            self.poster.add(person)

    def _patient(self, singly: int, together: int = 0, *, later: bool = False) -> Crowd:
        """People whose client repeats until it is told. `later`: each is tagged after they came."""
        drawn = crowd(self.run, self.seed, singly, together)
        alone = (replace(person, patient=True, later=self._later(person) if later else None) for person in drawn.singly)
        return Crowd(self.run, tuple(alone), drawn.together)

    @staticmethod
    def _later(person: Person) -> str | None:
        return next((tag for tag in LATER if tag not in person.tags), None)


class Import(Operation):
    """Many people in one request, one summary for each reader."""

    def prepare(self) -> None:
        """Nothing."""
        self._people = self._patient(0, MANY)

    def act(self) -> None:
        """The request."""
        self.poster.add_together(f"{self.run} batch", self._people.together)

    def people(self) -> Crowd:
        """All of them."""
        return self._people


class Notify(Operation):
    """People one by one, a notice about each for each reader."""

    def prepare(self) -> None:
        """Nothing."""
        self._people = self._patient(FEW)

    def act(self) -> None:
        """The requests."""
        self._add(self._people)

    def people(self) -> Crowd:
        """All of them."""
        return self._people


class Tag(Operation):
    """People who are there already get a tag, and enter pools by it."""

    def prepare(self) -> None:
        """They come in, and everything about them is settled."""
        self._people = self._patient(FEW, later=True)
        self._add(self._people)
        self.stage.await_quiet()

    def act(self) -> None:
        """The tags."""
        for person in self._people.singly:
            self.poster.add_later_tag(person)

    def people(self) -> Crowd:
        """All of them."""
        return self._people


class PoolChange(Operation):
    """A pool is given other criteria while people come in; nobody is told, everybody is in it who should be."""

    BEFORE = Asked("Kotlin", {"tags": {"any": ["Kotlin"]}}, lambda facts: "Kotlin" in facts)

    def prepare(self) -> None:
        """The pool, with people in it."""
        self._people = self._patient(FEW)
        self._pool = self.poster.add_pool(self.BEFORE, key=f"{self.run} pool")
        half = len(self._people.singly) // 2
        self._add(Crowd(self.run, self._people.singly[:half]))
        self.stage.await_quiet()
        # From here on it is a pool like those that are born while things break, and is audited as one of them.
        self.stage.born.append(self._pool)
        self.stage.changed.append(self._pool)

    def act(self) -> None:
        """The change, and the other half of the people."""
        self.poster.change_pool(self._pool, BORN.criteria)
        self._add(Crowd(self.run, self._people.singly[len(self._people.singly) // 2 :]))

    def people(self) -> Crowd:
        """All of them."""
        return self._people


class Delete(Operation):
    """Half of the people who are there are deleted, and never come back."""

    def prepare(self) -> None:
        """They come in, and everything about them is settled."""
        self._people = self._patient(FEW)
        self._add(self._people)
        self.stage.await_quiet()
        half = len(self._people.singly) // 2
        self._gone = {person.name: self.poster.ledger.people[person.name] for person in self._people.singly[:half]}

    def act(self) -> None:
        """The requests."""
        for name, person in self._gone.items():
            self.poster.delete(person)
            self.poster.ledger.people.pop(name)

    def people(self) -> Crowd:
        """The other half."""
        return Crowd(self.run, self._people.singly[len(self._gone) :])

    def judge(self) -> list[str]:
        """And of those who were deleted nothing is left."""
        return [*super().judge(), *self._left()]

    def _left(self) -> Iterator[str]:
        gone = list(self._gone.values())
        for candidate, pool in self.stage.query(
            "SELECT candidate_id, pool_id FROM matches WHERE candidate_id = ANY(%(gone)s) AND left_at IS NULL",
            gone=gone,
        ):
            yield f"{candidate} was deleted and should not be in {pool}"
        for (name,) in self.stage.query(
            "SELECT name FROM candidates WHERE id = ANY(%(gone)s) AND deleted_at IS NULL", gone=gone
        ):
            yield f"the deletion of {name} was acknowledged and is lost"


class Reindex(Operation):
    """Everything is brought to new indexes, which take the place of the old ones while people come in."""

    def prepare(self) -> None:
        """Half of the people, and no other reindex under way."""
        self._people = self._patient(FEW)
        self._half = len(self._people.singly) // 2
        self._add(Crowd(self.run, self._people.singly[: self._half]))
        self.stage.await_quiet()

    def act(self) -> None:
        """The job from its beginning to the end of the old indexes, and the other half of the people."""
        with self.stage.poster("administrator") as administrator:
            self._job = administrator.create("/v1/reindex", {}, key=f"{self.run} job")
            self._add(Crowd(self.run, self._people.singly[self._half :]))
            self._state = self._await(administrator, "swapped", "failed")
            if self._state == "swapped":
                administrator.act(f"/v1/reindex/{self._job}/finish")
                self._state = self._await(administrator, "finished", "failed")

    def people(self) -> Crowd:
        """All of them."""
        return self._people

    def judge(self) -> list[str]:
        """And the job came to its end."""
        ended = [] if self._state == "finished" else [f"the reindex is {self._state}: {self._error}"]
        return [*super().judge(), *ended]

    def _await(self, administrator: Poster, *states: str) -> str:
        told: dict[str, Any] = {}

        def there() -> bool:
            told.update(administrator.get(f"/v1/reindex/{self._job}"))
            return told["state"] in states

        wait_until(there, timeout_s=REINDEX_S, interval_s=0.2)
        self._error = told["error"]
        return str(told["state"])


# One entry for each column of the matrix.
OPERATIONS: dict[str, type[Operation]] = {
    "import": Import,
    "tag": Tag,
    "notify": Notify,
    "pool change": PoolChange,
    "delete": Delete,
    "reindex": Reindex,
}
