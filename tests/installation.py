"""An installation for tests: the product's own code on real parts, driven through the API, settled step by step."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from core.settings import settings
from engine.indexes import drop_index, refresh
from engine.percolator import pool_key
from engine.process import engine
from indexer.drain import drain_batch
from indexer.prepare import prepare
from mappings.names import alias
from percolators.drain import drain_pools
from percolators.quarantine import quarantine
from records.base import Base
from records.database import database, session
from records.models import Role
from records.repositories import indexes, pools, tokens, users
from web.app import create_app

# What an installation has from its migration on.
KEPT = ("registry", "live_indexes")


class Installation:
    """One database and one pair of indexes. Users by role: `id_of`, `token_of`, `client`."""

    def __init__(self) -> None:
        self._users: dict[Role, tuple[uuid.UUID, str]] = {}
        self._app = create_app()
        self._loop: BlockingPortal | None = None

    # -- life --

    def prepare(self) -> None:
        """Migrate, and make the indexes."""
        prepare()

    def empty(self) -> None:
        """Remove every row and every document."""
        tables = ", ".join(table.name for table in Base.metadata.sorted_tables if table.name not in KEPT)
        with database().begin() as connection:
            connection.execute(text(f"TRUNCATE {tables} CASCADE"))
        for kind in ("candidates", "pools"):
            index = alias(settings().index_prefix, kind)
            engine().call("POST", f"/{index}/_refresh")
            engine().call(
                "POST", f"/{index}/_delete_by_query", {"query": {"match_all": {}}}, refresh=True, conflicts="proceed"
            )

    def remove(self) -> None:
        """Drop the indexes, for a run on services that stay."""
        with session() as db:
            live = indexes.live(db)
        for name in (*live.candidates, *live.pools):
            drop_index(engine(), name)

    def add_users(self) -> None:
        """One active user of each role, each with a token."""
        with session() as db:
            for role in Role:
                user = users.add(db, f"{role.value}@example.com", f"Test {role.value}", role)
                self._users[role] = (user.id, tokens.issue(db, user.id, "test")[1])
            db.commit()

    def add_user(self, role: Role, email: str) -> tuple[uuid.UUID, TestClient]:
        """Another user, and a client with their token."""
        with session() as db:
            user = users.add(db, email, email.partition("@")[0], role)
            token = tokens.issue(db, user.id, "test")[1]
            db.commit()
        return user.id, self._client(token)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """The API answers in this process."""
        with TestClient(self._app, raise_server_exceptions=False) as entered:
            self._loop = entered.portal
            try:
                yield
            finally:
                self._loop = None

    # -- who asks --

    def id_of(self, role: Role) -> uuid.UUID:
        """The user of a role."""
        return self._users[role][0]

    def token_of(self, role: Role) -> str:
        """Their token."""
        return self._users[role][1]

    def client(self, role: Role) -> TestClient:
        """A client that asks as the user of a role."""
        return self._client(self.token_of(role))

    @property
    def anonymous(self) -> TestClient:
        """A client without a token."""
        return self.in_one_loop(TestClient(self._app, raise_server_exceptions=False))

    @property
    def app(self) -> FastAPI:
        """The application, for clients of another kind."""
        return self._app

    def _client(self, token: str) -> TestClient:
        headers = {"Authorization": f"Bearer {token}"}
        return self.in_one_loop(TestClient(self._app, headers=headers, raise_server_exceptions=False))

    def in_one_loop(self, client: TestClient) -> TestClient:
        """The same client. One event loop for all: starting one for each request takes longer than many an answer."""
        client.portal = self._loop
        return client

    @property
    def administrator(self) -> TestClient:
        """Asks as the administrator."""
        return self.client(Role.ADMINISTRATOR)

    @property
    def recruiter(self) -> TestClient:
        """Asks as the recruiter."""
        return self.client(Role.RECRUITER)

    @property
    def manager(self) -> TestClient:
        """Asks as the hiring manager."""
        return self.client(Role.HIRING_MANAGER)

    @property
    def analyst(self) -> TestClient:
        """Asks as the analyst."""
        return self.client(Role.ANALYST)

    # -- what the worker does --

    def settle(self) -> None:
        """Do all waiting work, pools first, then make the index searchable."""
        self.work()
        refresh(engine(), alias(settings().index_prefix, "candidates"))

    def work(self) -> None:
        """Do all waiting work; searches find it within a second."""
        while drain_pools():
            pass
        while not drain_batch().nothing_due:
            pass

    def freeze(self, pool: uuid.UUID) -> None:
        """As if the pool's stored queries had failed and were taken out: whoever is in it stays as last known."""
        with session() as db:
            generation = pools.get(db, pool).live_generation
        quarantine([pool_key(pool, generation)], "It failed.")

    # -- short ways, as the recruiter, that fail loudly --

    def tag(self, name: str, kind: str = "skill", **more: Any) -> uuid.UUID:
        """Add a tag."""
        return self._created(self.recruiter.post("/v1/tags", json={"name": name, "kind": kind, **more}))

    def skills(self, *names: str) -> None:
        """Add skills."""
        for name in names:
            self.tag(name)

    def pool(self, name: str, criteria: dict[str, Any], parent: uuid.UUID | None = None) -> uuid.UUID:
        """Make a pool; it is alive after `settle`."""
        body = {"name": name, "criteria": criteria, "parent": str(parent) if parent else None}
        return self._created(self.recruiter.post("/v1/pools", json=body))

    def candidate(self, name: str = "Test Person", tags: Sequence[str] = (), **more: Any) -> uuid.UUID:
        """Add a person; they are matched after `settle`."""
        return self._created(self.recruiter.post("/v1/candidates", json={"name": name, "tags": list(tags), **more}))

    def track(self, pool: uuid.UUID, role: Role = Role.HIRING_MANAGER) -> None:
        """Let the user of a role track a pool."""
        answer = self.administrator.put(f"/v1/users/{self.id_of(role)}/tracking/{pool}")
        assert answer.status_code == 204, answer.text

    def bell(self, role: Role = Role.HIRING_MANAGER) -> list[dict[str, Any]]:
        """The bell of the user of a role, newest first."""
        answer = self.client(role).get("/v1/notifications", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    def members(self, pool: uuid.UUID) -> set[uuid.UUID]:
        """Who is in a pool's folder now (the first 200)."""
        answer = self.recruiter.get(f"/v1/pools/{pool}/candidates", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        return {uuid.UUID(item["id"]) for item in answer.json()["items"]}

    def found(self, criteria: dict[str, Any]) -> set[uuid.UUID]:
        """Whom a search finds (the first 200)."""
        answer = self.recruiter.post("/v1/search", json={"criteria": criteria, "limit": 200})
        assert answer.status_code == 200, answer.text
        return {uuid.UUID(item["id"]) for item in answer.json()["items"]}

    @staticmethod
    def _created(answer: Any) -> uuid.UUID:
        assert answer.status_code == 201, answer.text
        return uuid.UUID(answer.json()["id"])
