"""Drift is looked for by schedule: who changed, and a share of all others, in pages; told once, and set right."""

from __future__ import annotations

import tracemalloc
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

import indexer.check
from core.errors import Conflict, Unavailable
from core.settings import settings
from engine.documents import Document, bulk_index, versions_of
from engine.process import engine
from indexer import comparing
from indexer.check import by_schedule, check
from indexer.comparing import Report
from records.database import session
from records.lease import StandingLease
from records.locks import CLOCK
from records.models import Role
from records.repositories import checks
from tests.api.answers import ok
from tests.api.test_operations import metrics
from tests.indexer.test_check import candidate_index, remove_document, run
from tests.indexer.test_drain import engine_away
from tests.installation import Installation

EVERY_S, PERIOD_S = 60.0, 600.0


@pytest.fixture(autouse=True)
def schedule(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Ten shares a period, three people each at least."""
    monkeypatch.setenv("CHECK_INTERVAL_S", str(EVERY_S))
    monkeypatch.setenv("CHECK_PERIOD_S", str(PERIOD_S))
    monkeypatch.setattr(comparing, "PAGE", 3)
    settings.cache_clear()
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def set_to(patch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        patch.setenv(name, value)
    settings.cache_clear()


def pass_time(seconds: float = EVERY_S) -> None:
    """As if it had all happened so much earlier."""
    run(
        "UPDATE checks SET created_at = created_at - make_interval(secs => :s),"
        " finished_at = finished_at - make_interval(secs => :s)",
        s=seconds,
    )


def last() -> Report:
    with session() as db:
        (row, *_) = checks.newest(db, 1)
        return Report(**row.report)


def share() -> Report:
    """The next share, when it is due."""
    pass_time()
    assert by_schedule()
    return last()


def people(world: Installation, number: int) -> list[uuid.UUID]:
    """So many, settled, in the order of their ids."""
    made = sorted(world.candidate(f"Person {n}") for n in range(number))
    world.settle()
    return made


def drift_bell(world: Installation) -> list[dict[str, Any]]:
    return [notice for notice in world.bell(Role.ADMINISTRATOR) if notice["kind"] == "drift"]


def test_a_share_is_begun_when_it_is_due_and_not_before_however_many_beats_there_are(world: Installation) -> None:
    assert by_schedule()
    assert not by_schedule()
    pass_time(EVERY_S - 5)
    assert not by_schedule()
    pass_time(5)
    assert by_schedule()
    assert not by_schedule()


def test_a_beat_that_lives_keeps_no_check_from_running(world: Installation, schedule: pytest.MonkeyPatch) -> None:
    schedule.setattr(indexer.check, "PATIENCE_S", 0.1)
    beat = StandingLease(CLOCK)
    assert beat.held()
    try:
        assert by_schedule()
        assert check().drift == 0
    finally:
        beat.give_back()


def test_no_schedule_no_checks(world: Installation, schedule: pytest.MonkeyPatch) -> None:
    set_to(schedule, CHECK_INTERVAL_S="0")
    assert not by_schedule()


def test_the_shares_of_a_round_look_at_everybody_once(world: Installation) -> None:
    people(world, 10)
    assert by_schedule()
    assert last().candidates == 3
    # Whoever changed since the first share began is looked at as well, and nobody did.
    assert [share().candidates for _ in range(3)] == [3, 3, 1]
    assert share().candidates == 3, "and so on from the beginning"


def test_somebody_lost_is_found_when_their_share_comes_round_set_right_and_told_once(world: Installation) -> None:
    everybody = people(world, 9)
    assert by_schedule()
    remove_document(everybody[7])
    assert share().drift == 0
    found = share()
    assert (found.missing, found.repaired) == (1, 1)
    world.settle()
    assert versions_of(engine(), candidate_index(), [str(everybody[7])])
    (notice,) = drift_bell(world)
    assert "1 people missing in the index" in notice["problem"]
    assert "set right" in notice["problem"]
    assert check().drift == 0
    for role in (Role.RECRUITER, Role.HIRING_MANAGER, Role.ANALYST):
        assert world.bell(role) == [], "it concerns administrators and nobody else"


def test_what_changed_is_looked_at_in_the_next_share_wherever_its_id_is(world: Installation) -> None:
    everybody = people(world, 9)
    assert by_schedule()
    world.recruiter.patch(f"/v1/candidates/{everybody[8]}", json={"headline": "Changed"})
    world.settle()
    remove_document(everybody[8])
    found = share()
    assert (found.candidates, found.missing) == (4, 1)


def test_who_was_changed_by_a_transaction_that_committed_late_is_not_missed(world: Installation) -> None:
    everybody = people(world, 9)
    assert by_schedule()
    with session() as slow:
        from sqlalchemy import text

        slow.execute(
            text("UPDATE candidates SET updated_at = clock_timestamp(), version = version + 1 WHERE id = :id"),
            {"id": everybody[8]},
        )
        share()  # begins and ends while the change is not committed
        slow.commit()
    found = share()
    assert found.outdated == 1, "the change is older than the share that could not see it"


def test_what_is_found_again_and_again_is_told_once(world: Installation, schedule: pytest.MonkeyPatch) -> None:
    set_to(schedule, CHECK_REPAIR="false")
    (ada, bob, _) = people(world, 3)
    remove_document(ada)
    assert by_schedule()
    assert [share().missing for _ in range(3)] == [1, 1, 1]
    assert check().missing == 1
    (notice,) = drift_bell(world)
    assert "micropools check --repair" in notice["problem"]
    remove_document(bob)
    assert share().missing == 2
    assert len(drift_bell(world)) == 2, "another find is news"
    run("UPDATE drift_finds SET last_found_at = last_found_at - make_interval(secs => :s)", s=PERIOD_S * 3)
    share()
    assert len(drift_bell(world)) == 3, "and so is one that had been gone"


def test_a_disaster_is_told_and_left_alone_until_somebody_has_looked(
    world: Installation, schedule: pytest.MonkeyPatch
) -> None:
    set_to(schedule, CHECK_REPAIR_MOST="2")
    everybody = people(world, 9)
    for person in everybody:
        remove_document(person)
    assert by_schedule()
    assert (last().missing, last().repaired) == (3, 0)
    assert "look at it" in drift_bell(world)[0]["problem"]
    assert check(repair=True).repaired == 9, "by command there is no bound"


def test_somebody_who_is_no_administrator_any_more_hears_nothing_of_it(world: Installation) -> None:
    (ada, *_) = people(world, 3)
    remove_document(ada)
    other, client = world.add_user(Role.ADMINISTRATOR, "other@example.com")
    assert by_schedule()
    bell = ok(client.get("/v1/notifications"))
    assert (bell["unseen"], [notice["kind"] for notice in bell["items"]]) == (1, ["drift"])
    ok(world.administrator.patch(f"/v1/users/{other}", json={"role": "recruiter"}))
    bell = ok(client.get("/v1/notifications"))
    assert (bell["unseen"], bell["items"]) == (0, [])


def test_a_check_that_is_cut_off_goes_on_where_it_stood(world: Installation, schedule: pytest.MonkeyPatch) -> None:
    everybody = people(world, 9)
    remove_document(everybody[1])
    remove_document(everybody[8])
    looked: list[uuid.UUID] = []
    real = comparing.compare_people

    def dying(live: Any, after: uuid.UUID, *rest: Any) -> Any:
        looked.append(after)
        if len(looked) == 3:
            raise KeyboardInterrupt
        return real(live, after, *rest)

    answer = ok(world.administrator.post("/v1/checks", json={"repair": True}), 202)
    with schedule.context() as patch:
        patch.setattr(indexer.check, "compare_people", dying)
        with pytest.raises(KeyboardInterrupt):
            by_schedule()
    (listed,) = ok(world.administrator.get("/v1/checks"))
    assert (listed["id"], listed["state"], listed["candidates"]) == (answer["id"], "waiting", 6)
    assert by_schedule()
    (listed, *_) = ok(world.administrator.get("/v1/checks"))
    assert (listed["state"], listed["candidates"], listed["found"]) == ("done", 9, {"missing": 2})
    assert listed["repaired"] == 2


def test_a_check_waits_while_the_engine_is_away_and_goes_on_when_it_is_back(world: Installation) -> None:
    people(world, 3)
    ok(world.administrator.post("/v1/checks", json={}), 202)
    with engine_away(), pytest.raises(Unavailable):
        by_schedule()
    (listed,) = ok(world.administrator.get("/v1/checks"))
    assert listed["state"] == "waiting"
    assert by_schedule()
    (listed,) = ok(world.administrator.get("/v1/checks"))
    assert (listed["state"], listed["found"]) == ("done", {})


def test_a_check_asked_for_twice_is_the_same_and_another_one_at_a_time_is_refused(
    world: Installation, schedule: pytest.MonkeyPatch
) -> None:
    first = ok(world.administrator.post("/v1/checks", json={"repair": False}), 202)
    assert ok(world.administrator.post("/v1/checks", json={"repair": False}), 202)["id"] == first["id"]
    assert ok(world.administrator.post("/v1/checks", json={"repair": True}), 202)["id"] != first["id"]
    schedule.setattr(indexer.check, "PATIENCE_S", 0.1)
    with session() as other:
        assert checks.is_only_checker(other)
        with pytest.raises(Conflict):
            check()
    assert check().drift == 0


def test_metrics_tell_what_the_last_check_found_and_how_long_ago_that_was(
    world: Installation, schedule: pytest.MonkeyPatch
) -> None:
    set_to(schedule, CHECK_REPAIR="false")
    assert ("micropools_check_age_seconds", "") not in metrics(world)
    (ada, *_) = people(world, 3)
    remove_document(ada)
    by_schedule()
    pass_time(1_000)
    told = metrics(world)
    assert told["micropools_drift", "kind=missing"] == 1
    assert told["micropools_drift", "kind=orphaned"] == 0
    assert 1_000 <= told["micropools_check_age_seconds", ""] < 1_100
    assert told["micropools_check_whole_age_seconds", ""] < 1_100


def test_old_checks_are_forgotten_but_for_those_the_next_share_begins_at(world: Installation) -> None:
    people(world, 9)
    by_schedule()
    share()
    pass_time(10**7)
    with session() as db:
        checks.purge(db, timedelta(days=30), timedelta(days=30))
        db.commit()
        assert len(checks.newest(db, 10)) == 1
    pass_time(-(10**7))
    assert share().candidates == 3


def invent(number: int) -> None:
    """People in the database and in the index, without the detour through the product."""
    run(
        "INSERT INTO candidates (id, name) SELECT gen_random_uuid(), 'Test Person' FROM generate_series(1, :n)",
        n=number,
    )
    run(
        "INSERT INTO candidate_progress (candidate_id, matched_version) SELECT id, 1 FROM candidates"
        " ON CONFLICT DO NOTHING"
    )
    with session() as db:
        from sqlalchemy import text

        ids = [str(each) for each in db.scalars(text("SELECT id FROM candidates"))]
    for at in range(0, len(ids), 5_000):
        documents = [
            Document(each, 1, orjson.dumps({"id": each, "version": 1, "state": "live"}))
            for each in ids[at : at + 5_000]
        ]
        bulk_index(engine(), [candidate_index()], documents)


def test_memory_does_not_grow_with_the_number_of_people(world: Installation, schedule: pytest.MonkeyPatch) -> None:
    schedule.setattr(comparing, "PAGE", 250)
    peaks = []
    for more in (1_000, 9_000):
        invent(more)
        check()  # whatever is loaded only once
        tracemalloc.start()
        report = check()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert report.drift == 0
    assert report.candidates == 10_000
    assert peaks[1] < peaks[0] * 1.2, f"ten times as many people took {peaks[1]} instead of {peaks[0]} bytes"
