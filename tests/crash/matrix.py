"""Every part struck in every way during every operation, by seeds: what was lost, and what was told or done twice."""

from __future__ import annotations

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal, get_args

import psutil

from tests.crash.operations import OPERATIONS
from tests.crash.product import PREFIX
from tests.crash.stage import Stage
from tests.crash.strikes import Striker, below, command_of

log = logging.getLogger(__name__)

Part = Literal["api", "worker parent", "worker child", "beat", "redis", "opensearch", "postgres"]
PARTS: tuple[Part, ...] = get_args(Part)
# Killed with -9; stopped with SIGSTOP for a while; out of disk for a while (of parts that have one: OpenSearch).
How = Literal["killed", "hanging", "disk full"]
HOWS: tuple[How, ...] = get_args(How)
NAMES = {"worker parent": "worker", "redis": "valkey"}

# From the beginning of the operation: while it is sent, handled, or worked off.
LONGEST_DELAY_S = 0.4
HANGING_S = (0.5, 3.0)

# The words by which the audit says that something is there, or was told, more often than it should be.
MORE = re.compile(r"\d+ times|twice|\d+ notices|\d+ summaries|should not be|tells of no match")


@dataclass(frozen=True)
class Cell:
    """One place of the matrix."""

    part: Part
    how: How
    operation: str

    def __str__(self) -> str:
        return f"{self.part} {self.how} during {self.operation}"


@dataclass(frozen=True)
class Trial:
    """What came of one strike."""

    cell: Cell
    seed: int
    losses: tuple[str, ...]
    duplicates: tuple[str, ...]
    seconds: float


@dataclass
class Matrix:
    """What came of all of them."""

    trials: list[Trial] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """`trials`, `losses` and `duplicates`, in all and `by` part and way and operation."""
        by: dict[str, dict[str, dict[str, int]]] = {}
        for trial in self.trials:
            row = by.setdefault(_row(trial.cell), {})
            numbers = row.setdefault(trial.cell.operation, {"trials": 0, "losses": 0, "duplicates": 0})
            numbers["trials"] += 1
            numbers["losses"] += len(trial.losses)
            numbers["duplicates"] += len(trial.duplicates)
        return {
            "trials": len(self.trials),
            "losses": sum(len(trial.losses) for trial in self.trials),
            "duplicates": sum(len(trial.duplicates) for trial in self.trials),
            "by": by,
            "wrong": [f"{t.cell}, seed {t.seed}: {s}" for t in self.trials for s in (*t.losses, *t.duplicates)],
        }

    def lines(self) -> list[str]:
        """As a table: trials, and after them what was lost and what was doubled, where there was any."""
        by = self.report()["by"]
        columns = [name for name in OPERATIONS if any(name in row for row in by.values())]
        lines = [f"{'trials (lost, doubled)':<28}" + "".join(f"{name:>14}" for name in columns)]
        for name, row in by.items():
            cells = []
            for column in columns:
                numbers = row.get(column)
                text = ""
                if numbers:
                    text = str(numbers["trials"])
                    if numbers["losses"] or numbers["duplicates"]:
                        text += f" ({numbers['losses']}, {numbers['duplicates']})"
                cells.append(f"{text:>14}")
            lines.append(f"{name:<28}" + "".join(cells))
        return lines


def _row(cell: Cell) -> str:
    return cell.part if cell.how == "killed" else f"{cell.part} {cell.how}"


def cells() -> Iterator[Cell]:
    """All of them."""
    for how in HOWS:
        for part in PARTS if how != "disk full" else ("opensearch",):
            for operation in OPERATIONS:
                yield Cell(part, how, operation)


def play(
    stage: Stage, wanted: Iterable[Cell], seeds: Iterable[int], step: Callable[[Trial], None] = lambda _: None
) -> Matrix:
    """Each cell with each seed, one after the other on the same product: what one broke the next one stands on."""
    matrix = Matrix()
    wanted = list(wanted)
    for seed in seeds:
        for cell in wanted:
            trial = try_out(stage, cell, seed)
            matrix.trials.append(trial)
            step(trial)
    return matrix


def try_out(stage: Stage, cell: Cell, seed: int) -> Trial:
    """One strike during one operation; returns after everything has come to rest."""
    begun = time.monotonic()
    draw = Random(f"{cell} {seed}")
    with stage.poster() as poster:
        operation = OPERATIONS[cell.operation](stage, poster, seed)
        operation.prepare()
        with ThreadPoolExecutor(1, "client") as client:
            acted = client.submit(operation.act)
            # A moment drawn at random, not a condition awaited.
            time.sleep(draw.random() * LONGEST_DELAY_S)
            strike(stage, cell, draw, seed)
            acted.result()
        stage.product.await_whole()
        wrong = [] if stage.await_quiet() else [f"{stage.waiting()} rows still wait"]
        wrong += operation.judge()
    counted = Counter(wrong)
    duplicates = tuple(sentence for sentence in counted if MORE.search(sentence))
    losses = tuple(sentence for sentence in counted if not MORE.search(sentence))
    trial = Trial(cell, seed, losses, duplicates, time.monotonic() - begun)
    log.info("%s, seed %d: %.1f s, wrong: %s", cell, seed, trial.seconds, wrong or "none")
    return trial


def strike(stage: Stage, cell: Cell, draw: Random, seed: int) -> None:
    """Kill the part; or let it hang, or have no disk, for a while."""
    if cell.how == "killed":
        Striker(stage.product, seed).kill(cell.part)
        return
    with hanging(stage, cell.part, draw) if cell.how == "hanging" else closed_for_writing(stage):
        time.sleep(draw.uniform(*HANGING_S))


@contextmanager
def hanging(stage: Stage, part: Part, draw: Random) -> Iterator[None]:
    """Its processes are stopped: connections stay open and nothing is answered."""
    stopped: list[psutil.Process] = []
    try:
        for process in _processes(stage, part, draw):
            try:
                process.suspend()
                stopped.append(process)
            except psutil.NoSuchProcess:
                continue
        yield
    finally:
        for process in stopped:
            try:
                process.resume()
            except psutil.NoSuchProcess:
                continue


def _processes(stage: Stage, part: Part, draw: Random) -> list[psutil.Process]:
    if part == "worker child":
        worker = stage.product.await_process("worker")
        children = [child for child in below(worker) if command_of(child)]
        return [draw.choice(children)] if children else []
    process = stage.product.await_process(NAMES.get(part, part))
    return [process, *below(process)] if part == "postgres" else [process]


@contextmanager
def closed_for_writing(stage: Stage) -> Iterator[None]:
    """The block that the engine puts on indexes when its disk is full is on them."""
    block = "index.blocks.read_only_allow_delete"
    address = f"/{PREFIX}-*/_settings"
    with ExitStack() as after:
        after.callback(stage.engine.call, "PUT", address, {block: None})
        stage.engine.call("PUT", address, {block: True})
        yield
