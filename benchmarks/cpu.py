"""How much CPU each part of a product has used: what a busy machine makes slower it does not make much dearer."""

from __future__ import annotations

from pathlib import Path

import psutil

from embedded.running import processes


def seconds(home: Path) -> dict[str, float]:
    """CPU seconds by part (api, opensearch, postgres …), children included."""
    used: dict[str, float] = {}
    for part in processes(home):
        try:
            process = psutil.Process(part.pid)
            family = [process, *process.children(recursive=True)]
            used[part.name] = sum(map(_own, family)) + _ended(process)
        except psutil.NoSuchProcess:
            continue
    return used


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _ended(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.children_user + times.children_system)
