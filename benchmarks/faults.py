"""`python -m benchmarks.faults [--json] [--seeds N] [--parts …] [--ways …]`: the crash matrix, counted.

Every part of a product of its own is killed, stopped or kept from its disk during every operation; then everything is
awaited and compared. It runs from a checkout: the machinery is that of the crash tests. Status 1 where anything was
lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

try:
    from tests.crash.matrix import HOWS, PARTS, Trial, cells, play
    from tests.crash.operations import OPERATIONS
    from tests.crash.product import Product
    from tests.crash.stage import Stage
except ModuleNotFoundError as error:
    sys.exit(f"This benchmark runs from a checkout, where the crash tests are ({error}).")


def main() -> None:
    """Strike, compare, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of a table")
    parser.add_argument("--seeds", type=int, default=1, help="how often each cell of the matrix is tried")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--ways", nargs="+", choices=HOWS, default=HOWS)
    parser.add_argument("--operations", nargs="+", choices=list(OPERATIONS), default=list(OPERATIONS))
    given = parser.parse_args()
    wanted = [
        cell
        for cell in cells()
        if cell.part in given.parts and cell.how in given.ways and cell.operation in given.operations
    ]
    err = Console(stderr=True)
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn())
    begun = time.monotonic()
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=err) as bar:
        task = bar.add_task("starting the product", total=len(wanted) * given.seeds)

        def step(trial: Trial) -> None:
            bar.update(task, description=str(trial.cell), advance=1)
            for sentence in (*trial.losses, *trial.duplicates):
                err.print(f"{trial.cell}, seed {trial.seed}: {sentence}", highlight=False, markup=False)

        with Product() as product, Stage(product) as stage:
            matrix = play(stage, wanted, range(given.first, given.first + given.seeds), step)
    report = matrix.report() | {"seconds": round(time.monotonic() - begun, 1)}
    print(json.dumps(report) if given.json else "\n".join(matrix.lines()))
    if report["losses"] or report["duplicates"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
