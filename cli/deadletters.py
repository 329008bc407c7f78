"""`micropools deadletters`: what was set aside after too many attempts, and why; tried again if asked."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.console import fail, print_json, use_product
from core.settings import settings
from records import outbox
from records.database import session

PAGE = 200


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(deadletters)


def deadletters(
    ids: Annotated[list[uuid.UUID] | None, typer.Argument(help="Only these people and pools")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Give them a fresh start (all, where none is named)")] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line")] = False,
) -> None:
    """People and pools whose changes failed ten times. Exit status 4 when there are any and they were left."""
    use_product((home or settings().home).expanduser().resolve())
    wanted = set(ids or ())
    found = [letter for letter in _all() if not wanted or letter.id in wanted]
    if missing := wanted - {letter.id for letter in found}:
        raise fail(f"Nothing is set aside of {', '.join(sorted(map(str, missing)))}.")
    if retry:
        with session() as db:
            retried = outbox.revive(db, list(wanted) or None)
            db.commit()
        if as_json:
            print_json({"retried": retried})
        else:
            typer.echo(f"{retried} tried again; the workers take them within a second.")
        return
    if as_json:
        for letter in found:
            print_json(
                {name: value if isinstance(value, int) else str(value) for name, value in asdict(letter).items()}
            )
    elif not found:
        typer.echo("Nothing was set aside.")
    else:
        table = Table("id", "kind", "attempts", "since", "error")
        for letter in found:
            since = letter.since.isoformat(" ", "seconds")
            table.add_row(str(letter.id), letter.kind, str(letter.attempts), since, letter.error)
        Console().print(table)
        typer.echo("After mending the cause: micropools deadletters --retry")
    if found:
        raise typer.Exit(4)


def _all() -> Iterator[outbox.DeadLetter]:
    after = uuid.UUID(int=0)
    while True:
        with session() as db:
            page = outbox.dead_letters(db, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
