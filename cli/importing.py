"""`micropools import`: people from a file, through the API, with progress and every left-out row named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from cli.accounts import sample_logins
from cli.console import Api, fail, print_json, progress_bar, use_product, watch_backlog
from cli.loading import json_object, load_people
from core.settings import settings
from records.models import Role

# Columns that hold several values, separated by semicolons.
LISTS = ("tags", "locations")
LIKE = '{"name": "Test Person", "tags": ["Java"]}, or a CSV file with a header'


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="import")(import_people)


def import_people(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON lines or CSV with a header")],
    home: Annotated[Path | None, typer.Option("--home", help="MICROPOOLS_HOME, else ./.micropools")] = None,
    token: Annotated[str, typer.Option(envvar="MICROPOOLS_TOKEN", help="Else the sample administrator's")] = "",
    notices: Annotated[Literal["summary", "silent"], typer.Option(help="One summary per reader, or none")] = "summary",
    new_tags: Annotated[bool, typer.Option("--new-tags", help="Add skills that are not known yet")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
) -> None:
    """Add the people of a file. Fields as POST /v1/candidates; in CSV, tags and locations are separated by `;`."""
    place = (home or settings().home).expanduser().resolve()
    address = use_product(place)
    rows = list(_rows(file))
    if not rows:
        raise fail(f"{file} holds no rows.")
    asking = token or sample_logins(place)[Role.ADMINISTRATOR].token
    with Api(address, asking) as api, progress_bar() as bar:
        added = load_people(api, bar, rows, len(rows), name=file.name, notices=notices, new_tags=new_tags)
        watch_backlog(bar, "people in their pools", "candidate", added)
    if as_json:
        print_json({"rows": len(rows), "added": added, "left_out": len(rows) - added})
    else:
        typer.echo(f"{added} of {len(rows)} people were added.")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        if file.suffix.lower() == ".csv":
            for row in csv.DictReader(text):
                yield _from_csv(row)
        else:
            for number, line in enumerate(text, start=1):
                if line.strip():
                    yield json_object(line, file, number, LIKE)


def _from_csv(row: dict[str, str]) -> dict[str, Any]:
    given = {key: value for key, value in row.items() if key and value}
    person: dict[str, Any] = {key: value for key, value in given.items() if key not in LISTS}
    for key in LISTS:
        if key in given:
            person[key] = [part.strip() for part in given[key].split(";") if part.strip()]
    if "years_experience" in person:
        text = person["years_experience"]
        person["years_experience"] = int(text) if text.isdigit() else text
    return person
