"""How the carried files were made from the whole ones: `python -m sample.make_sample DIRECTORY_OF_SOURCES`.

A uniform choice by a fixed seed, nothing picked by hand; the same sources give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SEED = 20_251_122
PROFILES = 6_000
REQUIREMENTS = 2_000
# What no payload is made from stays behind.
UNUSED = ("skill_groups", "job_seeking", "resume_update")
TARGET = Path(__file__).parent / "data"


def main() -> None:
    """Make all three files."""
    sources = Path(sys.argv[1])
    profiles = _choose(_lines(sources / "profiles.jsonl.gz"), PROFILES)
    _write("profiles.jsonl.gz", [{k: v for k, v in row.items() if k not in UNUSED} for row in profiles])
    requirements = _choose(_lines(sources / "requirements.jsonl.gz"), REQUIREMENTS)
    _write("requirements.jsonl.gz", [{k: row[k] for k in ("id", "job_id", "skills")} for row in requirements])
    regions = _regions(*(_items(sources / f"cz_{name}.json.gz") for name in ("kraje", "okresy", "obce")))
    _save("czech_regions.json.gz", json.dumps(regions, ensure_ascii=False))


def _choose(rows: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    return random.Random(SEED).sample(rows, count)  # noqa: S311  # a sample, not a secret


def _regions(
    regions: list[dict[str, Any]], districts: list[dict[str, Any]], towns: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    town_names = {(town["okres"], town["nazev"]["cs"]) for town in towns}
    made = []
    for region in regions:
        below = []
        for district in districts:
            name = district["nazev"]["cs"]
            # Prague is a region of its own; its two districts in the list are the same land again.
            if district["kraj"] == region["id"] and "hlavní" not in name.casefold():
                seat = name.removesuffix("-město")
                below.append({"name": name, "seat": seat if seat and (district["id"], seat) in town_names else None})
        made.append({"name": region["nazev"]["cs"], "districts": below})
    return made


def _items(path: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(gzip.decompress(path.read_bytes()))["polozky"]
    return items


def _lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path) as lines:
        return [json.loads(line) for line in lines]


def _write(name: str, rows: Iterable[dict[str, Any]]) -> None:
    _save(name, "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows))


def _save(name: str, text: str) -> None:
    TARGET.mkdir(exist_ok=True)
    # No time in the header: the same rows are the same file.
    (TARGET / name).write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
