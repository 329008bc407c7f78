"""After somebody is erased a canary that stood in all they ever left is found nowhere on the disk of the product."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import orjson
import psycopg
import pytest
import redis

from core import erasure_list
from engine.documents import Document, bulk_index
from mappings.names import alias
from tests.crash.product import PREFIX, ROOT
from tests.crash.stage import Stage

# The log of PostgreSQL is written over in time, not cleared (docs/operating.md).
PASSED_OVER = ("pg_wal",)


class Canary:
    """A word and a number that are nowhere else in the world."""

    def __init__(self) -> None:
        self.word = f"zqcanary{secrets.token_hex(8)}"
        self.digits = "".join(secrets.choice("123456789") for _ in range(14))

    @property
    def all(self) -> tuple[str, str]:
        """Both, as they are looked for."""
        return self.word, self.digits

    def sings_in(self, content: bytes) -> bool:
        """Whether either stands in it, in any case."""
        lowered = content.lower()
        return any(each.encode() in lowered for each in self.all)


def person(canary: Canary) -> dict[str, Any]:
    """Somebody whose every text is the canary. The CV is too long for its row and does not compress well."""
    noise = " ".join(secrets.token_hex(24) for _ in range(200))
    return {
        "name": f"Jana {canary.word.upper()}",
        "email": f"{canary.word}@example.com",
        "phone": f"+{canary.digits}",
        "headline": f"The {canary.word}",
        "cv_text": f"{canary.word} {noise} {canary.word}",
        "source": f"from {canary.word}",
        "tags": ["Java"],
        "locations": ["Brno"],
    }


def tables(url: str, canary: Canary) -> set[str]:
    """The tables, of the catalog too, in any of whose columns the canary stands."""
    found = set()
    with psycopg.connect(url, autocommit=True) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('public', 'pg_catalog')"
        ).fetchall()
        for (name,) in names:
            query = f"SELECT count(*) FROM {name} t WHERE strpos(lower(t::text), %s) + strpos(lower(t::text), %s) > 0"
            if connection.execute(query, canary.all).fetchone() != (0,):
                found.add(name.removeprefix("public."))
    return found


def files(home: Path, canary: Canary) -> set[str]:
    """The files below the home that hold the canary, by the directory right below it."""
    found = set()
    for path in home.rglob("*"):
        if path.is_file() and not path.is_symlink() and not set(PASSED_OVER) & set(path.parts):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue  # merged away, or checkpointed, while we looked
            if canary.sings_in(content):
                found.add(str(path.relative_to(home)))
    return found


def keys(url: str, canary: Canary) -> list[bytes]:
    """The Redis keys that hold the canary."""
    with redis.Redis.from_url(url) as client:
        return [key for key in client.scan_iter() if canary.sings_in(key + (client.dump(key) or b""))]


@pytest.fixture
def recruiter(stage: Stage) -> Iterator[httpx2.Client]:
    with asking(stage, "poster") as client:
        yield client


def asking(stage: Stage, who: str) -> httpx2.Client:
    headers = {"Authorization": f"Bearer {stage._tokens[who]}"}
    return httpx2.Client(base_url=stage.product.address, headers=headers, timeout=60, trust_env=False)


def made(answer: httpx2.Response) -> str:
    assert answer.status_code in (200, 201, 202, 204), answer.text
    return str(answer.json()["id"]) if answer.status_code == 201 else ""


def leave_traces(stage: Stage, recruiter: httpx2.Client, canary: Canary, body: dict[str, Any]) -> str:
    """Write the canary wherever a text about a person can be written; returns the person."""
    key = {"Idempotency-Key": canary.word}
    candidate = made(recruiter.post("/v1/candidates", json=body, headers=key))
    position = made(recruiter.post("/v1/positions", json={"title": f"Engineer {uuid.uuid4().hex[:6]}"}))
    with asking(stage, "administrator") as administrator:
        reason = f"reason {uuid.uuid4().hex[:6]}"
        made(administrator.post("/v1/rejection-reasons", json={"name": reason, "said_by": "us"}))
    (key_of_reason,) = (row["key"] for row in recruiter.get("/v1/rejection-reasons").json() if row["name"] == reason)
    applied = {"position": position, "stage": "interview", "source": canary.word}
    application = made(recruiter.post(f"/v1/candidates/{candidate}/applications", json=applied))
    made(recruiter.post(f"/v1/applications/{application}/notes", json={"text": f"Said {canary.word}."}))
    rejection = {"reason": key_of_reason, "note": f"{canary.word}, again"}
    made(recruiter.put(f"/v1/applications/{application}/rejection", json=rejection))
    assert stage.await_quiet()
    with asking(stage, "first reader") as reader:
        made(reader.post(f"/v1/candidates/{candidate}/want", json={"remark": f"I want {canary.word}"}))
        made(reader.get(f"/v1/candidates/{candidate}"))
    # An older state of each row, and of the document.
    made(recruiter.patch(f"/v1/candidates/{candidate}", json={"headline": f"Also {canary.word}"}))
    for way in ("/v1/search", "/v1/suggest"):
        made(recruiter.get(way, params={"q": canary.word}))
    made(recruiter.post("/v1/search", json={"criteria": {"text": canary.word}}))
    assert stage.await_quiet()
    return candidate


def command(stage: Stage, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the product, as its operator types it."""
    given = {name: value for name, value in os.environ.items() if not name.endswith("_URL") and name != "ERASURE_LIST"}
    variables = {**given, "INDEX_PREFIX": PREFIX, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "cli", *words, "--home", str(stage.product.home)]
    return subprocess.run(argv, env=variables, capture_output=True, text=True, check=False, cwd=ROOT)


def settle_files(stage: Stage) -> None:
    """See that what is in memory is in files, so that it can be looked for there."""
    stage.engine.call("POST", f"/{alias(PREFIX, 'candidates')}/_flush", force=True)
    with psycopg.connect(stage.product.urls.database_url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def test_a_canary_is_found_nowhere_once_its_person_was_erased(stage: Stage, recruiter: httpx2.Client) -> None:
    canary = Canary()
    body = person(canary)
    candidate = leave_traces(stage, recruiter, canary, body)
    settle_files(stage)
    held = tables(stage.product.urls.database_url, canary)
    assert held == {"candidates", "applications", "application_notes", "notifications"}, "where it was written"
    before = files(stage.product.home, canary)
    assert {path.partition("/")[0] for path in before} == {"postgres", "opensearch"}
    stale = stage.engine.call("GET", f"/{alias(PREFIX, 'candidates')}/_doc/{candidate}")

    assert recruiter.delete(f"/v1/candidates/{candidate}").status_code == 204
    assert tables(stage.product.urls.database_url, canary) == set(), "at once, with the answer"
    listed = {str(each.candidate) for each in erasure_list.read(stage.product.home / "erased.txt")}
    assert candidate in listed, "with the answer"
    assert stage.await_quiet()
    # What comes late: a batch of a worker that was held up, and rows of the outbox.
    (index,) = (name for (name,) in stage.query("SELECT name FROM live_indexes WHERE kind = 'candidates'"))
    late = Document(candidate, stale["_version"], orjson.dumps({**stale["_source"], "name": canary.word}))
    assert bulk_index(stage.engine, [index], [late]).stale == [candidate]
    stage.query(
        "INSERT INTO outbox (kind, entity_id) VALUES ('candidate', %(id)s), ('candidate', %(id)s) RETURNING id",
        id=candidate,
    )
    assert stage.await_quiet()
    done = command(stage, "erase", "--rewrite")
    assert done.returncode == 0, done.stderr

    settle_files(stage)
    assert tables(stage.product.urls.database_url, canary) == set()
    assert files(stage.product.home, canary) == set()
    assert keys(stage.product.urls.redis_url, canary) == []
    found = recruiter.post("/v1/search", json={"criteria": {"text": canary.word}}).json()
    assert found["items"] == []
    # Nobody is brought back by a client that repeats the request that made them.
    again = recruiter.post("/v1/candidates", json=body, headers={"Idempotency-Key": canary.word})
    assert (again.status_code, again.json()["id"]) == (201, candidate)
    assert recruiter.get(f"/v1/candidates/{candidate}").status_code == 404
