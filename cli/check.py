"""`micropools check`: is the index what the database says? Finds drift, and repairs it if asked."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.console import fail, print_json, progress_bar, use_product
from core.errors import MicropoolsError
from core.settings import settings
from indexer.check import check as look
from records.database import session
from records.repositories import figures

LABELS = {
    "candidates": "candidates looked at",
    "pools": "pools looked at",
    "missing": "people missing in the index",
    "outdated": "people in the index under an older version",
    "ahead": "people in the index under a newer version than the database has",
    "orphaned": "people in the index whom the database does not know",
    "unmatched": "people not matched at their version",
    "pools_missing": "pools without stored queries",
    "queries_orphaned": "stored queries of no living pool",
    "unextracted": "stored queries that run against everybody",
    "repaired": "set right",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(check)


def check(
    repair: Annotated[bool, typer.Option("--repair", help="Set right what is found (silently: no notices)")] = False,
    share: Annotated[
        bool, typer.Option("--share", help="Only who changed since the last check, and the next piece of the others")
    ] = False,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Compare the database with every live index, candidates and pools. Exit status 4 when drift was found and left."""
    use_product((home or settings().home).expanduser().resolve())
    with progress_bar() as bar:
        with session() as db:
            total = figures.totals(db)["candidates"]
        task = bar.add_task("candidates compared", total=total)
        try:
            report = look(repair=repair, everything=not share, progress=lambda count: bar.update(task, completed=count))
        except MicropoolsError as error:
            raise fail(f"{error.title}: {error.detail}") from error
        bar.update(task, completed=total)
    if as_json:
        print_json(asdict(report) | {"drift": report.drift})
    else:
        table = Table("", "", show_header=False)
        for name, label in LABELS.items():
            table.add_row(str(getattr(report, name)), label)
        Console().print(table)
        for sentence in report.examples:
            Console().print(f"  {sentence}", highlight=False)
        if not report.drift:
            typer.echo("No drift.")
        elif repair:
            typer.echo("Repairs are queued; the worker brings them to the index.")
        else:
            typer.echo("Set it right with: micropools check --repair")
    if report.drift and not repair:
        raise typer.Exit(4)
