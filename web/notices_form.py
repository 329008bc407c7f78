"""The forms of what is heard of: how often for each kind of event on each channel, and at which hours."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from api.routes.notices_wanted import Choosing, Heard, ReadingHours, Told, zones
from web.forms import Filled, Form, body_of
from web.languages import Language

_QUIET = ("quiet_from", "quiet_until")


def choices_of(form: Form, events: Iterable[Heard], channels: Collection[str], language: Language) -> Choosing:
    """What was chosen: of the selects that the page had, those that were sent."""
    sent = {name for name, _ in form.pairs}
    choices = {
        each.event: {
            channel: form.text(f"{each.event}.{channel}") or None
            for channel in channels
            if f"{each.event}.{channel}" in sent
        }
        for each in events
    }
    return body_of(Choosing, {"choices": choices}, language)


def hours_of(form: Form, language: Language) -> ReadingHours:
    """The hours as they were typed."""
    values: dict[str, object] = {
        "zone": form.text("zone"),
        "language": form.text("language"),
        "working_days": [_number(each) for each in form.all("working_days")],
        "digest_at": _minute(form.text("digest_at")),
        "digest_day": _number(form.text("digest_day")),
        **{name: _minute(form.text(name)) if form.text(name) else None for name in _QUIET},
    }
    return body_of(ReadingHours, values, language)


@dataclass(frozen=True, slots=True)
class Hours:
    """The form of hours as a page shows it."""

    form: Filled
    days: frozenset[str]
    chosen: bool

    @property
    def zones(self) -> list[str]:
        """Those that are called by a place, which is how people know theirs; others can be typed."""
        return sorted(each for each in zones() if "/" in each and not each.startswith(("Etc/", "US/", "SystemV/")))

    @classmethod
    def stored(cls, told: Told) -> Hours:
        """As they are in effect."""
        hours = told.hours
        values: Mapping[str, str] = {
            "zone": hours.zone,
            "language": hours.language,
            "digest_at": _time(hours.digest_at),
            "digest_day": str(hours.digest_day),
            **{name: _time(getattr(hours, name)) for name in _QUIET},
        }
        return cls(Filled(values), frozenset(str(day) for day in hours.working_days), told.chosen)

    @classmethod
    def again(cls, filled: Filled, form: Form, told: Told) -> Hours:
        """As they were sent."""
        return cls(filled, frozenset(form.all("working_days")), told.chosen)


def _number(typed: str) -> int | str:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else typed


def _minute(typed: str) -> int | str:
    """`08:30` as minutes after midnight; what is no time stays what it is, and is refused as such."""
    hour, _, minute = typed.partition(":")
    minute = minute.partition(":")[0]
    if all(part.isascii() and part.isdigit() and len(part) == 2 for part in (hour, minute)) and int(minute) < 60:
        return int(hour) * 60 + int(minute)
    return typed


def _time(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"
