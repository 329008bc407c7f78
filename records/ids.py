"""The two ends of the id space, for whoever walks through it a page after the other."""

from __future__ import annotations

import uuid

FIRST = uuid.UUID(int=0)
LAST = uuid.UUID(int=2**128 - 1)
