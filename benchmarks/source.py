"""Where the rows come from: larger files where there are some, else the carried sample, recombined."""

from __future__ import annotations

import os
from pathlib import Path

from sample.requirements import Sources
from sample.rows import read_requirements, read_survey

# A checkout may have the whole files beside it; MICROPOOLS_DATA names any other place.
BESIDE = Path(__file__).parent.parent.parent / "shared" / "data"


def sources() -> tuple[Sources, str]:
    """The rows, and in words which they are."""
    place = Path(os.environ.get("MICROPOOLS_DATA", BESIDE))
    profiles, requirements = place / "profiles.jsonl.gz", place / "requirements.jsonl.gz"
    if profiles.exists() and requirements.exists():
        rows = Sources(read_requirements(requirements), read_survey(profiles))
        kind = "real rows"
    else:
        rows = Sources.carried()
        kind = "carried rows, recombined where more are wanted"
    return rows, f"{kind}: {len(rows.profiles)} profiles, {len(rows.requirements)} requirements"
