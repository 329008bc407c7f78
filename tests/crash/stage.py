"""A product with users, tags, pools and tracking, ready for people to arrive."""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from core.settings import Settings
from embedded.process import wait_until
from engine.client import Engine, connect
from records.models import Role
from records.repositories import tokens, users
from tests.crash.ear import Ear
from tests.crash.poster import Poster
from tests.crash.product import Product
from tests.crash.scene import PLACES, POOLS, READERS, SKILLS

# All work of a run, after the slowest part has come back.
QUIET_S = 180.0

_WAITING = "SELECT count(*) FROM outbox WHERE dead_at IS NULL"


class Stage:
    """Who posts, who reads, which pools there are; and whether anything still waits."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.reader_ids: dict[str, uuid.UUID] = {}
        self.pools: dict[str, uuid.UUID] = {}
        # One of the same criteria for each run, made while things broke.
        self.born: list[uuid.UUID] = []
        # Pools whose criteria were changed while people were in them.
        self.changed: list[uuid.UUID] = []
        self._tokens: dict[str, str] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        urls = self.product.urls
        settings = Settings(DATABASE_URL=urls.database_url, OPENSEARCH_URL=urls.opensearch_url)
        self.engine: Engine = connect(settings)
        self._open.callback(self.engine.close)
        self._add_users(settings)
        self._add_world()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def poster(self, who: str = "poster") -> Poster:
        """A client that speaks for a user: "administrator", "poster" or one of READERS."""
        return Poster(self.product.address, self._tokens[who])

    def token(self, who: str) -> str:
        """Their token, for a client of another kind."""
        return self._tokens[who]

    def credentials(self, who: str) -> dict[str, str]:
        """The headers by which requests are a user's."""
        return {"Authorization": f"Bearer {self._tokens[who]}"}

    def ear(self, who: str) -> Ear:
        """A reader who listens."""
        return Ear(self.product.address, self._tokens[who])

    def query(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """Rows straight from PostgreSQL."""
        with psycopg.connect(self.product.urls.database_url, connect_timeout=5) as connection:
            return connection.execute(statement, values).fetchall()

    def waiting(self) -> int | None:
        """How many outbox rows wait; None while PostgreSQL does not answer."""
        try:
            ((count,),) = self.query(_WAITING)
        except psycopg.OperationalError:
            return None
        return int(count)

    def await_quiet(self, timeout_s: float = QUIET_S) -> bool:
        """Whether nothing waited any more within the time."""
        return wait_until(lambda: self.waiting() == 0, timeout_s=timeout_s, interval_s=0.1)

    def _add_users(self, settings: Settings) -> None:
        database = create_engine(settings.sqlalchemy_url, poolclass=NullPool)
        roles = {
            "administrator": Role.ADMINISTRATOR,
            "poster": Role.RECRUITER,
            READERS[0]: Role.HIRING_MANAGER,
            READERS[1]: Role.HIRING_MANAGER,
            READERS[2]: Role.RECRUITER,
        }
        with Session(database, expire_on_commit=False) as db:
            for name, role in roles.items():
                user = users.add(db, f"{name.replace(' ', '.')}@example.com", name, role)
                self.reader_ids[name] = user.id
                self._tokens[name] = tokens.issue(db, user.id, "crash")[1]
            db.commit()

    def _add_world(self) -> None:
        with self.poster() as recruiter, self.poster("administrator") as administrator:
            for skill in SKILLS:
                recruiter.create("/v1/tags", {"name": skill})
            for place, around in PLACES.items():
                recruiter.create("/v1/tags", {"name": place, "kind": "location", "parent": around})
            for asked in POOLS:
                parent = self.pools[asked.parent] if asked.parent else None
                self.pools[asked.name] = recruiter.add_pool(asked, parent)
            assert self.await_quiet(), f"the pools were not registered\n{self.product.log('worker')}"
            for asked in POOLS:
                # Whoever posts is not told of it, so their own tracking must stay without effect.
                for name in {*asked.readers, "poster"}:
                    # The child is tracked through its parent by whoever tracks that.
                    if asked.parent and name in parent_readers(asked.parent):
                        continue
                    administrator.put(f"/v1/users/{self.reader_ids[name]}/tracking/{self.pools[asked.name]}")


def parent_readers(name: str) -> set[str]:
    """Who tracks the pool of this name."""
    return {"poster", *next(asked.readers for asked in POOLS if asked.name == name)}
