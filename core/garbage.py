"""How often a process that serves looks for garbage in cycles."""

from __future__ import annotations

import gc
from functools import cache

# New objects, less those given back, until the youngest are looked through. Python's 700 suits programs of a few
# hundred objects: one answer of ours makes thousands, hardly one of them in a cycle, and looking took a tenth of all
# processor time of a search (measured, 8 users). Ten thousand objects are about a megabyte.
YOUNG = 10_000


@cache
def settle() -> None:
    """Leave what was made while starting (code, models, routes) out of every later look: it stays until the end.

    Done once a process.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
