"""Deleting somebody erases them: whatever is written of them at that moment, whatever cannot be written just then."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cli.main import app
from core import erasure_list
from core.settings import settings
from embedded.process import wait_until
from engine.documents import Document, bulk_index
from engine.process import engine
from indexer.clearing import clear
from intake.erasing import list_erased
from records.database import database, session
from records.models import Role
from records.repositories import candidates, erasures, indexes, positions
from tests.installation import Installation

run = CliRunner()


def scalar(statement: str, **values: object) -> object:
    with database().begin() as connection:
        return connection.execute(text(statement), values).scalar()


def listed() -> set[uuid.UUID]:
    path = settings().erasure_file
    return {each.candidate for each in erasure_list.read(path)} if path.exists() else set()


def applied(world: Installation, person: uuid.UUID) -> uuid.UUID:
    position = world.recruiter.post("/v1/positions", json={"title": "Engineer"}).json()["id"]
    answer = world.recruiter.post(f"/v1/candidates/{person}/applications", json={"position": position})
    return uuid.UUID(answer.json()["id"])


def test_a_tombstone_is_an_id_a_version_and_nothing_of_the_person(world: Installation) -> None:
    world.skills("Java")
    body = {"name": "Fair", "candidates": [{"name": "Jana", "email": "jana@example.com", "tags": ["Java"]}]}
    (person,) = world.recruiter.post("/v1/candidates/bulk", json=body).json()["ids"]
    assert world.recruiter.delete(f"/v1/candidates/{person}").status_code == 204

    row = scalar("SELECT to_jsonb(c) FROM candidates c WHERE id = :id", id=person)
    assert isinstance(row, dict)
    kept = {name for name, value in row.items() if value not in (None, "", [])}
    assert kept == {"id", "version", "created_at", "updated_at", "profile_at", "deleted_at"}


def test_what_is_being_written_of_somebody_while_they_are_erased_is_erased_with_them(world: Installation) -> None:
    person = world.candidate()
    application = applied(world, person)
    position = scalar("SELECT position_id FROM applications WHERE id = :id", id=application)
    assert isinstance(position, uuid.UUID)
    answers: list[int] = []
    with session() as writing:
        candidates.lock(writing, person)
        positions.add_note(writing, application, "Said so.", world.id_of(Role.RECRUITER))
        positions.apply(writing, person, position, stage="new", source="Said elsewhere")
        deleting = threading.Thread(
            target=lambda: answers.append(world.recruiter.delete(f"/v1/candidates/{person}").status_code)
        )
        deleting.start()
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        assert wait_until(lambda: scalar(waiting) == 1, timeout_s=30)
        writing.commit()
    deleting.join()

    assert answers == [204]
    assert scalar("SELECT count(*) FROM application_notes") == 0
    assert scalar("SELECT count(*) FROM applications") == 0


def test_whoever_is_erased_is_on_the_list_with_the_answer_and_a_list_that_cannot_be_written_is_caught_up_with(
    world: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first, second = world.candidate(), world.candidate()
    assert world.recruiter.delete(f"/v1/candidates/{first}").status_code == 204
    assert first in listed()

    in_the_way = tmp_path / "a file"
    in_the_way.touch()
    with monkeypatch.context() as patch:
        patch.setenv("ERASURE_LIST", str(in_the_way / "erased.txt"))
        settings.cache_clear()
        assert world.recruiter.delete(f"/v1/candidates/{second}").status_code == 204
        metrics = world.administrator.get("/metrics").text
    settings.cache_clear()
    assert "micropools_erasures_unlisted 1.0" in metrics
    assert second not in listed()

    assert list_erased() == 1
    assert second in listed()
    assert list_erased() == 0


def test_a_request_that_is_given_up_erases_nobody_and_lists_nobody(world: Installation) -> None:
    person = world.candidate()
    with session() as db:
        candidates.delete(db, person, actor=None)
        db.rollback()
    list_erased()
    assert person not in listed()
    assert world.recruiter.get(f"/v1/candidates/{person}").status_code == 200


def test_a_late_batch_of_a_worker_does_not_bring_somebody_back(world: Installation) -> None:
    person = world.candidate("Jana Pozdní")
    world.settle()
    with session() as db:
        (index,) = indexes.live(db).candidates
    old = engine().call("GET", f"/{index}/_doc/{person}")
    world.recruiter.delete(f"/v1/candidates/{person}")
    world.settle()

    late = Document(str(person), old["_version"], b'{"id":"%s","version":1,"state":"live"}' % str(person).encode())
    assert bulk_index(engine(), [index], [late]).stale == [str(person)]
    assert engine().call("GET", f"/{index}/_doc/{person}")["_source"]["state"] == "deleted"


def test_nobody_counts_as_cleared_whose_tombstone_has_not_reached_the_index(world: Installation) -> None:
    person = world.candidate()
    world.settle()
    world.recruiter.delete(f"/v1/candidates/{person}")

    cleared = clear()
    assert (cleared.people, cleared.waiting) == (0, 1)
    assert scalar("SELECT cleared_at IS NULL FROM erasures WHERE candidate_id = :id", id=person) is True


def test_what_the_erased_leave_beside_their_tombstones_goes_and_what_others_have_stays(world: Installation) -> None:
    world.skills("Java")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    gone, stays = world.candidate("Gone", ["Java"]), world.candidate("Stays", ["Java"])
    world.settle()
    world.recruiter.delete(f"/v1/candidates/{gone}")
    dead = "INSERT INTO outbox (kind, entity_id, error, dead_at) VALUES ('candidate', :id, 'Jana', now()) RETURNING id"
    for each in (gone, stays):
        scalar(dead, id=each)

    def forget() -> None:
        with session() as db:
            erasures.forget_leftovers(db)
            db.commit()

    forget()
    set_aside = "SELECT count(*) FROM outbox WHERE entity_id = :id AND dead_at IS NOT NULL"
    assert scalar(set_aside, id=gone) == 1, "what brings a tombstone to the index is never thrown away"
    assert scalar("SELECT count(*) FROM outbox WHERE entity_id = :id AND error IS NOT NULL", id=gone) == 0
    world.settle()
    forget()

    assert scalar("SELECT count(*) FROM matches WHERE candidate_id = :id", id=gone) == 0
    assert scalar(set_aside, id=gone) == 0
    assert world.members(pool) == {stays}
    assert scalar(set_aside, id=stays) == 1


def test_the_key_of_a_repeated_request_is_not_kept_in_words(world: Installation) -> None:
    sent = {"name": "Jana"}
    headers = {"Idempotency-Key": "jana@example.com"}
    first = world.recruiter.post("/v1/candidates", json=sent, headers=headers)
    again = world.recruiter.post("/v1/candidates", json=sent, headers=headers)
    assert again.json() == first.json()
    assert "jana" not in str(scalar("SELECT string_agg(k::text, ' ') FROM idempotency_keys k"))


def test_an_operator_erases_by_id_and_address_and_is_told_who_is_unknown(world: Installation) -> None:
    first, second = world.candidate("Jana", email="Jana@Example.com"), world.candidate("Eva", email="jana@example.com")
    third = world.candidate("Iva Jedinečná")

    refused = run.invoke(app, ["erase", "--yes", str(third), "nobody@example.com"])
    assert refused.exit_code == 1
    assert "nobody@example.com" in refused.stderr
    assert world.recruiter.get(f"/v1/candidates/{third}").status_code == 200

    asked = run.invoke(app, ["erase", "jana@example.com"], input="n\n")
    assert asked.exit_code == 1
    assert str(first) in asked.stderr
    assert world.recruiter.get(f"/v1/candidates/{first}").status_code == 200

    done = run.invoke(app, ["erase", "--yes", "jana@example.com"])
    assert done.exit_code == 0, done.output
    assert "Erased: 2." in done.stdout
    assert {first, second} <= listed()
    assert world.recruiter.get(f"/v1/candidates/{second}").status_code == 404


def test_an_operator_is_told_where_else_a_text_still_stands(world: Installation, tmp_path: Path) -> None:
    person = world.candidate("Iva Jedinečná")
    world.tag("Friends of Iva Jedinečná", kind="label")
    world.recruiter.delete(f"/v1/candidates/{person}")

    found = run.invoke(app, ["erase", "--look-for", "iva jedinečná", "--json", "--write-list", str(tmp_path / "list")])
    assert found.exit_code == 0, found.output
    assert '"tags": 1' in found.stdout
    assert "candidates" not in found.stdout
    assert person in {each.candidate for each in erasure_list.read(tmp_path / "list")}
