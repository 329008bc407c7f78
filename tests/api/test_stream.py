"""The bell live, through a real server: what happens arrives, in order and once, for as long as the right lasts."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from api.routes import notifications
from core.settings import Settings, settings
from records.database import session
from records.models import Role
from records.repositories import notices, restored
from tests.api.answers import ok, places, problem
from tests.api.serving import Stream, opened, served
from tests.installation import Installation


@pytest.fixture(scope="module")
def address(prepared: Installation) -> Iterator[str]:
    """A server that every test of this module may use."""
    with served() as url:
        yield url


@pytest.fixture
def pool(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks."""
    world.skills("Java")
    made = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(made)
    return made


def arrive(world: Installation, name: str = "Somebody") -> str:
    """A person comes into the pool."""
    person = world.candidate(name, ["Java"])
    world.settle()
    return str(person)


def leave(world: Installation, person: str) -> None:
    """A person leaves the pool."""
    ok(world.recruiter.delete(f"/v1/candidates/{person}/tags/java"), 204)
    world.settle()


def manager(world: Installation) -> str:
    """The token of who tracks."""
    return world.token_of(Role.HIRING_MANAGER)


def unseen(stream: Stream) -> int:
    """The number that the next event tells."""
    (event,) = stream.read("unseen")
    number: int = event.data["unseen"]
    return number


def test_who_tracks_the_pool_hears_of_a_person_who_comes(world: Installation, pool: uuid.UUID, address: str) -> None:
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 0
        person = arrive(world)
        notice, count = stream.read("notice", "unseen")
        (listed,) = world.bell()
    assert notice.data == listed
    assert (notice.data["candidate"]["id"], notice.id) == (person, str(notice.data["seq"]))
    assert count.data == {"unseen": 1}


def test_who_tracks_nothing_hears_nothing(world: Installation, pool: uuid.UUID, address: str) -> None:
    with opened(address, world.token_of(Role.ADMINISTRATOR)) as stream:
        assert unseen(stream) == 0
        arrive(world)
        # The next thing they hear is what concerns them.
        world.track(pool, Role.ADMINISTRATOR)
        second = arrive(world, "Second")
        notice, _ = stream.read("notice", "unseen")
        assert notice.data["candidate"]["id"] == second


def test_what_was_missed_is_replayed_in_order_and_once(world: Installation, pool: uuid.UUID, address: str) -> None:
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 0
        gone = arrive(world, "Gone")
        first, _ = stream.read("notice", "unseen")
    second, third = arrive(world, "Second"), arrive(world, "Third")
    leave(world, gone)
    with opened(address, manager(world), first.id) as stream:
        assert unseen(stream) == 2
        events = stream.read("notice", "notice", "withdrawn", "unseen")
        assert [event.data["candidate"]["id"] for event in events[:2]] == [second, third]
        assert events[2].data == {"id": first.data["id"]}
        ids = [int(event.id) for event in events[:3] if event.id]
        assert ids == sorted(ids)
        assert ids[0] > int(first.id or 0)
        assert events[3].data == {"unseen": 2}
        fourth = arrive(world, "Fourth")
        live, _ = stream.read("notice", "unseen")
        assert live.data["candidate"]["id"] == fourth
    with opened(address, manager(world), live.id) as stream:
        assert unseen(stream) == 3
        fifth = arrive(world, "Fifth")
        assert stream.read("notice", "unseen")[0].data["candidate"]["id"] == fifth


def test_a_page_that_heard_of_a_history_that_ended_is_told_to_begin_anew(
    world: Installation, pool: uuid.UUID, address: str
) -> None:
    arrive(world, "First")
    with opened(address, manager(world), "0") as stream:
        assert unseen(stream) == 1
        before, _ = stream.read("notice", "unseen")
    # As after a restore of a backup from before that.
    with session() as db:
        restored.settle(db, end_tokens=False)
        db.commit()
    try:
        for last in (before.id, str(10**18)):
            with opened(address, manager(world), last) as stream:
                reset, count = stream.read("reset", "unseen")
                assert reset.data == {}
                assert count.data == {"unseen": 1}
                later = arrive(world, "Later than " + str(last))
                notice, _ = stream.read("notice", "unseen")
                assert notice.data["candidate"]["id"] == later
                world.administrator.delete(f"/v1/candidates/{later}")
                world.settle()
                stream.read("withdrawn", "unseen")
        with opened(address, manager(world), notice.id) as stream:
            assert [event.kind for event in stream.read("unseen", "withdrawn")] == ["unseen", "withdrawn"]
    finally:
        with session() as db:
            db.execute(text("UPDATE registry SET bell_floor = 0"))
            db.commit()


def test_a_person_who_leaves_is_withdrawn_from_open_pages(world: Installation, pool: uuid.UUID, address: str) -> None:
    person = arrive(world)
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 1
        leave(world, person)
        withdrawn, count = stream.read("withdrawn", "unseen")
        assert withdrawn.data["id"]
        assert "Somebody" not in str(withdrawn)
        assert count.data == {"unseen": 0}


def test_a_long_absence_is_replayed_in_steps(
    world: Installation, pool: uuid.UUID, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "REPLAY", 2)
    people = [arrive(world, f"Person {number}") for number in range(5)]
    with opened(address, manager(world), "0") as stream:
        seen: list[str] = []
        while len(seen) < 5:
            event = stream.next()
            assert event is not None
            seen += [event.data["candidate"]["id"]] if event.kind == "notice" else []
        assert seen == people
        later = arrive(world, "Later")
        assert stream.until("notice").data["candidate"]["id"] == later


@pytest.mark.parametrize("last_event_id", ["9" * 19, "1000000"])
def test_an_id_from_the_future_begins_anew(
    world: Installation, pool: uuid.UUID, address: str, last_event_id: str
) -> None:
    arrive(world)
    with opened(address, manager(world), last_event_id) as stream:
        assert stream.read("reset", "unseen")[1].data == {"unseen": 1}
        second = arrive(world, "Second")
        assert stream.read("notice", "unseen")[0].data["candidate"]["id"] == second


@pytest.mark.parametrize("mark", ["seen", "read", "done"])
def test_the_count_is_right_in_two_open_tabs_after_one_of_them_was_used(
    world: Installation, pool: uuid.UUID, address: str, mark: str
) -> None:
    with opened(address, manager(world)) as one, opened(address, manager(world)) as two:
        assert (unseen(one), unseen(two)) == (0, 0)
        arrive(world)
        for tab in (one, two):
            assert tab.read("notice", "unseen")[1].data == {"unseen": 1}
        (notice,) = world.bell()
        if mark == "seen":
            ok(world.manager.post("/v1/notifications/seen", json={"up_to": notice["seq"]}))
        else:
            ok(world.manager.post(f"/v1/notifications/{notice['id']}/{mark}"), 204)
        for tab in (one, two):
            changed, count = tab.read("notice", "unseen")
            assert (changed.data["id"], changed.data["seen"], count.data) == (notice["id"], True, {"unseen": 0})


def test_a_summary_that_grows_is_told_again_as_one(world: Installation, pool: uuid.UUID, address: str) -> None:
    body: dict[str, Any] = {"name": "Fair", "candidates": [{"name": "A", "tags": ["Java"]}]}
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 0
        batch = ok(world.recruiter.post("/v1/candidates/bulk", json=body), 201)["id"]
        world.settle()
        first, _ = stream.read("notice", "unseen")
        ok(world.recruiter.post("/v1/candidates/bulk", json=body | {"batch": {"id": batch}}), 201)
        world.settle()
        grown, count = stream.read("notice", "unseen")
    assert (first.data["kind"], first.data["people"], grown.data["people"]) == ("summary", 1, 2)
    assert (first.data["id"], count.data) == (grown.data["id"], {"unseen": 1})


# -- the right to it --


@pytest.mark.parametrize("header", [None, "Bearer mp_unknown"])
def test_a_stream_is_refused_with_an_answer_and_not_begun(
    world: Installation, address: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    answer = httpx2.get(f"{address}/v1/notifications/stream", headers=headers)
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_wrong_event_id_is_refused_with_an_answer_and_not_begun(world: Installation, address: str) -> None:
    headers = {"Authorization": f"Bearer {manager(world)}", "Last-Event-ID": "yesterday"}
    answer = httpx2.get(f"{address}/v1/notifications/stream", headers=headers)
    assert places(answer, 422) == ["header.Last-Event-ID"]


def test_a_stream_ends_when_its_token_is_revoked_and_another_goes_on(
    world: Installation, pool: uuid.UUID, address: str
) -> None:
    user = world.id_of(Role.HIRING_MANAGER)
    token = ok(world.administrator.post(f"/v1/users/{user}/tokens", json={"name": "tab"}), 201)
    with opened(address, token["token"]) as ending, opened(address, manager(world)) as going_on:
        assert (unseen(ending), unseen(going_on)) == (0, 0)
        ok(world.administrator.delete(f"/v1/users/{user}/tokens/{token['id']}"), 204)
        assert ending.ends() == []
        person = arrive(world)
        assert going_on.read("notice", "unseen")[0].data["candidate"]["id"] == person


def test_a_stream_ends_when_the_user_is_deactivated(world: Installation, pool: uuid.UUID, address: str) -> None:
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 0
        user = world.id_of(Role.HIRING_MANAGER)
        ok(world.administrator.patch(f"/v1/users/{user}", json={"active": False}))
        assert stream.ends() == []


def test_a_revoked_token_is_noticed_on_a_silent_stream_though_nobody_rings(
    world: Installation, pool: uuid.UUID, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "BEAT_S", 0.2)
    monkeypatch.setattr("api.work.ring_streams", lambda readers: None)
    user = world.id_of(Role.HIRING_MANAGER)
    token = ok(world.administrator.post(f"/v1/users/{user}/tokens", json={"name": "tab"}), 201)
    with opened(address, token["token"]) as stream:
        assert unseen(stream) == 0
        ok(world.administrator.delete(f"/v1/users/{user}/tokens/{token['id']}"), 204)
        assert stream.ends() == []


def test_without_tracking_the_count_falls_and_nothing_more_is_told(
    world: Installation, pool: uuid.UUID, address: str
) -> None:
    arrive(world)
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 1
        user = world.id_of(Role.HIRING_MANAGER)
        ok(world.administrator.delete(f"/v1/users/{user}/tracking/{pool}"), 204)
        assert unseen(stream) == 0
        arrive(world, "Not told of")
        world.track(pool)
        assert unseen(stream) == 1
        third = arrive(world, "Third")
        assert stream.read("notice", "unseen")[0].data["candidate"]["id"] == third


def test_who_becomes_an_analyst_is_told_no_names(world: Installation, pool: uuid.UUID, address: str) -> None:
    arrive(world, "Secret Name")
    user = world.id_of(Role.HIRING_MANAGER)
    ok(world.administrator.patch(f"/v1/users/{user}", json={"role": "analyst"}))
    with opened(address, manager(world), "0") as stream:
        assert unseen(stream) == 0
        withdrawn, _ = stream.read("withdrawn", "unseen")
        assert set(withdrawn.data) == {"id"}


# -- whatever fails on the way --


def test_without_redis_the_streams_look_by_themselves(
    world: Installation, pool: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Settings(REDIS_URL="redis://127.0.0.1:1/0", DATABASE_URL=settings().database_url)
    monkeypatch.setattr("api.streams.settings", lambda: elsewhere)
    monkeypatch.setattr("api.streams.listen_here", lambda listen: None)
    with served() as deaf, opened(deaf, manager(world)) as stream:
        assert unseen(stream) == 0
        person = arrive(world)
        assert stream.until("notice").data["candidate"]["id"] == person
        leave(world, person)
        stream.until("withdrawn")


def test_what_happens_while_a_stream_is_being_opened_is_not_missed(
    world: Installation, pool: uuid.UUID, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading where the bell stands and listening there is a moment in which nobody can be rung."""
    counted = notices.unseen
    people: list[str] = []

    def count_and_then(*arguments: Any) -> int:
        number = counted(*arguments)
        if not people:
            people.append("")
            people[0] = arrive(world)
        return number

    monkeypatch.setattr(notices, "unseen", count_and_then)
    # Only what the stream does of its own accord counts here.
    monkeypatch.setattr("indexer.drain.ring_streams", lambda readers: None)
    with opened(address, manager(world)) as stream:
        assert unseen(stream) == 0
        assert stream.read("notice", "unseen")[0].data["candidate"]["id"] == people[0]


def test_open_streams_are_counted_and_closed_ones_are_not(world: Installation, address: str) -> None:
    def streams() -> int:
        headers = {"Authorization": f"Bearer {world.token_of(Role.ADMINISTRATOR)}"}
        text = httpx2.get(f"{address}/metrics", headers=headers).text
        return int(float(next(line for line in text.splitlines() if line.startswith("micropools_streams ")).split()[1]))

    with opened(address, manager(world)) as one, opened(address, manager(world)) as two:
        assert (unseen(one), unseen(two)) == (0, 0)
        assert streams() == 2
    # A closed connection is noticed in a moment; a thousand questions are more than one.
    assert any(streams() == 0 for _ in range(1_000))
