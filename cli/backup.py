"""`micropools backup`: the database in one file, as of one moment, while everybody goes on working."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.console import err, fail, print_json
from cli.services import database_of
from core.errors import MicropoolsError
from core.settings import settings
from records import copying


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backup)


def backup(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Where to write it; readable by you alone")],
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite the file, once the new one is whole")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Back up PostgreSQL, the only truth; indexes are made anew by a restore. Copy the erasure list beside it."""
    place = (home or settings().home).expanduser().resolve()
    try:
        with database_of(place), byte_bar() as bar:
            task = bar.add_task("database", total=None)
            progress = copying.Progress(
                total=lambda size: bar.update(task, total=size), done=lambda done: bar.update(task, completed=done)
            )
            manifest = copying.backup(file, progress, replace=replace)
            list_file = settings().erasure_file
    except MicropoolsError as error:
        raise fail(error.detail) from error
    except OSError as error:
        raise fail(f"{file} cannot be written: {error.strerror}.") from error
    if as_json:
        print_json({"file": str(file), "size": manifest.size, "sha256": manifest.sha256} | asdict(manifest.contents))
    else:
        typer.echo(f"{file}: {manifest.contents.rows['candidates']} candidates, {manifest.size / 1e6:.1f} MB.")
        typer.echo(f"It is to be restored with the newest erasure list; keep a copy of {list_file} elsewhere, too.")


def byte_bar() -> Progress:
    """A bar of bytes, with time so far and time left, on standard error."""
    return Progress(
        *(TextColumn("{task.description:<22}"), BarColumn(), DownloadColumn()),
        *(TimeElapsedColumn(), TimeRemainingColumn()),
        console=err,
    )
