"""`micropools`: the commands that run the product. Others stand in files of their own and register here."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import backup, bench, check, deadletters, demo, erase, importing, pools, reindex, restore, users
from cli.console import use_product
from core.errors import Unavailable
from core.settings import settings
from embedded.__main__ import external_services
from embedded.errors import StartError
from embedded.product import Shape
from embedded.running import end, ensure, find, processes, serves
from embedded.supervisor import Supervisor
from indexer.prepare import OUTDATED, reindex_is_due
from records.database import session

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback is for developers; ours are sentences
    help="A talent database in which stored questions are matched against every new or changed candidate.",
)

Home = Annotated[
    Path | None, typer.Option("--home", help="Where everything is kept. MICROPOOLS_HOME, else ./.micropools")
]
Port = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="MICROPOOLS_PORT, else 8000")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on one line")]


@app.command()
def up(
    home: Home = None,
    port: Port = None,
    detach: Annotated[bool, typer.Option("--detach", help="Return once it is ready, and leave it running")] = False,
    api_processes: Annotated[int, typer.Option(min=1, help="API processes")] = Shape.api_processes,
    worker_processes: Annotated[int, typer.Option(min=1, help="Worker processes")] = Shape.worker_processes,
) -> None:
    """Start the services that no URL names, then API, worker and beat."""
    shape = Shape(settings().host, port or settings().port, api_processes, worker_processes)
    if detach:
        product = ensure(home_or_default(home), shape, typer.echo)
        typer.echo(f"Micropools runs at {product.address}. Stop it with: micropools stop")
    else:
        Supervisor(home_or_default(home), shape, external_services(), typer.echo).run()


@app.command()
def stop(home: Home = None) -> None:
    """End everything that runs in the home, also what a killed run left behind."""
    place = home_or_default(home)
    found = end(place)
    typer.echo(f"Stopped: {', '.join(found)}." if found else f"Nothing was running in {place}.")


@app.command()
def status(home: Home = None, as_json: AsJson = False) -> None:
    """Say what runs; exit status 0 when all of it does, 3 when not (as service managers expect)."""
    place = home_or_default(home)
    product = find(place)
    address = product.address if product else ""
    found = processes(place)
    answers = bool(address) and serves(address)
    due = answers and _reindex_is_due(place)
    if as_json:
        free = shutil.disk_usage(place if place.exists() else Path.cwd()).free
        report = {
            "home": str(place),
            "address": address,
            "answers": answers,
            "disk_free_bytes": free,
            "reindex_due": due,
            "processes": [asdict(process) for process in found],
        }
        typer.echo(json.dumps(report))
    elif not found:
        typer.echo(f"Nothing runs in {place}. Start it with: micropools up")
    else:
        for process in found:
            typer.echo(f"{process.name:<12} {'runs' if process.alive else 'ended':<6} pid {process.pid}")
        typer.echo(f"API at {address}: {'answers' if answers else 'does not answer'}" if address else "Not ready yet.")
        if due:
            typer.echo(OUTDATED)
    if not answers or not all(process.alive for process in found):
        raise typer.Exit(3)


def _reindex_is_due(home: Path) -> bool:
    use_product(home)
    try:
        with session() as db:
            return reindex_is_due(db)
    except Unavailable:
        return False


def home_or_default(home: Path | None) -> Path:
    """The home given, else the configured one, as an absolute path."""
    return (home or settings().home).expanduser().resolve()


# One line for each file of commands; each has `register(app)`.
for commands in (backup, bench, check, deadletters, demo, erase, importing, pools, reindex, restore, users):
    commands.register(app)


def main() -> None:
    """The console script: a start that fails ends with its sentence and status 1."""
    try:
        app()
    except StartError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(1) from None
