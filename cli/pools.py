"""`micropools pools`: list them, bring them in from a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.accounts import sample_logins
from cli.console import Api, fail, print_json, progress_bar, use_product, watch_backlog
from cli.loading import json_object, load_pools
from core.settings import settings
from records.models import Role

commands = typer.Typer(no_args_is_help=True, help="List pools, or bring them in from a file.")

LIKE = '{"name": "Java", "criteria": {"tags": {"any": ["Java"]}}}'

Home = Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")]
Token = Annotated[str, typer.Option(envvar="MICROPOOLS_TOKEN", help="Else the sample administrator's")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per line")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(commands, name="pools")


@commands.command(name="list")
def list_pools(home: Home = None, token: Token = "", as_json: AsJson = False) -> None:
    """All pools with how many people are in them, the largest first."""
    with _api(home, token) as api:
        rows = sorted(_all(api), key=lambda pool: -pool["people"])
    if as_json:
        for row in rows:
            print_json(row)
        return
    table = Table("people", "state", "pool")
    for row in rows:
        table.add_row(str(row["people"]), row["state"], row["name"])
    Console().print(
        table if rows else "There are no pools yet; make one with POST /v1/pools or `micropools pools import`."
    )


@commands.command(name="import")
def import_pools(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help='JSON lines: {"name": …, "criteria": …}')],
    home: Home = None,
    token: Token = "",
    as_json: AsJson = False,
) -> None:
    """Make the pools of a file; skills that are not known yet are added."""
    rows = [
        json_object(line, file, at, LIKE)
        for at, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if line.strip()
    ]
    if not rows:
        raise fail(f"{file} holds no rows.")
    with _api(home, token) as api, progress_bar() as bar:
        ids = load_pools(api, bar, rows, len(rows))
        watch_backlog(bar, "pools registered", "pool", len(ids))
    if as_json:
        print_json({"rows": len(rows), "made": len(ids), "left_out": len(rows) - len(ids)})
    else:
        typer.echo(f"{len(ids)} of {len(rows)} pools were made.")


def _api(home: Path | None, token: str) -> Api:
    place = (home or settings().home).expanduser().resolve()
    address = use_product(place)
    return Api(address, token or sample_logins(place)[Role.ADMINISTRATOR].token)


def _all(api: Api) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = api.call("GET", f"/v1/pools?limit=200{f'&cursor={cursor}' if cursor else ''}")
        yield from page["items"]
        cursor = page.get("next")
