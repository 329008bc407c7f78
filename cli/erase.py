"""`micropools erase`: people who ask to be forgotten, what is left of them on disk, and the erasure list."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.console import err, fail, print_json, use_product
from core import erasure_list
from core.errors import NotFound
from core.settings import settings
from indexer.clearing import clear
from intake.erasing import list_erased
from records.database import Session, session
from records.models import Candidate
from records.repositories import candidates, erasures

# For whoever waits at a terminal; the schedule has its own patience.
MERGE_S = 3_600.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(erase)


def erase(  # noqa: PLR0913, PLR0917 - one option per thing that can be asked
    who: Annotated[list[str] | None, typer.Argument(metavar="[ID|EMAIL]...", help="Whom to erase")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False,
    expunge: Annotated[bool, typer.Option("--expunge", help="Clear index and tables of what the erased left")] = False,
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="The same, and write the tables anew; each is locked meanwhile")
    ] = False,
    look_for: Annotated[
        str, typer.Option("--look-for", metavar="TEXT", help="Say which tables still hold a text, such as a name")
    ] = "",
    write_list: Annotated[
        Path | None, typer.Option("--write-list", dir_okay=False, help="Write everybody who was erased to this file")
    ] = None,
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Erase people for good, by id or address. Without any: say how far erasing has come. Nobody is told."""
    use_product((home or settings().home).expanduser().resolve())
    erased = _erase(who or [], ask=not yes)
    list_erased()
    cleared = clear(rewrite=rewrite, merge_s=MERGE_S) if expunge or rewrite else None
    with session() as db:
        standing = erasures.standing(db)
        if write_list:
            erasure_list.append(write_list, erasures.everyone(db))
    found = erasures.mentions(look_for) if look_for else []
    if as_json:
        counts = {name: count for name, count in asdict(standing).items() if name != "due"}
        print_json(counts | {"now_erased": [str(each) for each in erased], "mentions": dict(found)})
    else:
        if erased:
            typer.echo(f"Erased: {len(erased)}. No search, page or bell shows them from now on.")
        if cleared is not None and cleared.people:
            typer.echo(f"Index and tables are cleared of {cleared.people} people.")
        _show_standing(standing)
        _show_mentions(look_for, found)
    if cleared is not None and cleared.unfinished:
        raise fail(
            f"The engine was not done in {', '.join(cleared.unfinished)}; it goes on by itself. Ask again later."
        )
    if cleared is not None and cleared.waiting:
        raise fail(
            f"{cleared.waiting} deletions are on their way to the index, or being cleared; ask again in a moment."
        )


def _erase(who: list[str], *, ask: bool) -> list[uuid.UUID]:
    if not who:
        return []
    with session() as db:
        people = [person for each in who for person in _meant(db, each)]
        if ask:
            for person in people:
                err.print(f"  {person.id}  {person.name}  {person.email or ''}", highlight=False)
            typer.confirm(f"Erase {len(people)} for good? It cannot be undone.", abort=True, err=True)
        ids = list(dict.fromkeys(person.id for person in people))
        for each in ids:
            candidates.delete(db, each, actor=None)
        db.commit()
    return ids


def _meant(db: Session, who: str) -> list[Candidate]:
    try:
        found = [candidates.get(db, uuid.UUID(who))] if "@" not in who else candidates.by_email(db, who)
    except (NotFound, ValueError):
        found = []
    if not found:
        raise fail(f"There is nobody with the id or address {who}. Nobody was erased.")
    return found


def _show_standing(standing: erasures.Standing) -> None:
    typer.echo(f"{standing.erased} were erased in all; the list is {settings().erasure_file}.")
    if standing.unlisted:
        typer.echo(f"{standing.unlisted} of them could not be written to the list. Can that file be written?")
    if standing.uncleared:
        typer.echo(f"Traces of {standing.uncleared} may be on disk; they are cleared by schedule, or with --expunge.")


def _show_mentions(wanted: str, found: list[tuple[str, int]]) -> None:
    if not wanted:
        return
    if not found:
        typer.echo("No table holds that text.")
        return
    table = Table("rows", "table")
    for name, count in found:
        table.add_row(str(count), name)
    Console().print(table)
