"""The kinds of events that somebody can hear of, and the channels: a new kind of event is one declaration here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from records.models import Role

Channel = Literal["email", "push", "slack"]
Rhythm = Literal["off", "instant", "daily", "weekly"]
EventName = Literal["new_in_pool", "shared", "wanted", "trouble"]

CHANNELS: tuple[Channel, ...] = get_args(Channel)
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event: the bell rows it is made of, who can hear of it, and how often unless somebody chooses."""

    name: EventName
    kinds: frozenset[str]
    roles: frozenset[Role]
    usual: Mapping[Channel, Rhythm]
    # Whether it is about pools, each of which can be heard of in a way of its own.
    by_pool: bool = False


_STAFF = frozenset({Role.ADMINISTRATOR, Role.RECRUITER})
# What somebody waits for is told at once; of new people a letter a day is enough, while devices were asked for.
_AT_ONCE: Mapping[Channel, Rhythm] = {"email": "instant", "push": "instant", "slack": "instant"}

EVENTS: tuple[Event, ...] = (
    Event(
        "new_in_pool",
        frozenset({"match", "summary"}),
        _STAFF | {Role.HIRING_MANAGER},
        {"email": "daily", "push": "instant", "slack": "instant"},
        by_pool=True,
    ),
    Event("shared", frozenset({"shared"}), frozenset({Role.HIRING_MANAGER}), _AT_ONCE),
    Event("wanted", frozenset({"wanted", "done"}), _STAFF, _AT_ONCE),
    Event("trouble", frozenset({"pool_broken", "drift"}), _STAFF, {**_AT_ONCE, "push": "off"}),
)

BY_NAME: Mapping[str, Event] = {event.name: event for event in EVENTS}
OF_KIND: Mapping[str, Event] = {kind: event for event in EVENTS for kind in event.kinds}


def events_for(role: Role) -> list[Event]:
    """Those that somebody of this role can hear of."""
    return [event for event in EVENTS if role in event.roles]
