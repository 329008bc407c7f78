"""Health, readiness that says what is down, and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from core.errors import Unavailable
from core.settings import settings
from engine.process import engine, forget_engine
from notifications.wake import broker
from records import outbox
from records.database import forget_connections, session
from records.models import Role
from records.repositories import indexes
from tests.api.answers import ok, problem
from tests.api.catalog import BY_ROUTE
from tests.api.scene import Persona
from tests.installation import Installation

# Nothing listens there.
NOWHERE = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
    "OPENSEARCH_URL": "http://127.0.0.1:1",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}
PARTS = {"DATABASE_URL": "postgresql", "OPENSEARCH_URL": "opensearch", "REDIS_URL": "redis"}


def forget() -> None:
    """Let this process read its settings and connect anew."""
    settings.cache_clear()
    forget_connections()
    forget_engine()
    broker.cache_clear()


@contextmanager
def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """These parts are down, as far as this process can see."""
    with monkeypatch.context() as changed:
        for name in names:
            changed.setenv(name, NOWHERE[name])
        forget()
        yield
    forget()


def test_the_process_is_alive(house: Installation) -> None:
    assert ok(house.anonymous.get("/healthz")) == {"status": "alive"}


def test_with_everything_up_it_is_ready(house: Installation) -> None:
    answer = ok(house.anonymous.get("/readyz"))
    assert answer["status"] == "ready"
    assert {part["name"]: part["up"] for part in answer["parts"]} == dict.fromkeys(PARTS.values(), True)


@pytest.mark.parametrize(
    ("names", "status", "code"),
    [
        (["REDIS_URL"], "degraded", 200),
        (["OPENSEARCH_URL"], "degraded", 200),
        (["OPENSEARCH_URL", "REDIS_URL"], "degraded", 200),
        (["DATABASE_URL"], "down", 503),
        (list(NOWHERE), "down", 503),
    ],
    ids=str,
)
def test_readiness_says_what_is_down(
    house: Installation, monkeypatch: pytest.MonkeyPatch, names: list[str], status: str, code: int
) -> None:
    with without(monkeypatch, *names):
        answer = ok(house.anonymous.get("/readyz"), code)
        ok(house.anonymous.get("/healthz"))
    assert answer["status"] == status
    down = {part["name"]: part["what_waits"] for part in answer["parts"] if not part["up"]}
    assert set(down) == {PARTS[name] for name in names}
    assert all(down.values())
    assert all(part["what_waits"] is None for part in answer["parts"] if part["up"])


def test_a_full_disk_is_said_while_writes_are_taken_and_searches_answered_and_is_caught_up_with(
    emptied: Installation,
) -> None:
    ada = emptied.candidate("Ada")
    emptied.settle()
    with session() as db:
        (index,) = indexes.live(db).candidates
    block = "index.blocks.read_only_allow_delete"
    engine().call("PUT", f"/{index}/_settings", {block: True})
    try:
        answer = ok(emptied.anonymous.get("/readyz"))
        assert answer["status"] == "degraded"
        (part,) = (part for part in answer["parts"] if not part["up"])
        assert (part["name"], "disk" in part["what_waits"]) == ("indexes", True)
        bob = emptied.candidate("Bob")
        with pytest.raises(Unavailable):
            emptied.work()
        assert emptied.found({}) == {ada}
    finally:
        engine().call("PUT", f"/{index}/_settings", {block: None})
    with session() as db:
        outbox.hurry("candidate")
    emptied.settle()
    assert emptied.found({}) == {ada, bob}
    assert ok(emptied.anonymous.get("/readyz"))["status"] == "ready"


def test_writes_are_taken_and_read_while_search_and_hints_are_down_and_catch_up(
    emptied: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    emptied.skills("Java")
    pool = emptied.pool("Java", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    with without(monkeypatch, "OPENSEARCH_URL", "REDIS_URL"):
        person = emptied.candidate("Jan", ["Java"])
        other = emptied.pool("Java again", {"tags": {"any": ["Java"]}})
        ok(emptied.recruiter.patch(f"/v1/candidates/{person}", json={"headline": "Other"}))
        assert ok(emptied.recruiter.get(f"/v1/candidates/{person}"))["headline"] == "Other"
        for path in ("/v1/search", "/v1/pools/preview"):
            answer = emptied.recruiter.post(path, json={"criteria": {"tags": {"any": ["Java"]}}})
            problem(answer, 503)
            assert answer.headers["retry-after"]
    emptied.settle()
    assert emptied.members(pool) == emptied.members(other) == {person}
    assert [notice["candidate"]["id"] for notice in emptied.bell()] == [str(person)]


def test_without_the_database_every_request_is_told_to_come_again(
    house: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without(monkeypatch, "DATABASE_URL"):
        for answer in (house.recruiter.get("/v1/me"), house.recruiter.post("/v1/candidates", json={"name": "A"})):
            problem(answer, 503)
            assert answer.headers["retry-after"]
    ok(house.recruiter.get("/v1/me"))


@pytest.mark.parametrize("way", ["/readyz", "/v1/login"])
def test_a_proxy_that_no_setting_names_is_said_and_warned_of_once(
    house: Installation, caplog: pytest.LogCaptureFixture, way: str
) -> None:
    body = {"email": "nobody@example.com", "password": "not the password at all"} if way == "/v1/login" else None
    with TestClient(create_app(), client=("203.0.113.5", 1)) as proxy:
        for _ in range(2):
            assert ok(proxy.get("/readyz", headers={"X-Forwarded-For": ""}))["status"] == "ready"
        for _ in range(2):
            proxy.request("POST" if body else "GET", way, json=body, headers={"X-Forwarded-For": "198.51.100.1"})
        answer = ok(proxy.get("/readyz"))
    (part,) = (part for part in answer["parts"] if not part["up"])
    assert (answer["status"], part["name"]) == ("degraded", "proxy")
    assert "TRUSTED_PROXIES" in part["what_waits"]
    assert "203.0.113.5" not in str(answer)
    (warning,) = (record.getMessage() for record in caplog.records if "TRUSTED_PROXIES" in record.getMessage())
    assert "203.0.113.5" in warning


def test_a_named_proxy_is_nothing_to_speak_of(house: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as named:
        named.setenv("TRUSTED_PROXIES", "203.0.113.0/24")
        settings.cache_clear()
        with TestClient(create_app(), client=("203.0.113.5", 1)) as proxy:
            assert ok(proxy.get("/readyz", headers={"X-Forwarded-For": "198.51.100.1"}))["status"] == "ready"
    settings.cache_clear()


@pytest.mark.parametrize("role", [Role.RECRUITER, Role.HIRING_MANAGER, Role.ANALYST])
def test_metrics_are_for_administrators(house: Installation, role: Role) -> None:
    problem(house.client(role).get("/metrics"), 403)
    answer = house.anonymous.get("/metrics")
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def metrics(emptied: Installation) -> dict[tuple[str, str], float]:
    """Every sample by name and labels."""
    answer = emptied.administrator.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return samples(answer.text)


def samples(text: str) -> dict[tuple[str, str], float]:
    """Every sample of an exposition by name and labels."""
    return {
        (sample.name, ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_count_what_there_is_and_what_waits(emptied: Installation) -> None:
    emptied.skills("Java")
    pool = emptied.pool("Java", {"tags": {"any": ["Java"]}})
    emptied.settle()
    emptied.track(pool)
    emptied.candidate("Jan", ["Java"])
    before = metrics(emptied)
    assert before["micropools_outbox_waiting", "kind=candidate"] == 1
    assert before["micropools_outbox_oldest_seconds", "kind=candidate"] > 0
    emptied.settle()
    after = metrics(emptied)
    assert after["micropools_outbox_waiting", "kind=candidate"] == 0
    assert {name: after[f"micropools_{name}", ""] for name in ("candidates", "pools", "matches", "notifications")} == {
        "candidates": 1,
        "pools": 1,
        "matches": 1,
        "notifications": 1,
    }
    assert after["micropools_users", ""] == 4
    assert after["micropools_streams", ""] == 0


def test_answers_are_counted_by_route_and_never_by_id(emptied: Installation) -> None:
    person = emptied.candidate("Jan")

    def counted(status: int) -> float:
        labels = f"route=/candidates/{{candidate}},status={status}"
        return metrics(emptied).get(("micropools_answers_total", labels), 0)

    before = counted(200), counted(404)
    ok(emptied.recruiter.get(f"/v1/candidates/{person}"))
    problem(emptied.manager.get(f"/v1/candidates/{person}"), 404)
    assert (counted(200), counted(404)) == (before[0] + 1, before[1] + 1)
    assert not [labels for _, labels in metrics(emptied) if str(person) in labels]


def test_a_failure_of_ours_is_a_problem_that_tells_nothing_and_is_counted(
    emptied: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    labels = "route=/candidates/{candidate},status=500"
    before = metrics(emptied).get(("micropools_answers_total", labels), 0)
    person = emptied.candidate("Jan")
    with monkeypatch.context() as broken:
        broken.setattr("api.routes.candidates.candidate_view", fail)
        document = problem(emptied.recruiter.get(f"/v1/candidates/{person}"), 500)
    assert "secret" not in str(document)
    assert metrics(emptied)["micropools_answers_total", labels] == before + 1


def test_the_description_is_public_and_whole(house: Installation) -> None:
    description = ok(house.anonymous.get("/openapi.json"))
    assert description["openapi"].startswith("3.1")
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            needed = BY_ROUTE[method.upper(), path].status(Persona.ANONYMOUS) == 401
            assert ("security" in operation) == needed, (method, path)
