"""What the commands have in common: the product they speak to, its API, progress bars."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from core.settings import settings
from embedded.running import find
from records import outbox
from records.database import session

err = Console(stderr=True)

# A registration of thousands of pools on a small machine; past this something is wrong.
SETTLE_S = 1_800


class Refused(typer.Exit):
    """The command cannot go on; the sentence has been printed."""


def fail(sentence: str) -> Refused:
    """Print a sentence to standard error and end with status 1."""
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    return Refused(1)


def use_product(home: Path) -> str:
    """Point this process at the product running in `home`, or at the services named in the environment.

    Returns the API's address.
    """
    product = find(home)
    if product is not None:
        os.environ.update(product.urls.environment(), MICROPOOLS_HOME=str(home))
        settings.cache_clear()
        return product.address
    if not all((settings().database_url, settings().redis_url, settings().opensearch_url)):
        raise fail(f"Nothing runs in {home}, and no services are named. Start it with: micropools up --detach")
    return f"http://{settings().host}:{settings().port}"


class Api:
    """The API as one user."""

    def __init__(self, address: str, token: str) -> None:
        self.http = httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=120)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The parsed answer; a refusal ends the command with the sentence of the API."""
        try:
            answer = self.http.request(method, path, json=body)
        except httpx2.TransportError as error:
            raise fail(f"The API at {self.http.base_url} does not answer: {error}") from error
        if answer.status_code >= 400:
            problem = answer.json()
            places = "".join(f"\n  {p['place']}: {p['message']}" for p in problem.get("problems", [])[:5])
            raise fail(f"{method} {path}: {problem['detail']}{places}")
        return answer.json() if answer.content else None


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """A bar with numbers, time so far and time left, on standard error."""
    columns = (TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=err) as bar:
        yield bar


def watch_backlog(bar: Progress, description: str, kind: str, total: int) -> None:
    """Show how the outbox empties until nothing of this kind waits."""
    task = bar.add_task(description, total=total)
    deadline = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline:
        with session() as db:
            waiting = next((row.waiting for row in outbox.backlog(db) if row.kind == kind), 0)
        bar.update(task, completed=max(0, total - waiting))
        if not waiting:
            return
        time.sleep(0.25)
    raise fail(f"{description}: not done after {SETTLE_S // 60} minutes. See the worker's log.")


def print_json(value: Any) -> None:
    """One JSON value on one line of standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))
