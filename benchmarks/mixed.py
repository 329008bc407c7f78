"""A mixed load on a stage of the crash tests: people come, are tagged, searched and deleted, and all is remembered."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

import httpx2

from tests.crash.scene import LATER, PLACES, POOLS, READERS, SKILLS, Person
from tests.crash.stage import Stage

# What a hundred requests are, about as a team works: they look more than they write.
SHARES = {"search": 45, "create": 30, "tag": 12, "read": 10, "delete": 3}
# Of the people who may be tagged or deleted, as many as are remembered by their order.
RECENT = 2_000


@dataclass
class World:
    """Who was acknowledged, with what; and who must be left out of the account because an answer never came."""

    people: dict[uuid.UUID, Person] = field(default_factory=dict)
    tagged: set[uuid.UUID] = field(default_factory=set)
    deleted: set[uuid.UUID] = field(default_factory=set)
    unknown: set[uuid.UUID] = field(default_factory=set)
    recent: list[uuid.UUID] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, id_: uuid.UUID, person: Person) -> None:
        """Somebody was acknowledged."""
        with self.lock:
            self.people[id_] = person
            self.recent.append(id_)
            del self.recent[:-RECENT]

    def draw(self, draw: Random, *, take: bool = False) -> uuid.UUID | None:
        """One of the recent ones; `take`: whom nobody else gets."""
        with self.lock:
            if not self.recent:
                return None
            at = draw.randrange(len(self.recent))
            return self.recent.pop(at) if take else self.recent[at]

    def facts(self, id_: uuid.UUID) -> frozenset[str]:
        """What a pool may ask of one of them."""
        return self.people[id_].facts(tagged=id_ in self.tagged)


@dataclass(frozen=True)
class Done:
    """One request: when it was answered, what it was, how long it took in seconds, and whether it went well."""

    at: float
    kind: str
    seconds: float
    well: bool


class Load:
    """Clients on threads of their own, as fast as they are answered, or at a rate."""

    def __init__(self, stage: Stage, world: World, seed: int = 1) -> None:
        self._stage = stage
        self._world = world
        self._seed = seed
        self._numbers = iter(range(10**9))

    def run(self, clients: int, seconds: float, keep: Callable[[Done], None], per_s: float | None = None) -> None:
        """So many clients for so long; `keep` is told of every answer, from their threads.

        At a rate each begins its requests by the clock. One that was answered late does not make up for it: what it
        should have sent meanwhile is sent late and its wait is part of its latency.
        """
        ends = time.monotonic() + seconds

        def client(number: int) -> None:
            draw = Random(f"{self._seed}/{number}/{time.monotonic()}")
            headers = self._stage.credentials("poster")
            with httpx2.Client(
                base_url=self._stage.product.address, headers=headers, timeout=60, trust_env=False
            ) as http:
                due = time.monotonic() + draw.random() * (clients / per_s if per_s else 0)
                while time.monotonic() < ends:
                    if per_s:
                        time.sleep(max(0.0, due - time.monotonic()))
                    begun = due if per_s else time.monotonic()
                    kind = draw.choices(list(SHARES), list(SHARES.values()))[0]
                    well = self._send(http, kind, draw)
                    keep(Done(time.monotonic(), kind, time.monotonic() - begun, well))
                    due += clients / per_s if per_s else 0

        with ThreadPoolExecutor(clients, "load") as threads:
            for each in [threads.submit(client, number) for number in range(clients)]:
                each.result()

    def _send(self, http: httpx2.Client, kind: str, draw: Random) -> bool:
        if kind == "create":
            return self._create(http, draw)
        if kind == "search":
            criteria = {"tags": {"any": [draw.choice(SKILLS)]}, "locations": {"any": [draw.choice(list(PLACES))]}}
            return self._ok(http, "POST", "/v1/search", {"criteria": criteria, "facets": [{"name": "tags"}]})
        person = self._world.draw(draw, take=kind in ("tag", "delete"))
        if person is None:
            return self._create(http, draw)
        if kind == "read":
            # Somebody else may have deleted them meanwhile.
            return self._ok(http, "GET", f"/v1/candidates/{person}", None, (200, 404))
        return self._change(http, kind, person)

    def _change(self, http: httpx2.Client, kind: str, person: uuid.UUID) -> bool:
        world = self._world
        if kind == "tag":
            body: dict[str, object] = {"tags": [world.people[person].later]}
            well, changed = self._ok(http, "POST", f"/v1/candidates/{person}/tags", body), world.tagged
        else:
            well, changed = self._ok(http, "DELETE", f"/v1/candidates/{person}", None, (204,)), world.deleted
        (changed if well else world.unknown).add(person)
        return well

    def _create(self, http: httpx2.Client, draw: Random) -> bool:
        tags = tuple(draw.sample(SKILLS, draw.randint(0, 3)))
        later = next((tag for tag in LATER if tag not in tags), None) or "Junior"
        person = Person(f"soak {next(self._numbers)}", tags, draw.choice(list(PLACES)), later)
        try:
            answer = http.post("/v1/candidates", json=person.body())
        except httpx2.TransportError:
            return False
        if answer.status_code == 201:
            self._world.add(uuid.UUID(answer.json()["id"]), person)
        return answer.status_code == 201

    @staticmethod
    def _ok(
        http: httpx2.Client, method: str, path: str, body: dict[str, object] | None, fine: tuple[int, ...] = (200,)
    ) -> bool:
        try:
            return http.request(method, path, json=body).status_code in fine
        except httpx2.TransportError:
            return False


def account(stage: Stage, world: World) -> list[str]:
    """What is not as it must be, of people, matches and bells, worked out in plain Python: how often, as sentences."""
    wrong: Counter[str] = Counter()
    here: dict[uuid.UUID, bool] = dict(stage.query("SELECT id, deleted_at IS NOT NULL FROM candidates"))
    known = [id_ for id_ in world.people if id_ not in world.unknown]
    for id_ in known:
        if here.get(id_) is None:
            wrong["acknowledged people are not there"] += 1
        elif here[id_] != (id_ in world.deleted):
            wrong["deletions are lost"] += 1
    living = {id_ for id_ in known if id_ not in world.deleted}
    for asked in POOLS:
        pool = stage.pools[asked.name]
        rows = stage.query(
            "SELECT m.candidate_id FROM matches m JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation"
            " WHERE p.id = %(pool)s AND m.left_at IS NULL",
            pool=pool,
        )
        found = {candidate for (candidate,) in rows}
        expected = {id_ for id_ in living if asked.holds(world.facts(id_))}
        wrong[f"people are missing in {asked.name}"] += len(expected - found)
        wrong[f"people are in {asked.name} who should not be"] += len((found & set(known)) - expected)
        for reader in READERS:
            told = Counter(
                candidate
                for (candidate,) in stage.query(
                    "SELECT nm.candidate_id FROM notification_matches nm JOIN notifications n"
                    " ON n.id = nm.notification_id WHERE n.user_id = %(user)s AND nm.pool_id = %(pool)s"
                    " AND n.withdrawn_at IS NULL",
                    user=stage.reader_ids[reader],
                    pool=pool,
                )
            )
            due = expected if reader in asked.readers else set()
            wrong[f"notices to the {reader} about {asked.name} are missing"] += len(due - told.keys())
            wrong[f"notices to the {reader} about {asked.name} are doubled"] += sum(n > 1 for n in told.values())
    return [f"{count} {what}" for what, count in wrong.items() if count]
