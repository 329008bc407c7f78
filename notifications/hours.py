"""When somebody may be disturbed, and when their digest is due: by the clock on their own wall. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Hours:
    """Times are minutes after midnight in `zone`, days count from Monday (0).

    Quiet is from `quiet_from` until `quiet_until`, over midnight where the first is the later one, and on every day
    that is no working day.
    """

    zone: str = "UTC"
    quiet_from: int | None = None
    quiet_until: int | None = None
    working_days: frozenset[int] = EVERY_DAY
    digest_at: int = 8 * 60
    digest_day: int = 0


def welcome_from(hours: Hours, moment: datetime) -> datetime:
    """The moment, or the first one after it that is neither quiet nor on a day off; in UTC."""
    found = moment.astimezone(UTC)
    # Each step leaves a day off or a quiet time behind, and there are at most so many of them before a working day.
    for _ in range(20):
        later = _after_quiet(hours, _after_days_off(hours, found))
        if later == found:
            break
        found = later
    return found


def next_digest(rhythm: str, hours: Hours, moment: datetime) -> datetime:
    """When the next digest is due, a daily or a weekly one."""
    return (next_daily if rhythm == "daily" else next_weekly)(hours, moment)


def next_daily(hours: Hours, moment: datetime) -> datetime:
    """When the next daily digest is due: the first one strictly after the moment that falls on a working day."""
    return _next_digest(hours, moment, hours.working_days)


def next_weekly(hours: Hours, moment: datetime) -> datetime:
    """When the next weekly digest is due. Where its day is a day off, on the first working day after it."""
    days = next(day for shift in range(7) if (day := (hours.digest_day + shift) % 7) in hours.working_days)
    return _next_digest(hours, moment, frozenset({days}))


def _next_digest(hours: Hours, moment: datetime, days: frozenset[int]) -> datetime:
    today = moment.astimezone(_zone(hours.zone)).date()
    for ahead in range(9):
        day = today + ahead * _DAY
        if day.weekday() in days and (due := _at(hours, day, hours.digest_at)) > moment:
            return due
    raise AssertionError("Every week has a working day.")


def _after_days_off(hours: Hours, moment: datetime) -> datetime:
    day = moment.astimezone(_zone(hours.zone)).date()
    if day.weekday() in hours.working_days:
        return moment
    while day.weekday() not in hours.working_days:
        day += _DAY
    return _at(hours, day, 0)


def _after_quiet(hours: Hours, moment: datetime) -> datetime:
    if hours.quiet_from is None or hours.quiet_until is None:
        return moment
    here = moment.astimezone(_zone(hours.zone))
    minute = here.hour * 60 + here.minute
    if hours.quiet_from < hours.quiet_until:
        quiet, ends = hours.quiet_from <= minute < hours.quiet_until, here.date()
    else:
        quiet = minute >= hours.quiet_from or minute < hours.quiet_until
        ends = here.date() + (_DAY if minute >= hours.quiet_from else timedelta(0))
    # Where a clock is put back, its end may be past already although the wall says the hour anew.
    return max(moment, _at(hours, ends, hours.quiet_until)) if quiet else moment


def _at(hours: Hours, day: date, minute: int) -> datetime:
    """That time of that day in UTC. One that a clock skips is as much later; of one that it shows twice, the first."""
    return datetime.combine(day, time(minute // 60, minute % 60), _zone(hours.zone)).astimezone(UTC)


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
