"""Copying the database out to a file and back in, with what was there set aside until the new one is whole.

Back in goes a database in steps, and a step that was cut off is begun again:

  1. what is there is set aside under another name (schema `before_restore`)  -> nothing is lost whatever happens next
  2. the dump is loaded in one transaction, and migrated                      -> all of it, or nothing
  3. what must not come back with it is taken out (`settle`), the index rebuilt
  4. what was set aside is removed                                            -> the restore is done

While anything is set aside the product does not start (`refuse_unfinished`). Nor does it after that was put back,
until the indexes, which may be of the other database by then, are rebuilt: an empty schema (`rebuild_due`) says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from core.errors import Conflict, Unusable
from records import archive, migrate, programs
from records.archive import Archive, Contents, Manifest
from records.database import database, forget_connections, statement

ASIDE = "before_restore"
REBUILD_DUE = "rebuild_due"

_SIZES = text(
    "SELECT c.relname, pg_table_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname"
)
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND application_name = 'micropools'"
)
_IS_ASIDE = text(f"SELECT to_regnamespace('{ASIDE}') IS NOT NULL")
_IS_REBUILD_DUE = text(f"SELECT to_regnamespace('{REBUILD_DUE}') IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Progress:
    """How a copy tells how far it is: bytes done, of the total it was told first."""

    total: Callable[[int], None]
    done: Callable[[int], None]


def backup(path: Path, progress: Progress, *, replace: bool = False) -> Manifest:
    """Copy the database as of this moment into a file; others go on writing meanwhile.

    Raises:
        Unusable: a program or a directory is missing, or the program fails.
        Conflict: the file exists, or a restore of this database was cut off.
    """
    refuse_unfinished()
    programs.directory_of(path)
    with _snapshot() as (run, snapshot):
        program = programs.find("pg_dump", _server_version(run))
        sizes = {name: int(size) for name, size in run.execute(_SIZES)}
        progress.total(sum(sizes.values()))
        rows = {name: int(run.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in sizes}
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        contents = Contents(_product_version(), migrate.current(), program.version, made_at, rows)
        begun: list[str] = []

        def on_table(name: str) -> None:
            progress.done(sum(sizes.get(each, 0) for each in begun))
            begun.append(name)

        manifest = archive.write(path, contents, programs.dump(program, snapshot, ASIDE, on_table), replace=replace)
        progress.done(sum(sizes.values()))
    return manifest


def accept(path: Path) -> Archive:
    """A backup that this code can restore.

    Raises:
        Unusable: it is none, or comes from a newer product.
    """
    found = archive.read(path)
    contents = found.manifest.contents
    if not migrate.knows(contents.migration):
        raise Unusable(
            f"{path} was made by Micropools {contents.version} (migration {contents.migration}), which is newer than "
            "this one. Install that version, or a newer one, and restore again."
        )
    return found


def has_data() -> bool:
    """Whether somebody's data is in this database."""
    with statement() as run:
        if not run.scalar(text("SELECT to_regclass('public.users')")):
            return False
        return bool(run.scalar(text("SELECT EXISTS (SELECT FROM users) OR EXISTS (SELECT FROM public.candidates)")))


def is_aside() -> bool:
    """Whether what was there before a restore is set aside."""
    with statement() as run:
        return bool(run.scalar(_IS_ASIDE))


def is_unfinished() -> bool:
    """Whether a restore, or the undoing of one, was begun and not finished."""
    with statement() as run:
        return bool(run.scalar(_IS_ASIDE) or run.scalar(_IS_REBUILD_DUE))


def refuse_unfinished() -> None:
    """Conflict where a restore was begun and not finished: what is in the database now is nobody's truth."""
    if is_unfinished():
        raise Conflict(
            "A restore of this database was cut off. Repeat it (micropools restore FILE --replace), or put back what "
            "was there before it (micropools restore --undo)."
        )


def refuse_running() -> None:
    """Conflict while a process of the product is connected to this database."""
    forget_connections()
    with statement() as run:
        others = int(run.scalar(_OTHERS) or 0)
    if others:
        raise Conflict(
            f"Micropools is running on this database ({others} connections). Stop every API, worker and beat first."
        )


def set_aside() -> None:
    """Make room: what is there gets another name, unless an earlier try that was cut off has done so already."""
    forget_connections()
    with database().begin() as run:
        if run.scalar(_IS_ASIDE):
            run.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        else:
            run.execute(text(f"ALTER SCHEMA public RENAME TO {ASIDE}"))
        run.execute(text("CREATE SCHEMA public"))


def load(found: Archive, progress: Progress) -> None:
    """Load the dump, see that it holds what it says, and migrate it. What was set aside stays where it is.

    Raises:
        Unusable: it does not; the database is then as it was made by `set_aside`, or is to be put back.
    """
    contents = found.manifest.contents
    program = programs.find("pg_restore", contents.pg_dump)
    progress.total(found.manifest.size)

    def told() -> Iterator[bytes]:
        done = 0
        for piece in found.dump():
            yield piece
            done += len(piece)
            progress.done(done)

    programs.load(program, told())
    forget_connections()
    with statement() as run:
        names = [name for name, _ in run.execute(_SIZES)]
        rows = {name: int(run.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}
    said = contents.rows
    differing = sorted(name for name in rows.keys() | said.keys() if rows.get(name) != said.get(name))
    if differing:
        raise Unusable(f"{found.path} does not hold what it says it holds, in {', '.join(differing)}.")
    migrate.upgrade()
    with statement() as run:
        run.execute(text("ANALYZE"))


def put_back() -> None:
    """Undo `set_aside` and all that came after it; the caller rebuilds the indexes where they may have followed.

    Until then, which is said by `finish`, the product does not start; what was cut off here can be begun again.

    Raises:
        Conflict: nothing was set aside.
    """
    forget_connections()
    with database().begin() as run:
        if not run.scalar(_IS_ASIDE):
            if run.scalar(_IS_REBUILD_DUE):
                return
            raise Conflict("No restore was begun here that was not finished, so there is nothing to put back.")
        run.execute(text("DROP SCHEMA IF EXISTS public CASCADE"))
        run.execute(text(f"ALTER SCHEMA {ASIDE} RENAME TO public"))
        run.execute(text(f"CREATE SCHEMA IF NOT EXISTS {REBUILD_DUE}"))
    forget_connections()


def finish() -> None:
    """Remove what was set aside: the restore is done, or undone, and the indexes are those of this database."""
    with database().begin() as run:
        run.execute(text(f"DROP SCHEMA IF EXISTS {REBUILD_DUE}"))
        run.execute(text(f"DROP SCHEMA IF EXISTS {ASIDE} CASCADE"))


def tables_aside(run: Connection) -> dict[str, set[str]]:
    """The tables that were set aside, with their columns: they may be of an older or a newer product."""
    query = text("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = :aside")
    found: dict[str, set[str]] = {}
    for table, column in run.execute(query, {"aside": ASIDE}):
        found.setdefault(table, set()).add(column)
    return found


@contextmanager
def _snapshot() -> Iterator[tuple[Connection, str]]:
    """A connection that reads as of one moment, and the name under which pg_dump reads as of the same."""
    reading: Any = database().connect().execution_options(isolation_level="REPEATABLE READ")
    with reading as run, run.begin():
        run.execute(text("SET TRANSACTION READ ONLY"))
        yield run, str(run.scalar(text("SELECT pg_export_snapshot()")))


def _server_version(run: Connection) -> int:
    return int(run.scalar(text("SHOW server_version_num")) or 0) // 10_000


def _product_version() -> str:
    try:
        return version("micropools")
    except PackageNotFoundError:
        return "unknown"
