"""`micropools restore`: a backup becomes the database, without whoever was erased since, and the indexes follow it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from cli.backup import byte_bar
from cli.console import fail, print_json, progress_bar
from cli.services import stopped_product
from core import erasure_list
from core.erasure_list import Erased
from core.errors import MicropoolsError, Unusable
from core.settings import settings
from indexer.rebuild import rebuild
from intake.erasing import complete_list, erase_again, list_erased
from records import archive, copying
from records.archive import Archive
from records.database import session
from records.repositories import erasures, figures, restored
from records.repositories.restored import Rights


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(restore)


@dataclass(frozen=True, slots=True)
class Restored:
    """What there is after a restore."""

    candidates: int
    pools: int
    erased_again: int
    rights: Rights


def restore(  # noqa: PLR0913, PLR0917 - one option per thing that can be asked
    file: Annotated[Path | None, typer.Argument(dir_okay=False, help="A file that `micropools backup` wrote")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the data that is there")] = False,
    erased: Annotated[
        list[Path] | None, typer.Option("--erased", dir_okay=False, help="A copy of the erasure list; may be repeated")
    ] = None,
    no_erased: Annotated[
        bool, typer.Option("--no-erased", help="There is no erasure list: nobody was erased since the backup")
    ] = False,
    end_tokens: Annotated[bool, typer.Option("--end-tokens", help="End every API token")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Put back what was there before a restore cut off")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Restore a backup while the product is stopped. Sessions end, no bell rings; cut off, it can be repeated."""
    place = (home or settings().home).expanduser().resolve()
    list_file = settings().erasure_list or place / "erased.txt"
    if (file is None) != undo:
        raise fail("Give the file to restore, or --undo.")
    try:
        # Before anything is started: most of what can be wrong is wrong with the file.
        found = copying.accept(file) if file else None
        with stopped_product(place):
            copying.refuse_running()
            if found is None:
                copying.put_back()
                _rebuild()
                copying.finish()
                typer.echo("What was there before is back.")
                return
            if copying.has_data() and not copying.is_aside() and not replace:
                raise fail("There is data in this database. Give --replace to put the backup in its place.")
            listed = _listed(list_file, erased or [], none_is_fine=no_erased)
            report = _restore(found, listed, end_tokens=end_tokens)
    except MicropoolsError as error:
        raise fail(error.detail) from error
    except OSError as error:
        raise fail(f"{error.filename or list_file} cannot be read or written: {error.strerror}.") from error
    _tell(report, as_json=as_json)


def _listed(list_file: Path, given: list[Path], *, none_is_fine: bool) -> list[Erased]:
    """Everybody who is known to have been erased, from files and from the database that is replaced."""
    files = [*given, *([list_file] if list_file.exists() else [])]
    before = restored.erased_before()
    if not files and before is None and not none_is_fine:
        raise Unusable(
            f"There is no erasure list, neither {list_file} nor in a database that was here. Whoever was erased after "
            "the backup was made would be back: give a copy of the list with --erased FILE, or say --no-erased."
        )
    missing = [path for path in given if not path.exists()]
    if missing:
        raise Unusable(f"There is no file {missing[0]}.")
    return [*(before or []), *(each for path in files for each in erasure_list.read(path))]


def _restore(found: Archive, listed: list[Erased], *, end_tokens: bool) -> Restored:
    with byte_bar() as bar:
        checking = bar.add_task("backup checked", total=found.manifest.size)
        archive.verify(found, lambda done: bar.update(checking, completed=done))
    # Who was erased in the database that is replaced is known for good before it is touched.
    complete_list(listed)
    was_cut_off = copying.is_unfinished()
    copying.set_aside()
    try:
        with byte_bar() as bar:
            loading = bar.add_task("database loaded", total=found.manifest.size)
            copying.load(
                found,
                copying.Progress(
                    total=lambda size: bar.update(loading, total=size),
                    done=lambda done: bar.update(loading, completed=done),
                ),
            )
    except Exception:
        copying.put_back()
        if was_cut_off:
            # The earlier try may have come as far as the indexes.
            _rebuild()
        copying.finish()
        raise
    with session() as db:
        rights = restored.settle(db, end_tokens=end_tokens)
        again = erase_again(db, listed)
        db.commit()
        totals = figures.totals(db)
        everyone = erasures.everyone(db)
    _rebuild()
    list_erased()
    complete_list(everyone)
    copying.finish()
    return Restored(totals["candidates"], totals["pools"], again, rights)


def _rebuild() -> None:
    with progress_bar() as bar, session() as db:
        totals = figures.totals(db)
        people = bar.add_task("candidates indexed", total=totals["candidates"])
        pools = bar.add_task("pools stored", total=totals["pools"])
        rebuild(
            lambda done: bar.update(people, completed=done, total=max(done, totals["candidates"])),
            lambda done: bar.update(pools, completed=done),
        )


def _tell(report: Restored, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "candidates": report.candidates,
                "pools": report.pools,
                "erased_again": report.erased_again,
                "sessions_ended": report.rights.sessions,
                "tokens": report.rights.tokens,
            }
        )
        return
    typer.echo(f"Restored: {report.candidates} candidates, {report.pools} pools, and their indexes.")
    if report.erased_again:
        typer.echo(f"{report.erased_again} people who were erased after the backup was made are erased again.")
    typer.echo(f"Everybody has to sign in again ({report.rights.sessions} sessions ended).")
    if report.rights.tokens:
        typer.echo(
            f"{report.rights.tokens} API tokens are good as they were, also any that was revoked since the backup on "
            "another machine. End them all by restoring with --end-tokens, or one by one in the API."
        )
    typer.echo("Start the product with: micropools up")
