"""`micropools bench`: the figures of the product, each beside what the bare parts can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

bench = typer.Typer(no_args_is_help=True, help="Measure the product on parts of its own; nothing of yours is touched.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(bench, name="bench")


@bench.command()
def match(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Print the bare requests compared with")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A small run: does everything work?")] = False,
) -> None:
    """From POST to bell, imports, percolation beside PostgreSQL, growth to 100,000 pools. A quarter of an hour."""
    _run(
        "benchmarks.match",
        [name for name, on in (("--json", as_json), ("--verbose", verbose), ("--quick", quick)) if on],
    )


@bench.command()
def search(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    people: Annotated[int, typer.Option(min=200, help="How many people in all")] = 200_000,
    seconds: Annotated[float, typer.Option(min=1, help="How long several users search at once")] = 60,
    profiles: Annotated[Path | None, typer.Option(help="Survey rows (.jsonl.gz) instead of those carried")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A small run: does everything work?")] = False,
) -> None:
    """Search beside its bare engine requests, one user and many; growth; relevance. A quarter of an hour."""
    flags = [name for name, on in (("--json", as_json), ("--quick", quick)) if on]
    flags += [] if quick else ["--people", str(people), "--seconds", str(seconds)]
    _run("benchmarks.search", [*flags, *(["--profiles", str(profiles)] if profiles else [])])


@bench.command()
def faults(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    seeds: Annotated[int, typer.Option(min=1, help="How often each part is struck during each operation")] = 1,
) -> None:
    """Every part killed, stopped or out of disk during every operation: what was lost or doubled. In a checkout."""
    _run("benchmarks.faults", [*(["--json"] if as_json else []), "--seeds", str(seeds)])


@bench.command()
def soak(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    minutes: Annotated[float, typer.Option(min=0.5, help="How long after capacity was measured")] = 60,
) -> None:
    """Mixed load at 70% of capacity: memory and latency by the minute, nothing lost. In a checkout."""
    _run("benchmarks.soak", [*(["--json"] if as_json else []), "--minutes", str(minutes)])


@bench.command()
def reindex(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    people: Annotated[int, typer.Option(min=200, help="How many people in all")] = 200_000,
    few: Annotated[int, typer.Option(min=100, help="How many the speed is measured with")] = 20_000,
    seconds: Annotated[float, typer.Option(min=1, help="How long somebody searches before it")] = 90,
    quick: Annotated[bool, typer.Option("--quick", help="A small run: does everything work?")] = False,
) -> None:
    """A reindex beside a bare client, its memory, and what searches suffer from it. Half an hour."""
    flags = [name for name, on in (("--json", as_json), ("--quick", quick)) if on]
    flags += [] if quick else ["--people", str(people), "--few", str(few), "--seconds", str(seconds)]
    _run("benchmarks.reindex", flags)


@bench.command()
def pages(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    people: Annotated[int, typer.Option(min=200, help="How many people in all")] = 200_000,
    quick: Annotated[bool, typer.Option("--quick", help="A small run: does everything work?")] = False,
) -> None:
    """The pages in a real Chromium: facet clicks beside the API, first load, the bell. A quarter of an hour."""
    flags = [name for name, on in (("--json", as_json), ("--quick", quick)) if on]
    _run("benchmarks.pages", [*flags, *([] if quick else ["--people", str(people)])])


@bench.command()
def notices(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on one line")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="A small run: does everything work?")] = False,
) -> None:
    """Messages by e-mail, push and Slack; digests; bells on 500 open pages. In a checkout. Ten minutes."""
    _run("benchmarks.notices", [name for name, on in (("--json", as_json), ("--quick", quick)) if on])


def _run(module: str, flags: list[str]) -> None:
    # A process of its own: the benchmark drives this command line from above and starts from a clean environment.
    done = subprocess.run([sys.executable, "-m", module, *flags], check=False)  # noqa: S603 - our own command
    raise typer.Exit(done.returncode)
