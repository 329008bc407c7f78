"""Whatever people do in whatever order, folders and bells are those of the model."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import given, note, settings
from hypothesis import strategies as st

from indexer.drain import drain_batch
from percolators.drain import drain_pools
from records.models import Role
from tests.installation import Installation
from tests.spine.model import READERS, Model
from tests.spine.steps import bring_in, delete_pool, skills, untrack

TAGS = ("go", "java", "php")
STAFF = ("recruiter", "administrator")
STEPS = 50


class Walk:
    """The product beside the model, and a random walk that takes the same steps in both.

    A walk of our own and not drawn rules: coming, leaving and coming back, with the worker in between, has to happen
    often to somebody, and even chances for every step would seldom get there.
    """

    def __init__(self, world: Installation, chance: random.Random) -> None:
        world.empty()
        world.add_users()
        world.skills(*TAGS)
        self.world = world
        self.chance = chance
        self.model = Model()
        self.people: list[uuid.UUID] = []
        self.pools: list[uuid.UUID] = []
        self.steps: dict[Callable[[], str], int] = {
            self.change_a_tag: 30,
            self.work: 20,
            self.work_on_half: 10,
            self.come: 8,
            self.edit: 8,
            self.ask_otherwise: 6,
            self.make_a_pool: 4,
            self.track: 4,
            self.end_tracking: 4,
            self.delete: 2,
            self.delete_a_pool: 1,
        }

    def go(self) -> None:
        """Take the walk; every step is noted, so that a failure tells how it came about."""
        for step in (self.make_a_pool, self.make_a_pool, self.come, self.come, self.track, self.track):
            note(step())
        for step in self.chance.choices(list(self.steps), list(self.steps.values()), k=STEPS):
            note(step())
        note(self.work())

    # -- people --

    def come(self) -> str:
        actor, tags, silent = self._staff(), self._tags(0), self.chance.random() < 0.2
        person = {"name": f"Person {len(self.people)}", "tags": tags}
        if silent:
            actor = "recruiter"
            self.people.append(uuid.UUID(bring_in(self.world, [person], notices="silent")["ids"][0]))
        else:
            self.people.append(uuid.UUID(self._ask(actor, "POST", "/v1/candidates", person).json()["id"]))
        self.model.create(set(tags), actor, silent=silent)
        return f"person {len(self.people) - 1} comes with {tags}, by the {actor}{', silently' if silent else ''}"

    def change_a_tag(self) -> str:
        n, tag, actor = self._someone(), self.chance.choice(TAGS), self._staff()
        if n is None:
            return "nobody to tag"
        path = f"/v1/candidates/{self.people[n]}/tags"
        if tag in self.model.people[n].tags:
            self._ask(actor, "DELETE", f"{path}/{tag}")
            self.model.untag(n, tag, actor)
            return f"the {actor} takes {tag} off person {n}"
        self._ask(actor, "POST", path, {"tags": [tag]})
        self.model.tag(n, tag, actor)
        return f"the {actor} puts {tag} on person {n}"

    def edit(self) -> str:
        n, actor = self._someone(), self._staff()
        if n is None:
            return "nobody to edit"
        headline = f"Version {self.model.people[n].version + 1}"
        self._ask(actor, "PATCH", f"/v1/candidates/{self.people[n]}", {"headline": headline})
        self.model.edit(n, actor)
        return f"the {actor} edits person {n}"

    def delete(self) -> str:
        n, actor = self._someone(), self._staff()
        if n is None:
            return "nobody to delete"
        self._ask(actor, "DELETE", f"/v1/candidates/{self.people[n]}")
        self.model.delete(n, actor)
        return f"the {actor} deletes person {n}"

    # -- pools --

    def make_a_pool(self) -> str:
        any_of = self._tags(1)
        parent = self._some_pool() if self.chance.random() < 0.3 else None
        above = None if parent is None else self.pools[parent]
        self.pools.append(self.world.pool(f"Pool {len(self.pools)}", skills(*any_of), above))
        self.model.make_pool(set(any_of), parent)
        return f"pool {len(self.pools) - 1} asks {any_of}{'' if parent is None else f', below {parent}'}"

    def ask_otherwise(self) -> str:
        n, any_of = self._some_pool(), self._tags(1)
        if n is None:
            return "no pool to change"
        self._ask("recruiter", "PATCH", f"/v1/pools/{self.pools[n]}", {"criteria": skills(*any_of)})
        self.model.ask_otherwise(n, set(any_of))
        return f"pool {n} asks {any_of} from now on"

    def delete_a_pool(self) -> str:
        n = self._some_pool()
        if n is None or self.model.has_below(n):
            return "no pool to delete"
        delete_pool(self.world, self.pools[n])
        self.model.delete_pool(n)
        return f"pool {n} is deleted"

    def track(self) -> str:
        n, reader = self._some_pool(), self.chance.choice(READERS)
        if n is None:
            return "no pool to track"
        self.world.track(self.pools[n], Role(reader))
        self.model.tracking.add((reader, n))
        return f"the {reader} tracks pool {n}"

    def end_tracking(self) -> str:
        n, reader = self._some_pool(), self.chance.choice(READERS)
        if n is None:
            return "no pool to leave"
        untrack(self.world, self.pools[n], Role(reader))
        self.model.tracking.discard((reader, n))
        return f"the {reader} does not track pool {n} any more"

    # -- the worker --

    def work(self) -> str:
        if pools_first := self.chance.random() < 0.5:
            self._register()
            self._match()
        else:
            self._match()
            self._register()
        self._compare()
        return f"the worker works, {'pools' if pools_first else 'people'} first"

    def work_on_half(self) -> str:
        if pools := self.chance.random() < 0.5:
            self._register()
        else:
            self._match()
        self._compare()
        return f"the worker works on {'pools' if pools else 'people'} only"

    def _register(self) -> None:
        while drain_pools():
            pass
        self.model.register()

    def _match(self) -> None:
        limit = self.chance.choice([None, 1])
        while not drain_batch(limit).nothing_due:
            pass
        self.model.match()

    def _compare(self) -> None:
        for n, pool in enumerate(self.model.pools):
            if not pool.deleted:
                expected = {self.people[person] for person in self.model.folder(n)}
                assert self.world.members(self.pools[n]) == expected, f"the folder of pool {n}"
        for reader in READERS:
            told = sorted(self._read(item) for item in self.world.bell(Role(reader)))
            assert told == self.model.bell(reader), f"the bell of the {reader}"

    def _read(self, notice: dict[str, Any]) -> tuple[int, list[int]]:
        person = self.people.index(uuid.UUID(notice["candidate"]["id"]))
        return person, sorted(self.pools.index(uuid.UUID(pool["id"])) for pool in notice["pools"])

    # -- chance --

    def _staff(self) -> str:
        return self.chance.choice(STAFF)

    def _tags(self, least: int) -> list[str]:
        return sorted(self.chance.sample(TAGS, self.chance.randint(least, 2)))

    def _someone(self) -> int | None:
        """A living person, one of the last three mostly: things have to happen to the same."""
        living = [n for n, one in enumerate(self.model.people) if not one.deleted]
        return self.chance.choice(living[-3:]) if living else None

    def _some_pool(self) -> int | None:
        living = [n for n, pool in enumerate(self.model.pools) if not pool.deleted]
        return self.chance.choice(living) if living else None

    def _ask(self, role: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.world.client(Role(role)).request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer


@settings(max_examples=max(6, settings.default.max_examples // 5) if settings.default else 6)
@given(seed=st.integers(0, 2**32 - 1))
def test_folders_and_bells_are_those_of_the_model(world: Installation, seed: int) -> None:
    Walk(world, random.Random(seed)).go()
