"""Who searches: a recruiter, and hiring managers with pools they track and applications shared with them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import psycopg

from benchmarks.loading import Words
from benchmarks.product import Product, load_pools, settle
from benchmarks.shapes import Known
from benchmarks.talent import Talent
from records.database import session
from records.models import Role
from records.repositories import pools as pool_records
from records.repositories import tokens, users
from sample.requirements import PoolPayload, Shape, Sources
from sample.requirements import pools as sample_pools
from sample.tags import skill_name

POOLS: Final = 100
# Of what a manager may own: one share in forty is a whole position.
SHARES: Final = 200
SHARED_POSITIONS: Final = 5
# How many of the people known when the pools are chosen are in one: neither nobody nor everybody.
FEWEST, LARGEST_SHARE = 3, 0.02
_MOST_TRIED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who searches: the token they ask with, and what they know of."""

    name: str
    token: str
    known: Known


@dataclass(frozen=True, slots=True)
class Readers:
    """The recruiter, the manager of the figures, and two who differ from that one in nothing but their pools."""

    recruiter: Reader
    manager: Reader
    one_pool: Reader
    many_pools: Reader
    pools: list[str]

    @property
    def all(self) -> tuple[Reader, ...]:
        """Everybody."""
        return self.recruiter, self.manager, self.one_pool, self.many_pools


def readers(product: Product, words: Words, people: Sequence[Talent], step: Callable[[int], None]) -> Readers:
    """Make them, and the pools; everybody's shares are of these people's applications."""
    pools = load_pools(product, chosen_pools(people), step)
    applied = [(person, each) for person in people for each in person.applications]
    shared = random.Random(1).sample(applied, min(SHARES - SHARED_POSITIONS, len(applied)))
    # Not the popular ones: a manager answers for a team.
    positions = words.positions[-SHARED_POSITIONS:]

    def manager(name: str, tracked: Sequence[str]) -> Reader:
        with session() as db:
            user = users.add(db, f"{name}@example.com", name, Role.HIRING_MANAGER)
            token = tokens.issue(db, user.id, "benchmark")[1]
            db.commit()
        _share(product.urls.database_url, user.id, [each.id for _, each in shared], positions)
        with product.api(Role.ADMINISTRATOR) as api:
            for pool in tracked:
                api.call("PUT", f"/v1/users/{user.id}/tracking/{pool}")
        return Reader(name, token, Known(tracked, positions, [person for person, _ in shared]))

    everything = Known(pools, words.positions, people[:2_000])
    return Readers(
        recruiter=Reader("recruiter", product.logins[Role.RECRUITER].token, everything),
        manager=manager("manager", pools[:20]),
        one_pool=manager("manager.of.one", pools[:1]),
        many_pools=manager("manager.of.many", pools),
        pools=pools,
    )


def chosen_pools(people: Sequence[Talent]) -> list[PoolPayload]:
    """Pools as real jobs ask for them, of those with a fair number of these people."""
    having: dict[str, set[int]] = {}
    for person in people:
        for name in (*person.seen.tags, *(["Czechia"] if person.facts.here else [person.facts.place or ""])):
            having.setdefault(name, set()).add(person.facts.number)
    fewest, most = min(FEWEST, len(people) // 500 + 1), max(FEWEST, len(people) * LARGEST_SHARE)
    chosen: list[PoolPayload] = []
    for pool in sample_pools(_MOST_TRIED, seed=4, shape=Shape(skills=(1, 3), located=0.5), sources=Sources.carried()):
        criteria = pool["criteria"]
        names = [skill_name(name) for name in (*criteria["tags"].get("any", ()), *criteria["tags"].get("all", ()))]
        sets = [having.get(name, set()) for name in names]
        found = set.intersection(*sets) if "all" in criteria["tags"] else set.union(*sets)
        if "locations" in criteria:
            found = found & having.get(criteria["locations"]["any"][0], set())
        if fewest <= len(found) <= most:
            chosen.append(pool)
        if len(chosen) == POOLS:
            return chosen
    raise RuntimeError(f"Only {len(chosen)} pools of {POOLS} have a fair number of people.")


def fill_again(readers: Readers) -> None:
    """Have the product look again who is in the pools: people were loaded past it."""
    with session() as db:
        for pool in readers.pools:
            pool_records.register_again(db, uuid.UUID(pool))
        db.commit()
    settle("pool")


def _share(
    database_url: str, user: uuid.UUID, applications: Sequence[uuid.UUID], positions: Sequence[uuid.UUID]
) -> None:
    now = datetime.now(UTC)
    shared: list[tuple[uuid.UUID | None, uuid.UUID | None]] = [(application, None) for application in applications]
    shared += [(None, position) for position in positions]
    rows = [(uuid.uuid4(), user, *each, now) for each in shared]
    with psycopg.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO shares (id, user_id, application_id, position_id, created_at) VALUES (%s, %s, %s, %s, %s)",
            rows,
        )
