"""A right that is lost is gone with the very next request, though the index does not know of it yet.

Nothing is settled between the loss and the question, and the index does not refresh by itself here: what the engine
finds is as of before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import finding
from core.settings import settings
from engine import door
from engine.process import engine
from indexer.drain import drain_batch
from mappings.names import alias
from percolators.drain import drain_pools
from records.models import Role
from records.repositories import access
from tests.api.answers import ok, problem
from tests.api.serving import Event, Stream, opened, served
from tests.installation import Installation

TRACKED, GIVEN = 4, 3
FACETS = [
    {"name": name} for name in ("tags", "locations", "experience", "languages", "created", "never_rejected", "pools")
]
OF_APPLICATIONS = [{"name": name} for name in ("positions", "stages", "sources", "reasons")]


@dataclass(frozen=True, slots=True)
class Held:
    """A manager who sees four people through a pool, and three others by applications for one position."""

    world: Installation
    pool: uuid.UUID
    tracked: list[uuid.UUID]
    position: str
    given: list[uuid.UUID]
    applications: list[str]

    @property
    def manager(self) -> TestClient:
        """Who sees them."""
        return self.world.manager

    @property
    def user(self) -> uuid.UUID:
        """Their id."""
        return self.world.id_of(Role.HIRING_MANAGER)

    def search(self, **body: Any) -> Any:
        """A search as the manager."""
        return ok(self.manager.post("/v1/search", json=body))

    def found(self, **body: Any) -> set[uuid.UUID]:
        """Whom it shows."""
        return {uuid.UUID(item["id"]) for item in self.search(limit=200, **body)["items"]}

    def shows_nothing_of(self, people: list[uuid.UUID], by: Callable[[], None]) -> None:
        """Before `by` each of them is shown; after it nowhere, and a cursor taken before does not lead to them."""
        assert set(people) <= self.found()
        first = self.search(limit=1, order="name")
        by()
        assert not set(people) & self.found()
        assert not set(people) & self.found(criteria={"text": "kubernetes"})
        page = self.search(limit=200, order="name", cursor=first["next"])
        assert not set(map(str, people)) & {item["id"] for item in page["items"]}
        begun = ok(self.manager.get("/v1/suggest", params={"q": "Per", "limit": 20}))
        assert not set(map(str, people)) & {person["id"] for person in begun["people"]}
        for person in people:
            problem(self.manager.get(f"/v1/candidates/{person}"), 404)
            problem(self.manager.get(f"/v1/candidates/{person}/similar"), 404)
        for other in self.found():
            alike = ok(self.manager.get(f"/v1/candidates/{other}/similar", params={"limit": 50}))
            assert not set(map(str, people)) & {person["id"] for person in alike}


@pytest.fixture
def held(world: Installation) -> Iterator[Held]:
    world.skills("Java", "Rust")
    world.tag("Brno", "location")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    text = "kubernetes and terraform"
    tracked = [world.candidate(f"Person T{n}", ["Java"], locations=["Brno"], cv_text=text) for n in range(TRACKED)]
    given = [world.candidate(f"Person G{n}", ["Rust"], locations=["Brno"], cv_text=text) for n in range(GIVEN)]
    position = ok(world.recruiter.post("/v1/positions", json={"title": "Engineer"}), 201)["id"]
    applications = []
    for person in given:
        body = {"position": position, "source": "referral"}
        applications.append(ok(world.recruiter.post(f"/v1/candidates/{person}/applications", json=body), 201)["id"])
    for application in applications:
        share(world, f"applications/{application}", "PUT")
    world.settle()
    refreshes("-1")
    yield Held(world, pool, tracked, position, given, applications)
    refreshes("1s")


def refreshes(interval: str) -> None:
    """How often the index makes searchable what was written to it."""
    body = {"index": {"refresh_interval": interval}}
    engine().call("PUT", f"/{alias(settings().index_prefix, 'candidates')}/_settings", body)


def share(world: Installation, what: str, method: str) -> None:
    """Give the manager an application or a position, or take it back."""
    ok(world.recruiter.request(method, f"/v1/{what}/shares/{world.id_of(Role.HIRING_MANAGER)}"), 204)


def work_off() -> None:
    """The worker's part, but for what the index does in its own time: nothing written now can be searched yet."""
    while drain_pools():
        pass
    while not drain_batch().nothing_due:
        pass


def untrack(held: Held) -> None:
    """End the tracking."""
    ok(held.world.administrator.delete(f"/v1/users/{held.user}/tracking/{held.pool}"), 204)


def test_tracking_that_ended_shows_nobody(held: Held) -> None:
    held.shows_nothing_of(held.tracked, lambda: untrack(held))
    answer = held.search(facets=FACETS)
    assert answer["total"] == GIVEN
    assert {value["key"]: value["people"] for value in answer["facets"]["tags"]["values"]} == {"rust": GIVEN}
    assert answer["facets"]["pools"]["values"] == []
    pools = {"criteria": {"pools": {"any": [str(held.pool)]}}}
    problem(held.manager.post("/v1/search", json=pools), 422)


def test_an_application_that_was_taken_back_shows_nobody(held: Held) -> None:
    def by() -> None:
        for application in held.applications:
            share(held.world, f"applications/{application}", "DELETE")

    held.shows_nothing_of(held.given, by)
    answer = held.search(facets=[*FACETS, *OF_APPLICATIONS])
    assert answer["total"] == TRACKED
    for facet in ("positions", "stages", "sources", "reasons"):
        assert answer["facets"][facet]["values"] == [], facet
    assert ok(held.manager.get("/v1/suggest", params={"q": "Eng"}))["positions"] == []
    assert held.found(criteria={"applications": {"positions": ["Engineer"]}}) == set()


def test_a_position_that_was_taken_back_shows_nobody(held: Held) -> None:
    share(held.world, f"positions/{held.position}", "PUT")
    for application in held.applications:
        share(held.world, f"applications/{application}", "DELETE")
    held.shows_nothing_of(held.given, lambda: share(held.world, f"positions/{held.position}", "DELETE"))


def test_who_left_the_pool_is_not_shown_though_the_index_still_has_them_in_it(held: Held) -> None:
    leaving = held.tracked[:2]

    def by() -> None:
        for person in leaving:
            ok(held.world.recruiter.delete(f"/v1/candidates/{person}/tags/java"), 204)
        work_off()

    held.shows_nothing_of(leaving, by)
    assert held.found() == {*held.tracked[2:], *held.given}
    assert held.search(limit=200)["total"] == len(held.tracked[2:]) + GIVEN


def test_a_pool_that_is_gone_or_asks_otherwise_shows_nobody(held: Held) -> None:
    path = f"/v1/pools/{held.pool}"

    def by() -> None:
        ok(held.world.recruiter.patch(path, json={"criteria": {"tags": {"any": ["Java"], "all": ["Rust"]}}}))
        work_off()

    held.shows_nothing_of(held.tracked, by)


def test_a_pool_that_is_deleted_shows_nobody(held: Held) -> None:
    held.shows_nothing_of(held.tracked, lambda: ok(held.world.recruiter.delete(f"/v1/pools/{held.pool}"), 204))


def test_erased_people_are_not_shown_though_the_index_still_has_them(held: Held) -> None:
    erased = [held.tracked[0], held.given[0]]

    def by() -> None:
        for person in erased:
            ok(held.world.recruiter.delete(f"/v1/candidates/{person}"), 204)

    held.shows_nothing_of(erased, by)
    assert held.search(limit=200)["total"] == TRACKED + GIVEN - len(erased)


def test_a_person_who_changed_is_shown_as_they_are_and_nothing_is_said_of_why_they_were_found(held: Held) -> None:
    person = held.tracked[0]
    body = {"headline": "Gardener", "cv_text": "roses"}
    ok(held.world.recruiter.patch(f"/v1/candidates/{person}", json=body))
    items = held.search(criteria={"text": "kubernetes"}, limit=200)["items"]
    (changed,) = (item for item in items if item["id"] == str(person))
    assert (changed["headline"], changed["matched"], changed["marks"]) == ("Gardener", [], [])
    assert all(item["matched"] and item["marks"] for item in items if item is not changed)


@pytest.mark.parametrize(("body", "status"), [({"active": False}, 401), ({"role": "analyst"}, 403)])
def test_who_is_deactivated_or_sees_numbers_only_searches_no_more(
    held: Held, body: dict[str, Any], status: int
) -> None:
    cursor = held.search(limit=1)["next"]
    ok(held.world.administrator.patch(f"/v1/users/{held.user}", json=body))
    person = held.tracked[0]
    problem(held.manager.post("/v1/search", json={}), status)
    problem(held.manager.post("/v1/search", json={"limit": 1, "cursor": cursor}), status)
    problem(held.manager.get("/v1/search", params={"q": "kubernetes"}), status)
    problem(held.manager.get("/v1/suggest", params={"q": "P"}), status)
    problem(held.manager.get(f"/v1/candidates/{person}/similar"), status)


def lose_between(patch: pytest.MonkeyPatch, lose: Callable[[], None]) -> None:
    """The right is lost after the engine has answered for the first time and before we have."""
    to_lose = [lose]

    def losing(*asked: Any) -> Any:
        answer = door.search(*asked)
        while to_lose:
            to_lose.pop()()
        return answer

    patch.setattr(finding, "search", losing)


def test_a_right_lost_while_the_engine_answers_is_lost(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    lose_between(monkeypatch, lambda: untrack(held))
    answer = held.search(limit=200)
    assert {item["id"] for item in answer["items"]} == set(map(str, held.given))
    assert answer["total"] == GIVEN


def test_a_person_erased_while_the_engine_answers_is_not_shown(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    person = held.given[1]
    lose_between(monkeypatch, lambda: ok(held.world.recruiter.delete(f"/v1/candidates/{person}"), 204))
    assert str(person) not in {item["id"] for item in held.search(limit=200)["items"]}


def test_without_the_second_look_somebody_would_be_shown(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    still_seen = access.still_seen
    monkeypatch.setattr(
        access, "still_seen", lambda db, user, ids, *, everything: still_seen(db, user, ids, everything=True)
    )
    with pytest.raises(AssertionError):
        test_who_left_the_pool_is_not_shown_though_the_index_still_has_them_in_it(held)


def test_an_open_stream_takes_back_what_its_reader_may_not_see_and_ends_with_their_account(held: Held) -> None:
    world, token = held.world, held.world.token_of(Role.HIRING_MANAGER)
    told: list[Event] = []
    with served() as address, opened(address, token) as stream:
        assert stream.read("unseen")[0].data["unseen"] == TRACKED + GIVEN
        untrack(held)
        told += heard_until(stream, "unseen")
        assert told[-1].data["unseen"] == GIVEN, "what was shared stays"
        for application in held.applications:
            share(world, f"applications/{application}", "DELETE")
        told += heard_until(stream, "unseen")
        while told[-1].data["unseen"]:
            told += heard_until(stream, "unseen")
        world.candidate("Person T9", ["Java"])
        work_off()
        world.track(held.pool)
        ok(world.recruiter.delete(f"/v1/candidates/{held.tracked[0]}"), 204)
        work_off()
        told += heard_until(stream, "withdrawn")
        ok(world.administrator.patch(f"/v1/users/{held.user}", json={"active": False}))
        told += stream.ends()
    assert {event.kind for event in told} == {"unseen", "withdrawn"}


def heard_until(stream: Stream, kind: str) -> list[Event]:
    """The events up to the next one of a kind, which must come."""
    events: list[Event] = []
    while not events or events[-1].kind != kind:
        event = stream.next()
        assert event is not None, f"the stream ended after {events}"
        events.append(event)
    return events
