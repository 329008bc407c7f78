"""How long a far end that is busy asks us to wait."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_WAIT_S = 24 * 3_600.0


def seconds_of(retry_after: str) -> float:
    """What a Retry-After asks for, in seconds or as a date; nothing where it is neither."""
    try:
        wait = float(retry_after) if retry_after.isdecimal() else _until(retry_after)
    except (ValueError, OverflowError):
        return 0
    return min(max(wait, 0), LONGEST_WAIT_S)


def _until(date: str) -> float:
    when = parsedate_to_datetime(date)
    return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds()
