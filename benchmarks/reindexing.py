"""One reindex as an operator runs it, in a process of its own, and what it came to."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

# How often the process is asked how much memory it has had at most.
LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Came:
    """What one reindex came to: people a second while it filled, and the most memory its process had, in megabytes."""

    docs_per_s: float
    seconds: float
    memory_mb: float


def reindexed(home: Path, step: Callable[[int], None] = lambda _: None) -> Came:
    """Run `micropools reindex`, then drop the old indexes."""
    report, memory = _run(home, [], step)
    _run(home, ["--finish"], step)
    begun = {name: datetime.fromisoformat(at) for name, at in report["steps"].items()}
    filling = (begun["registering"] - begun["filling"]).total_seconds()
    return Came(
        docs_per_s=report["people"]["total"] / max(filling, 0.001),
        seconds=(begun["kept"] - begun["making"]).total_seconds(),
        memory_mb=memory,
    )


def _run(home: Path, flags: list[str], step: Callable[[int], None]) -> tuple[dict[str, Any], float]:
    command = [sys.executable, "-m", "cli", "reindex", "--json", "--home", str(home), *flags]
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err)  # noqa: S603 - our own command
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _most_memory_mb(process.pid))
            step(0)
            time.sleep(LOOK_S)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise RuntimeError(f"micropools reindex ended with {process.returncode}: {err.read()}{out.read()}")
        return json.loads(out.read().splitlines()[-1]), peak


def _most_memory_mb(pid: int) -> float:
    """The high-water mark of what a process had in memory; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)
