"""Nobody is disturbed when they asked not to be, and digests come at their hour, whatever the clocks do."""

# ruff: noqa: DTZ001 - hypothesis wants its bounds without a zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from notifications.hours import Hours, next_daily, next_weekly, welcome_from

ZONES = ("UTC", "Europe/Prague", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
MINUTES = st.integers(0, 1439)
# Nights in which clocks change somewhere are among them often.
MOMENTS = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    *(
        st.datetimes(at - timedelta(hours=30), at + timedelta(hours=30), timezones=st.just(UTC))
        for at in (
            datetime(2026, 3, 29, 1),
            datetime(2026, 10, 25, 1),
            datetime(2026, 3, 8, 7),
            datetime(2026, 11, 1, 6),
        )
    ),
)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    quiet_from, quiet_until = draw(
        st.just((None, None)) | st.tuples(MINUTES, MINUTES).filter(lambda two: two[0] != two[1])
    )
    return Hours(
        draw(st.sampled_from(ZONES)),
        quiet_from,
        quiet_until,
        frozenset(draw(st.sets(st.integers(0, 6), min_size=1))),
        draw(MINUTES),
        draw(st.integers(0, 6)),
    )


def quiet_at(wanted: Hours, moment: datetime) -> bool:
    """The meaning, minute by minute."""
    here = moment.astimezone(ZoneInfo(wanted.zone))
    if here.weekday() not in wanted.working_days:
        return True
    if wanted.quiet_from is None or wanted.quiet_until is None:
        return False
    minute = here.hour * 60 + here.minute
    if wanted.quiet_from < wanted.quiet_until:
        return wanted.quiet_from <= minute < wanted.quiet_until
    return minute >= wanted.quiet_from or minute < wanted.quiet_until


@given(hours(), MOMENTS)
def test_what_is_welcome_goes_at_once_and_what_is_not_waits_no_longer_than_it_must(
    wanted: Hours, moment: datetime
) -> None:
    found = welcome_from(wanted, moment)
    assert found >= moment
    assert (found == moment) or quiet_at(wanted, moment)
    if not quiet_at(wanted, moment):
        assert found == moment
    # Nowhere before it was there a welcome quarter of an hour; an hour is what clocks are put back by.
    step, at = timedelta(minutes=15), moment
    missed = timedelta(0)
    while at < found - step:
        missed = missed + step if not quiet_at(wanted, at) and not quiet_at(wanted, at + step) else timedelta(0)
        assert missed <= timedelta(hours=1)
        at += step


@given(hours(), MOMENTS)
def test_a_daily_digest_comes_on_the_next_working_day_at_its_hour(wanted: Hours, moment: datetime) -> None:
    due = next_daily(wanted, moment)
    here = due.astimezone(ZoneInfo(wanted.zone))
    assert due > moment
    assert here.weekday() in wanted.working_days
    late = (here.hour * 60 + here.minute) - wanted.digest_at
    assert late in (0, 30, 60), "a clock that skips its hour makes it later by what it skips"
    assert due - moment <= timedelta(days=8)


@given(hours(), MOMENTS)
def test_digests_come_once_a_day_and_once_a_week(wanted: Hours, moment: datetime) -> None:
    zone = ZoneInfo(wanted.zone)
    first = next_daily(wanted, moment)
    second = next_daily(wanted, first)
    assert first.astimezone(zone).date() < second.astimezone(zone).date()
    weekly = next_weekly(wanted, moment)
    again = next_weekly(wanted, weekly)
    assert (again.astimezone(zone).date() - weekly.astimezone(zone).date()).days == 7
