"""Backup and restore as an operator types them: what comes back, what must not, and what is refused."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tarfile
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from alembic import command
from sqlalchemy import text
from typer.testing import CliRunner, Result

from cli.main import app
from core import erasure_list
from core.errors import Conflict
from core.settings import settings
from embedded.process import wait_until
from engine.documents import Document, bulk_index
from engine.process import engine
from indexer.check import check
from indexer.prepare import prepare
from mappings.installed import serving
from records import archive, copying, migrate, programs
from records.database import database
from records.models import Role
from tests.cli.places import another_place, being_in
from tests.installation import Installation
from tests.reindex.steps import CutOff

run = CliRunner()


def scalar(statement: str, **values: object) -> Any:
    with database().begin() as connection:
        return connection.execute(text(statement), values).scalar()


def typed(*words: str | Path) -> Result:
    return run.invoke(app, [str(word) for word in words])


def done(*words: str | Path) -> dict[str, Any]:
    result = typed(*words, "--json")
    assert result.exit_code == 0, result.output + result.stderr
    report: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return report


def refused(*words: str | Path) -> str:
    result = typed(*words)
    assert result.exit_code == 1, result.output
    return result.stderr.replace("\n", " ")


@pytest.fixture
def place(world: Installation, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Where nothing is yet."""
    with another_place(tmp_path) as variables:
        yield variables


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "copies.tar"


@pytest.fixture
def pool(world: Installation) -> uuid.UUID:
    """A pool that the hiring manager tracks."""
    world.skills("Java", "Go")
    pool = world.pool("Java", {"tags": {"any": ["Java"]}})
    world.settle()
    world.track(pool)
    return pool


def test_a_restored_product_is_what_it_was_and_rings_no_bell_again(
    world: Installation, pool: uuid.UUID, place: dict[str, str], file: Path
) -> None:
    person, other = world.candidate("Jana Tesařová", ["Java"], cv_text="Kovářka."), world.candidate("Eva", ["Go"])
    world.settle()
    deleted = world.candidate("Gone", ["Java"])
    world.recruiter.delete(f"/v1/candidates/{deleted}")
    waiting = world.candidate("Waiting", ["Java"])
    bell = world.bell()
    made = done("backup", file)
    assert made["rows"]["candidates"] == 4
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    with being_in(place):
        report = done("restore", file, "--no-erased")
        assert (report["candidates"], report["pools"]) == (3, 1)
        assert check().drift == 0, "at once, before any worker"
        assert world.found({"tags": {"any": ["Java"]}}) == {person, waiting}
        assert world.found({"text": "kovarka"}) == {person}
        assert world.members(pool) == {person}, "not who was not matched yet"
        assert world.bell() == bell
        world.settle()
        assert check().drift == 0
        assert world.members(pool) == {person, waiting}
        assert world.bell() == bell
        new = world.candidate("New", ["Java"])
        world.settle()
        assert next(notice["candidate"]["id"] for notice in world.bell()) == str(new)
        assert world.found({}) == {person, other, waiting, new}


def test_whoever_was_acknowledged_before_a_backup_began_is_in_it_however_many_are_written_meanwhile(
    world: Installation, pool: uuid.UUID, place: dict[str, str], file: Path
) -> None:
    acknowledged: list[uuid.UUID] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            acknowledged.append(world.candidate(f"Person {len(acknowledged)}", ["Java"]))

    def work() -> None:
        while not stop.is_set():
            world.work()

    with ThreadPoolExecutor(3) as writing:
        try:
            load = [writing.submit(each) for each in (write, write, work)]
            assert wait_until(lambda: len(acknowledged) >= 20, timeout_s=60)
            before = set(acknowledged)
            done("backup", file)
            assert wait_until(lambda: len(acknowledged) > len(before), timeout_s=60), "others went on writing"
        finally:
            stop.set()
        for each in load:
            each.result()
    with being_in(place):
        done("restore", file, "--no-erased")
        world.settle()
        assert check().drift == 0
        with database().connect() as connection:
            members = set(connection.execute(text("SELECT id FROM candidates")).scalars())
        assert before <= members
        assert members <= set(acknowledged)
        assert scalar("SELECT count(*) FROM matches WHERE left_at IS NULL") == len(members)


def test_whoever_was_erased_after_the_backup_stays_erased_wherever_it_is_restored(
    world: Installation, pool: uuid.UUID, place: dict[str, str], file: Path, tmp_path: Path
) -> None:
    person, stays = world.candidate("Jana Zmizelá", ["Java"]), world.candidate("Eva", ["Java"])
    world.settle()
    done("backup", file)
    assert world.recruiter.delete(f"/v1/candidates/{person}").status_code == 204
    world.settle()
    copy = shutil.copy(settings().erasure_file, tmp_path / "a copy of the list")
    with being_in(place):
        told = refused("restore", file)
        assert "--erased FILE" in told
        assert done("restore", file, "--erased", Path(copy))["erased_again"] == 1
        _assert_gone(world, person, stays)
        assert person in {each.candidate for each in erasure_list.read(settings().erasure_file)}, "for the next restore"
    # In its own place the database knows it, even if the file is lost.
    settings().erasure_file.unlink()
    assert done("restore", file, "--replace")["erased_again"] == 1
    _assert_gone(world, person, stays)
    assert person in {each.candidate for each in erasure_list.read(settings().erasure_file)}


def test_a_backup_after_an_erasure_holds_nothing_of_the_person(world: Installation, file: Path, tmp_path: Path) -> None:
    person = world.candidate("Jana Zmizelá", email="zmizela@example.com", cv_text="zmizelá")
    world.settle()
    done("backup", file)
    assert "Zmizelá" in _as_text(file), "as long as she is there"
    assert world.recruiter.delete(f"/v1/candidates/{person}").status_code == 204
    world.settle()
    later = tmp_path / "later.tar"

    done("backup", later)

    text_ = _as_text(later).lower()
    assert str(person) in text_, "that somebody of this id was erased"
    assert not [name for name in ("zmizel", "jana") if name in text_]


def _as_text(file: Path) -> str:
    """Everything in the backup: the manifest, and the dump as the statements that it stands for."""
    with tarfile.open(file) as tar:
        dump = file.with_suffix(".dump")
        dump.write_bytes(tar.extractfile(archive.DUMP).read())  # type: ignore[union-attr]
        manifest = tar.extractfile(archive.MANIFEST).read().decode()  # type: ignore[union-attr]
    restore = programs.find("pg_restore", json.loads(manifest)["contents"]["pg_dump"])
    said = subprocess.run([restore.path, "--file=-", str(dump)], capture_output=True, text=True, check=True)
    return manifest + said.stdout


def _assert_gone(world: Installation, person: uuid.UUID, stays: uuid.UUID) -> None:
    world.settle()
    assert world.recruiter.get(f"/v1/candidates/{person}").status_code == 404
    assert world.found({"tags": {"any": ["Java"]}}) == {stays}
    assert world.found({"text": "Zmizelá"}) == set()
    assert scalar("SELECT count(*) FROM candidates c WHERE position('Zmizel' IN c::text) > 0") == 0
    # A batch that a worker of the old place had in hand.
    index = serving(engine(), settings().index_prefix).candidates
    late = {"id": str(person), "version": 1, "state": "live", "name": "Jana Zmizelá"}
    assert bulk_index(engine(), [index], [Document(str(person), 1, json.dumps(late).encode())]).stale == [str(person)]
    assert check().drift == 0


def test_who_lost_their_rights_since_the_backup_does_not_get_them_back_in_the_same_place(
    world: Installation, file: Path
) -> None:
    _, lost = world.add_user(Role.RECRUITER, "lost@example.com")
    user, left = world.add_user(Role.RECRUITER, "left@example.com")
    scalar(
        "INSERT INTO sessions (id, user_id, digest, signed_in_by, client, network, expires_at)"
        " VALUES (gen_random_uuid(), :user, 'x', 'password', '', '', now() + interval '1 day') RETURNING id",
        user=user,
    )
    done("backup", file)
    token = lost.get("/v1/me/tokens").json()[0]["id"]
    assert lost.delete(f"/v1/me/tokens/{token}").status_code == 204
    assert world.administrator.patch(f"/v1/users/{user}", json={"active": False}).status_code == 200
    report = done("restore", file, "--replace")
    assert report["sessions_ended"] == 1
    assert lost.get("/v1/me").status_code == left.get("/v1/me").status_code == 401
    assert world.recruiter.get("/v1/me").status_code == 200
    assert done("restore", file, "--replace", "--end-tokens")["tokens"] == 0
    assert world.recruiter.get("/v1/me").status_code == 401


@pytest.mark.long
def test_numbers_of_a_bell_never_go_back(world: Installation, pool: uuid.UUID, file: Path) -> None:
    world.candidate("Jana", ["Java"])
    world.settle()
    done("backup", file)
    for number in range(3):
        world.candidate(f"Later {number}", ["Java"])
        world.settle()
    seqs = "SELECT bell_seq FROM users WHERE id = :id"
    manager = world.id_of(Role.HIRING_MANAGER)
    before = scalar(seqs, id=manager)
    for _ in range(2):
        done("restore", file, "--replace")
        after = scalar(seqs, id=manager)
        assert after > before
        assert after < 2**53, "a number that a browser can hold"
        before = after


Damage = Callable[[Path], None]


def _flip(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(5_000)
        byte = opened.read(1)
        opened.seek(5_000)
        opened.write(bytes([byte[0] ^ 1]))


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _end_missing(file: Path) -> None:
    found = archive.read(file)
    os.truncate(file, found.offset + found.manifest.size)


def _foreign(file: Path) -> None:
    file.write_bytes(b"PGDMP" + os.urandom(10_000))


def _other_tar(file: Path) -> None:
    file.unlink()
    with tarfile.open(file, "w") as tar:
        tar.add(__file__, "database.dump")
        tar.add(__file__, "manifest.json")


def _edited(**changes: Any) -> Damage:
    def edit(file: Path) -> None:
        found = archive.read(file)
        contents = found.manifest.contents
        new = archive.Contents(**{**{name: getattr(contents, name) for name in contents.__slots__}, **changes})
        archive.write(file, new, list(found.dump()), replace=True)

    return edit


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_flip, "is damaged"),
        (_cut, "is no backup of Micropools, or its end is missing"),
        (_end_missing, "is no backup of Micropools, or its end is missing"),
        (_foreign, "is no backup of Micropools"),
        (_other_tar, "is no backup of Micropools"),
        (Path.unlink, "There is no file"),
        (_edited(migration="9999", version="7.0"), "was made by Micropools 7.0 (migration 9999), which is newer"),
        (_edited(rows={"candidates": 12}), "does not hold what it says it holds"),
        (_edited(pg_dump=99), "pg_restore of PostgreSQL 99 or newer is needed"),
    ],
)
def test_a_backup_that_is_not_one_is_refused_and_nothing_is_touched(
    world: Installation, file: Path, damage: Damage, sentence: str
) -> None:
    person = world.candidate("Jana")
    world.settle()
    done("backup", file)
    damage(file)
    assert sentence in refused("restore", file, "--replace")
    assert world.found({}) == {person}
    assert check().drift == 0
    prepare()


def test_data_is_not_replaced_unless_that_is_said_nor_under_a_running_product(world: Installation, file: Path) -> None:
    world.candidate("Jana")
    done("backup", file)
    assert "Give --replace" in refused("restore", file)
    with psycopg.connect(settings().database_url, application_name="micropools"):
        assert "is running on this database (1 connections)" in refused("restore", file, "--replace")
    assert "exists" in refused("backup", file)
    done("backup", file, "--replace")
    assert "There is no directory" in refused("backup", file.parent / "nowhere" / "file")
    assert list(file.parent.glob(".*")) == [], "no draft is left"


def test_a_program_that_is_too_old_or_missing_is_told_with_what_to_do(
    world: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 12.1'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert programs.find("pg_dump", 12).path == str(old)
    assert programs.find("pg_dump", 18).path != str(old), "another one that is new enough"
    with pytest.raises(Exception, match=r"pg_dump of PostgreSQL 99 or newer is needed \(.*is of PostgreSQL 12"):
        programs.find("pg_dump", 99)


def test_an_older_backup_is_brought_to_this_products_tables(
    world: Installation, place: dict[str, str], file: Path
) -> None:
    person = world.candidate("Jana")
    world.settle()
    with being_in(place):
        config = migrate._config()
        with database().connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "0009")
            connection.commit()
        scalar("INSERT INTO candidates (id, name) VALUES (:id, 'Old') RETURNING id", id=person)
        scalar("INSERT INTO candidate_progress (candidate_id, matched_version) VALUES (:id, 1) RETURNING 1", id=person)
        done("backup", file)
    done("restore", file, "--replace", "--no-erased")
    assert migrate.differences() == []
    assert scalar("SELECT name FROM candidates") == "Old"
    assert check().drift == 0


def killed(*_: object) -> NoReturn:
    raise CutOff


def test_a_restore_that_was_cut_off_keeps_the_product_from_starting_until_it_is_undone_or_repeated(
    world: Installation, place: dict[str, str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = world.candidate("Jana")
    world.settle()
    done("backup", file)
    with being_in(place):
        done("restore", file, "--no-erased")
        later = world.candidate("Later")
        world.settle()
        copying.set_aside()
        with pytest.raises(Conflict, match="A restore of this database was cut off"):
            prepare()
        assert "was cut off" in refused("backup", file, "--replace")
        with monkeypatch.context() as patch:
            patch.setattr("cli.restore.rebuild", killed)
            with pytest.raises(CutOff):
                typed("restore", "--undo")
        with pytest.raises(Conflict, match="A restore of this database was cut off"):
            prepare()
        undone = typed("restore", "--undo")
        assert undone.exit_code == 0, undone.stderr
        assert world.found({}) == {person, later}
        assert check().drift == 0
        assert "nothing to put back" in refused("restore", "--undo")

        copying.set_aside()
        done("restore", file)
        prepare()
        assert world.found({}) == {person}
        assert scalar("SELECT to_regnamespace('before_restore')") is None
