"""The outbox is claimed by one at a time, counted, and never deals one person's rows to two."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text

from records import outbox
from records.database import Session, database, session
from tests.installation import Installation


def put(*entities: uuid.UUID, kind: outbox.Kind = "candidate", notices: outbox.Notices = "each") -> None:
    with session() as db:
        outbox.enqueue(db, kind, entities, actor=None, notices=notices)
        db.commit()


def run(statement: str, **values: Any) -> None:
    with database().begin() as connection:
        connection.execute(text(statement), values)


def let_time_pass() -> None:
    run("UPDATE outbox SET due_at = clock_timestamp() - interval '1 second'")


def attempts() -> list[int]:
    with database().connect() as connection:
        return list(connection.scalars(text("SELECT attempts FROM outbox ORDER BY id")))


@contextmanager
def two() -> Iterator[tuple[Session, Session]]:
    with session() as one, session() as other:
        yield one, other


def people(number: int) -> list[uuid.UUID]:
    return [uuid.uuid4() for _ in range(number)]


def test_two_never_take_the_same_row(world: Installation) -> None:
    put(*people(10))
    ids = outbox.count_attempt("candidate", 10)
    with two() as (one, other):
        first = outbox.take(one, ids[:6])
        second = outbox.take(other, ids)
        assert len(first) == 6
        assert {row.id for row in second} == set(ids) - {row.id for row in first}


def test_a_row_that_is_counted_is_counted_by_nobody_else_for_a_moment(world: Installation) -> None:
    put(*people(10))
    assert len(outbox.count_attempt("candidate", 6)) == 6
    assert len(outbox.count_attempt("candidate", 6)) == 4
    assert outbox.count_attempt("candidate", 6) == []
    assert attempts() == [1] * 10


def test_a_worker_that_dies_gives_its_rows_back(world: Installation) -> None:
    put(*people(3))
    ids = outbox.count_attempt("candidate", 3)
    with session() as dying:
        assert len(outbox.take(dying, ids)) == 3
        let_go = dying.connection().connection.dbapi_connection
        assert let_go is not None
        with session() as other:
            assert outbox.take(other, ids) == []
        dying.rollback()
    let_time_pass()
    again = outbox.count_attempt("candidate", 3)
    with session() as other:
        assert len(outbox.take(other, again)) == 3
    assert attempts() == [2, 2, 2]


def test_many_workers_at_once_do_every_row_exactly_once(world: Installation) -> None:
    put(*people(200))

    def work() -> list[int]:
        done: list[int] = []
        while ids := outbox.count_attempt("candidate", 7):
            with session() as db:
                rows = outbox.take(db, ids)
                outbox.done(db, rows)
                db.commit()
            done += [row.id for row in rows]
        return done

    done: list[int] = []
    with ThreadPoolExecutor(4) as workers:
        # Somebody else's look can hold a row for the moment in which it is taken; it is then taken a second later.
        while attempts():
            done += [row for future in [workers.submit(work) for _ in range(4)] for row in future.result()]
            let_time_pass()
    assert len(done) == len(set(done)) == 200
    assert attempts() == []


def test_all_that_waits_for_one_person_is_taken_together(world: Installation) -> None:
    ada, bob = people(2)
    put(ada, bob)
    put(ada, notices="silent")
    (one, *_) = outbox.count_attempt("candidate", 1)
    with two() as (first, second):
        assert [row.entity_id for row in outbox.take(first, [one])] == [ada, ada]
        assert [row.entity_id for row in outbox.take(second, outbox.count_attempt("candidate", 9))] == [bob]


def test_what_somebody_waits_for_goes_before_an_import(world: Installation) -> None:
    imported, silent, typed = people(3)
    put(imported, notices="summary")
    put(silent, notices="silent")
    put(typed)
    (first,) = outbox.count_attempt("candidate", 1)
    with session() as db:
        assert [row.entity_id for row in outbox.take(db, [first])] == [typed]


def test_a_row_that_ends_its_worker_every_time_is_claimed_alone_and_in_the_end_set_aside(world: Installation) -> None:
    put(*people(5))
    for _ in range(outbox.SUSPECT_AFTER):
        assert len(outbox.count_attempt("candidate", 5)) == 5
        let_time_pass()
    # Four of the five turn out to be harmless, one after the other; the fifth ends its worker again and again.
    for _ in range(4):
        (harmless,) = outbox.count_attempt("candidate", 5)
        with session() as db:
            outbox.done(db, outbox.take(db, [harmless]))
            db.commit()
    let_time_pass()
    for _ in range(outbox.SUSPECT_AFTER, outbox.MAX_ATTEMPTS):
        assert len(outbox.count_attempt("candidate", 5)) == 1
        let_time_pass()
    assert outbox.count_attempt("candidate", 5) == []
    assert attempts() == [outbox.MAX_ATTEMPTS]
    with session() as db:
        assert [(each.waiting, each.dead) for each in outbox.backlog(db)] == [(0, 1)]


def test_suspects_do_not_hold_up_the_others(world: Installation) -> None:
    put(*people(2))
    run("UPDATE outbox SET attempts = :many", many=outbox.SUSPECT_AFTER)
    put(*people(3))
    assert len(outbox.count_attempt("candidate", 5)) == 3
    assert len(outbox.count_attempt("candidate", 5)) == 1
    assert len(outbox.count_attempt("candidate", 5)) == 1


def test_an_outage_takes_the_attempt_back_but_not_from_rows_that_another_holds(world: Installation) -> None:
    put(*people(3))
    ids = outbox.count_attempt("candidate", 3)
    with session() as other:
        assert len(outbox.take(other, ids[:1])) == 1
        outbox.postponed(ids, "The engine is away.", 60)
    assert sorted(attempts()) == [0, 0, 1]
    assert not outbox.is_due("candidate")


def test_pools_and_people_are_claimed_apart(world: Installation) -> None:
    ada, pool = people(2)
    put(ada)
    put(pool, kind="pool")
    (one,) = outbox.count_attempt("pool", 5)
    with session() as db:
        assert [row.entity_id for row in outbox.take(db, [one])] == [pool]
    assert outbox.is_due("candidate")
