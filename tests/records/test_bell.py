"""The bell's numbers rise in the order of commits, and everything it tells is told exactly once."""

from __future__ import annotations

import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from records.database import Session, database, session
from records.models import Role
from records.repositories import notices
from records.repositories.notices import BellRow, Notice
from tests.installation import Installation
from tests.records.meeting import Beside
from tests.spine.steps import skills, untag, untrack


def wanted(reader: uuid.UUID, person: uuid.UUID, number: object) -> Notice:
    return Notice(reader, "wanted", f"wanted:{number}", candidate=person)


def ring(*told: Notice) -> None:
    with session() as db:
        notices.ring(db, told)
        db.commit()


def since(reader: uuid.UUID, after: int, limit: int = 1000) -> list[BellRow]:
    with session() as db:
        return notices.since(db, [(reader, after)], limit)[0]


@pytest.fixture
def reader(world: Installation) -> uuid.UUID:
    return world.id_of(Role.RECRUITER)


@pytest.fixture
def ada(world: Installation) -> uuid.UUID:
    return world.candidate("Ada")


def test_a_stream_that_asks_for_what_is_new_never_misses_a_notice(reader: uuid.UUID, ada: uuid.UUID) -> None:
    """Four workers ring one reader, some of them give up; the stream looks all the while."""
    many, workers = 30, 4
    over = threading.Event()

    def work(worker: int) -> None:
        chance = random.Random(worker)
        for number in range(many):
            with session() as db:
                told = [wanted(reader, ada, f"{worker}:{number}:{part}") for part in range(chance.randint(1, 3))]
                notices.ring(db, told)
                db.execute(text("SELECT pg_sleep(:for)"), {"for": chance.random() / 500})
                if number % 5:
                    db.commit()

    seen: list[int] = []

    def look() -> None:
        while True:
            last = over.is_set()
            while rows := since(reader, seen[-1] if seen else 0, limit=7):
                seen.extend(row.seq for row in rows)
            if last:
                return

    looking = threading.Thread(target=look)
    looking.start()
    with ThreadPoolExecutor(workers) as pool:
        for future in [pool.submit(work, worker) for worker in range(workers)]:
            future.result()
    over.set()
    looking.join()
    everything = [row.seq for row in since(reader, 0)]
    assert len(everything) > many
    assert seen == everything == sorted(set(everything))


def test_a_later_number_is_never_committed_before_an_earlier_one(reader: uuid.UUID, ada: uuid.UUID) -> None:
    with session() as early:
        notices.ring(early, [wanted(reader, ada, "early")])
        with Beside(lambda db: notices.ring(db, [wanted(reader, ada, "late")])) as late:
            assert late.waits()
            assert since(reader, 0) == []
            early.commit()
    assert [row.seq for row in since(reader, 0)] == [1, 2]


def test_a_notice_is_one_per_reader_and_key_and_a_repeat_makes_it_new_again(
    world: Installation, reader: uuid.UUID, ada: uuid.UUID
) -> None:
    ring(wanted(reader, ada, 1), wanted(reader, ada, 2))
    world.recruiter.post("/v1/notifications/seen", json={"up_to": 2})
    ring(wanted(reader, ada, 1))
    first, second = world.bell(Role.RECRUITER)
    assert (first["seen"], second["seen"]) == (False, True)
    assert first["seq"] > second["seq"]


def test_opening_the_bell_keeps_its_order_and_marks_in_order(
    world: Installation, reader: uuid.UUID, ada: uuid.UUID
) -> None:
    for number in range(12):
        ring(wanted(reader, ada, number))
    with database().begin() as connection:  # as rows lie after many updates: in no order
        connection.execute(text("UPDATE notifications SET remark = '' WHERE seq % 2 = 0"))
        connection.execute(text("UPDATE notifications SET remark = NULL"))
    before = [item["id"] for item in world.bell(Role.RECRUITER)]
    world.recruiter.post("/v1/notifications/seen", json={"up_to": 12})
    after = world.bell(Role.RECRUITER)
    assert [item["id"] for item in after] == before
    assert all(item["seen"] for item in after)


def test_reading_again_changes_nothing_and_moves_nothing(
    world: Installation, reader: uuid.UUID, ada: uuid.UUID
) -> None:
    ring(wanted(reader, ada, 1), wanted(reader, ada, 2))
    _, first = world.bell(Role.RECRUITER)
    for action in ("read", "read", "done", "done"):
        assert world.recruiter.post(f"/v1/notifications/{first['id']}/{action}").status_code == 204
    once = world.bell(Role.RECRUITER)
    assert world.recruiter.post(f"/v1/notifications/{first['id']}/done").status_code == 204
    assert world.bell(Role.RECRUITER) == once
    assert {item["id"]: (item["seen"], item["read"], item["done"]) for item in once}[first["id"]] == (True, True, True)


def _summary_of_two(world: Installation) -> tuple[uuid.UUID, uuid.UUID, list[uuid.UUID]]:
    """A manager's notice that tells of two people in one pool."""
    world.skills("Java")
    pool = world.pool("Java", skills("Java"))
    world.track(pool)
    world.settle()
    people = [world.candidate("Ada", ["Java"]), world.candidate("Bob", ["Java"])]
    world.settle()
    manager = world.id_of(Role.HIRING_MANAGER)
    matches = tuple((person, pool) for person in people)
    ring(Notice(manager, "summary", "batch:test", matches=matches))
    return manager, pool, people


def test_a_notice_that_two_workers_empty_between_them_is_withdrawn(world: Installation) -> None:
    manager, pool, (ada, bob) = _summary_of_two(world)
    with session() as first:
        notices.ring(first, [], [(ada, pool)])
        with Beside(lambda db: notices.ring(db, [], [(bob, pool)])) as second:
            assert second.waits()
            first.commit()
    withdrawn = [row.kind for row in since(manager, 0) if not row.tells]
    assert withdrawn.count("summary") == 1


def test_workers_that_tell_and_withdraw_crosswise_do_not_wait_in_a_circle(world: Installation, ada: uuid.UUID) -> None:
    """One takes a match away from the manager and tells the recruiter; the other the other way round."""
    manager, pool, (one, other) = _summary_of_two(world)
    recruiter = world.id_of(Role.RECRUITER)
    ring(Notice(recruiter, "summary", "batch:test", matches=((other, pool),)))
    with session() as first:
        notices.ring(first, [wanted(recruiter, ada, "a")], [(one, pool)])
        with Beside(lambda db: notices.ring(db, [wanted(manager, ada, "b")], [(other, pool)])) as second:
            assert second.waits()
            notices.ring(first, [wanted(manager, ada, "c"), wanted(recruiter, ada, "d")])
            first.commit()
        second.ended()


@pytest.mark.parametrize("action", ["seen", "done"])
def test_opening_the_bell_while_a_summary_grows_is_no_circle(world: Installation, action: str) -> None:
    manager, pool, (ada, _) = _summary_of_two(world)
    grown = Notice(manager, "summary", "batch:test", matches=((ada, pool),))
    newest = since(manager, 0)[-1]

    def mark(db: Session) -> None:
        if action == "seen":
            notices.mark_seen(db, manager, newest.seq)
        else:
            notices.mark(db, manager, newest.id, done=True)

    with session() as worker:
        worker.execute(text("SELECT FROM users WHERE id = :user FOR NO KEY UPDATE"), {"user": manager})
        with Beside(mark) as marking:
            assert marking.waits()
            notices.ring(worker, [grown])
            worker.commit()
        marking.ended()


# -- what a reader may not know of any more --


def _stands(reader: uuid.UUID) -> int:
    with session() as db:
        return notices.bell_seqs(db, [reader])[reader]


def _lost_php(world: Installation, **people: list[str]) -> tuple[uuid.UUID, list[uuid.UUID], dict[str, str], uuid.UUID]:
    """A manager who was told of these people in Java and PHP and has lost PHP: id, people, notices by name, PHP."""
    world.skills("Java", "PHP")
    java, php = world.pool("Java", skills("Java")), world.pool("PHP", skills("PHP"))
    world.track(java)
    world.track(php)
    world.settle()
    ids = []
    for name, tags in people.items():
        ids.append(world.candidate(name, tags))
        world.settle()
    told = {item["candidate"]["name"]: item["id"] for item in world.bell()}
    assert set(told) == set(people)
    untrack(world, php)
    return world.id_of(Role.HIRING_MANAGER), ids, told, php


def test_a_notice_is_withdrawn_alike_whether_or_not_it_also_names_a_pool_the_reader_lost(world: Installation) -> None:
    manager, people, told, php = _lost_php(world, Both=["Java", "PHP"], One=["Java"])
    stood = _stands(manager)
    for number, (person, name) in enumerate(zip(people, ("Both", "One"), strict=True), start=1):
        untag(world, person, "java")
        world.settle()
        (row,) = since(manager, stood + number - 1)
        assert (str(row.id), row.tells, row.seq) == (told[name], False, stood + number)
    # What was hidden is theirs to see again with the pool.
    world.track(php)
    assert [item["id"] for item in world.bell()] == [told["Both"]]


def test_whoever_lost_a_pool_is_not_told_when_people_leave_it(world: Installation) -> None:
    manager, (both, other), told, php = _lost_php(world, Both=["Java", "PHP"], Other=["PHP"])
    stood = _stands(manager)
    for person in (both, other):
        untag(world, person, "php")
        world.settle()
    assert (_stands(manager), since(manager, stood)) == (stood, [])
    assert [item["id"] for item in world.bell()] == [told["Both"]]
    world.track(php)
    assert [item["id"] for item in world.bell()] == [told["Both"]]


def test_nobodys_stream_is_woken_by_what_it_must_not_tell(world: Installation) -> None:
    """A waking shifts the next sign of life of a silent stream, so it can be seen."""
    manager, (other,), _, php = _lost_php(world, Other=["PHP"])
    with session() as db:
        assert notices.ring(db, [], [(other, php)]) == []
        db.rollback()
    world.track(php)
    with session() as db:
        assert notices.ring(db, [], [(other, php)]) == [manager]


def test_opening_the_bell_marks_and_counts_only_what_it_shows(world: Installation) -> None:
    manager, _, told, php = _lost_php(world, Hidden=["PHP"], Shown=["Java"])
    stood = _stands(manager)
    for _ in range(2):  # a second time changes nothing
        assert world.manager.post("/v1/notifications/seen", json={"up_to": stood}).json() == {"unseen": 0}
        assert _stands(manager) == stood + 1
    assert [(str(row.id), row.seen_at is not None) for row in since(manager, stood)] == [(told["Shown"], True)]
    world.track(php)
    assert {item["id"]: item["seen"] for item in world.bell()} == {told["Shown"]: True, told["Hidden"]: False}
