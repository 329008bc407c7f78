"""Loading people and pools through the API, in batches, with progress."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rich.progress import Progress

from cli.console import Api, err, fail

# A batch is one request and one commit; bodies stay far below the 8 MB the API takes.
PEOPLE_AT_ONCE = 500
POOLS_AT_ONCE = 500


def load_people(
    api: Api, bar: Progress, people: Iterable[Mapping[str, Any]], total: int | None, *, name: str, **more: Any
) -> int:
    """Post people in batches that belong together; returns how many were added. Rows left out are printed."""
    task = bar.add_task("people sent", total=total)
    added = 0
    batch: dict[str, Any] | None = None
    for rows in _batched(people, PEOPLE_AT_ONCE):
        body = {"name": name, "candidates": rows, "batch": batch, **more}
        receipt = api.call("POST", "/v1/candidates/bulk", body)
        batch = {"id": receipt["id"]}
        for problem in receipt["problems"]:
            err.print(f"Left out, row {added + problem['index'] + 1}: {problem['message']}", highlight=False)
        added += receipt["created"]
        bar.advance(task, len(rows))
    return added


def load_pools(api: Api, bar: Progress, pools: Iterable[Mapping[str, Any]], total: int | None) -> list[str]:
    """Post pools in batches, adding skills that are not known yet; returns their ids. Those left out are printed."""
    task = bar.add_task("pools sent", total=total)
    ids: list[str] = []
    for rows in _batched(pools, POOLS_AT_ONCE):
        receipt = api.call("POST", "/v1/pools/bulk", {"pools": rows, "new_tags": True})
        for problem in receipt["problems"]:
            err.print(f"Left out, {rows[problem['index']]['name']}: {problem['message']}", highlight=False)
        ids += [id_ for id_ in receipt["ids"] if id_]
        bar.advance(task, len(rows))
    return ids


def _batched(rows: Iterable[Mapping[str, Any]], size: int) -> Iterator[Sequence[Mapping[str, Any]]]:
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def json_object(line: str, file: Path, number: int, like: str) -> dict[str, Any]:
    """One line of a JSON lines file; anything but an object ends the command with the line and what it should be."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise fail(f"{file}, line {number}: not JSON ({error}). Write one object a line, like {like}") from error
    if not isinstance(row, dict):
        raise fail(f"{file}, line {number}: not an object. Write one a line, like {like}")
    return row
