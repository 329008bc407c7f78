"""What happens at one API process holds at the other with the next request, and nothing happens twice."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx2
import pytest

from embedded.process import wait_until
from records import outbox
from records.database import session
from records.models import Role
from tests.api.serving import opened
from tests.api.test_operations import samples
from tests.installation import Installation
from tests.several.processes import Processes

PATIENCE_S = 120.0
numbers = count(1)


class Both:
    """One user at both processes: `here` and `there`."""

    def __init__(self, processes: Processes, token: str) -> None:
        self.token = token
        self.here, self.there = processes.clients(token)

    def close(self) -> None:
        self.here.close()
        self.there.close()


@pytest.fixture
def recruiter(shared: Installation, processes: Processes) -> Iterator[Both]:
    both = Both(processes, shared.token_of(Role.RECRUITER))
    yield both
    both.close()


@pytest.fixture
def administrator(shared: Installation, processes: Processes) -> Iterator[Both]:
    both = Both(processes, shared.token_of(Role.ADMINISTRATOR))
    yield both
    both.close()


@pytest.fixture
def manager(shared: Installation, processes: Processes) -> Iterator[Both]:
    both = Both(processes, shared.token_of(Role.HIRING_MANAGER))
    yield both
    both.close()


def done(answer: httpx2.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def skill(client: httpx2.Client) -> str:
    """A tag of this test alone."""
    name = f"skill {next(numbers)}"
    done(client.post("/v1/tags", json={"name": name}), 201)
    return name


def add(client: httpx2.Client, name: str, *tags: str) -> str:
    person: str = done(client.post("/v1/candidates", json={"name": name, "tags": list(tags)}), 201)["id"]
    return person


def pool_of(client: httpx2.Client, *tags: str) -> str:
    body = {"name": f"pool {next(numbers)}", "criteria": {"tags": {"any": list(tags)}}}
    made: str = done(client.post("/v1/pools", json=body), 201)["id"]
    return made


def found(client: httpx2.Client, criteria: dict[str, Any]) -> set[str]:
    return {item["id"] for item in done(client.post("/v1/search", json={"criteria": criteria, "limit": 200}))["items"]}


def members(client: httpx2.Client, pool: str) -> set[str]:
    return {item["id"] for item in done(client.get(f"/v1/pools/{pool}/candidates", params={"limit": 200}))["items"]}


def quiet() -> bool:
    """Whether all work is done."""
    with session() as db:
        return all(each.waiting == 0 for each in outbox.backlog(db))


def settle() -> None:
    assert wait_until(quiet, timeout_s=PATIENCE_S)


def test_a_tag_a_pool_and_its_new_criteria_are_known_to_the_other_process_at_once(recruiter: Both) -> None:
    java, go = skill(recruiter.here), skill(recruiter.here)
    # The vocabulary: understood there as soon as it was answered here.
    programmer = add(recruiter.there, "Programmer", java)
    gopher = add(recruiter.here, "Gopher", go)
    pool = pool_of(recruiter.here, java)
    settle()
    asked = {"pools": {"any": [pool]}}
    assert wait_until(lambda: found(recruiter.there, asked) == {programmer}, timeout_s=PATIENCE_S)
    assert members(recruiter.there, pool) == {programmer}
    # That process now knows what the pool asks. It changes elsewhere.
    done(recruiter.here.patch(f"/v1/pools/{pool}", json={"criteria": {"tags": {"any": [go]}}}))
    assert done(recruiter.there.get(f"/v1/pools/{pool}"))["criteria"]["tags"]["any"] != [java]
    settle()
    assert found(recruiter.there, asked) == members(recruiter.there, pool) == {gopher}
    # A synonym that was given here is a name there.
    key = done(recruiter.there.get("/v1/tags", params={"q": java}))[0]["key"]
    done(recruiter.here.patch(f"/v1/tags/{key}", json={"synonyms": [f"alias {java}"]}))
    assert found(recruiter.there, {"tags": {"any": [f"alias {java}"]}}) == {programmer}


def test_a_right_given_or_taken_at_one_process_is_so_at_the_other_with_the_next_request(
    shared: Installation, recruiter: Both, administrator: Both, manager: Both
) -> None:
    java = skill(recruiter.here)
    person = add(recruiter.here, "Visible", java)
    pool = pool_of(recruiter.here, java)
    settle()
    tracking = f"/v1/users/{shared.id_of(Role.HIRING_MANAGER)}/tracking/{pool}"
    for _ in range(3):
        assert manager.there.get(f"/v1/candidates/{person}").status_code == 404
        done(administrator.here.put(tracking), 204)
        done(manager.there.get(f"/v1/candidates/{person}"))
        assert wait_until(lambda: found(manager.there, {}) == {person}, timeout_s=PATIENCE_S)
        done(administrator.here.delete(tracking), 204)
        assert found(manager.there, {}) == set()


def test_a_colleague_deactivated_at_one_process_is_refused_at_the_other(
    shared: Installation, processes: Processes, administrator: Both
) -> None:
    user = done(
        administrator.here.post("/v1/users", json={"email": "leaving@example.com", "name": "L", "role": "recruiter"}),
        201,
    )["id"]
    token = done(administrator.there.post(f"/v1/users/{user}/tokens", json={"name": "t"}), 201)["token"]
    leaving = Both(processes, token)
    done(leaving.here.get("/v1/tags"))
    done(leaving.there.get("/v1/tags"))
    done(administrator.here.patch(f"/v1/users/{user}", json={"active": False}))
    assert leaving.there.get("/v1/tags").status_code == 401
    leaving.close()


def test_a_stream_at_one_process_hears_who_came_at_the_other(
    shared: Installation, processes: Processes, recruiter: Both, administrator: Both, manager: Both
) -> None:
    java = skill(recruiter.here)
    pool = pool_of(recruiter.here, java)
    settle()
    done(administrator.here.put(f"/v1/users/{shared.id_of(Role.HIRING_MANAGER)}/tracking/{pool}"), 204)
    with opened(processes.addresses[1], manager.token) as there, opened(processes.addresses[0], manager.token) as here:
        there.until("unseen")
        here.until("unseen")
        for n in range(10):
            person = add((recruiter.here, recruiter.there)[n % 2], f"Person {n}", java)
            # The same at both, in the same order.
            assert [stream.until("notice").data["candidate"]["id"] for stream in (here, there)] == [person, person]
    done(administrator.here.delete(f"/v1/users/{shared.id_of(Role.HIRING_MANAGER)}/tracking/{pool}"), 204)


def test_one_key_sent_to_both_processes_at_once_has_one_effect(recruiter: Both) -> None:
    java = skill(recruiter.here)
    keys = [uuid.uuid4().hex for _ in range(20)]

    def send(client: httpx2.Client, key: str) -> httpx2.Response:
        body = {"name": f"Once {key}", "tags": [java]}
        return client.post("/v1/candidates", json=body, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(8) as clients:
        sent = [
            (key, clients.submit(send, client, key))
            for key in keys
            for client in (recruiter.here, recruiter.there, recruiter.here, recruiter.there)
        ]
        answers: dict[str, set[str]] = {key: set() for key in keys}
        for key, answer in sent:
            got = answer.result()
            # 409: the other one is still at it.
            assert got.status_code in (201, 409), got.text
            if got.status_code == 201:
                answers[key].add(got.json()["id"])
    assert all(len(ids) == 1 for ids in answers.values())
    settle()
    everybody = {next(iter(ids)) for ids in answers.values()}
    assert wait_until(lambda: found(recruiter.there, {"tags": {"any": [java]}}) == everybody, timeout_s=PATIENCE_S)


def test_two_workers_two_lanes_and_two_clocks_tell_of_everybody_once(
    shared: Installation, recruiter: Both, administrator: Both, manager: Both
) -> None:
    java = skill(recruiter.here)
    pools = [pool_of(recruiter.here, java) for _ in range(3)]
    settle()
    for pool in pools:
        done(administrator.here.put(f"/v1/users/{shared.id_of(Role.HIRING_MANAGER)}/tracking/{pool}"), 204)
    with ThreadPoolExecutor(8) as clients:
        sent = [clients.submit(add, (recruiter.here, recruiter.there)[n % 2], f"Crowd {n}", java) for n in range(80)]
        people = {each.result() for each in sent}
    settle()
    for pool in pools:
        assert members(recruiter.there, pool) == people
    told: Counter[tuple[str, str]] = Counter()
    cursor: str | None = None
    while True:
        page = done(
            manager.there.get("/v1/notifications", params={"limit": 100} | ({"cursor": cursor} if cursor else {}))
        )
        for item in page["items"]:
            told.update((item["candidate"]["id"], pool["id"]) for pool in item["pools"] if pool["id"] in pools)
        cursor = page.get("next")
        if cursor is None:
            break
    assert told == Counter({(person, pool): 1 for person in people for pool in pools})
    for pool in pools:
        done(administrator.here.delete(f"/v1/users/{shared.id_of(Role.HIRING_MANAGER)}/tracking/{pool}"), 204)


def test_processes_of_one_address_tell_what_all_of_them_answered(administrator: Both) -> None:
    def counted() -> float:
        told = samples(administrator.there.get("/metrics").text)
        return told.get(("micropools_answers_total", "route=/candidates/{candidate},status=404"), 0)

    before = counted()
    # The pages of a session keep a connection, and with it a process; these come over one each.
    for _ in range(40):
        with httpx2.Client(base_url=administrator.there.base_url, trust_env=False) as once:
            answer = once.get(f"/v1/candidates/{uuid.uuid4()}", headers=administrator.there.headers)
            assert answer.status_code == 404
    assert {counted() for _ in range(4)} == {before + 40}
