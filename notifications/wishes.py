"""What somebody wants to hear, where, how often and when: their own choices over the house's over the usual. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from notifications.events import Channel, Event, Rhythm
from notifications.hours import Hours
from records.models import Role
from records.repositories.preferences import Chosen

# The louder one decides where a notice is about several pools.
_LOUDNESS = {"off": 0, "weekly": 1, "daily": 2, "instant": 3}

USUAL_HOURS = Hours()
USUAL_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of one user."""

    chosen: Chosen

    def rhythm(self, event: Event, channel: Channel, ancestors: Sequence[uuid.UUID] = ()) -> Rhythm:
        """How often; `ancestors` are a pool with those above it, from the top down: the nearest that was chosen for."""
        if not self.chosen.active or Role(self.chosen.role) not in event.roles:
            return "off"
        for pool in reversed(ancestors) if event.by_pool else ():
            if (own := self.chosen.pools.get((pool, channel))) is not None:
                return cast(Rhythm, own)
        key = (event.name, channel)
        return cast(Rhythm, self.chosen.choices.get(key) or self.chosen.house.get(key) or event.usual[channel])

    def loudest(self, event: Event, channel: Channel, pools: Iterable[Sequence[uuid.UUID]]) -> Rhythm:
        """How often to hear of something that is about all these pools (each with those above it)."""
        rhythms = [self.rhythm(event, channel, ancestors) for ancestors in pools]
        return max(rhythms, key=_LOUDNESS.__getitem__) if rhythms else self.rhythm(event, channel)

    @property
    def hours(self) -> Hours:
        """When."""
        stored = self.chosen.hours or self.chosen.house_hours
        return hours_of(stored) if stored else USUAL_HOURS

    @property
    def language(self) -> str:
        """In which language."""
        stored = self.chosen.hours or self.chosen.house_hours
        return str(stored["language"]) if stored else USUAL_LANGUAGE


def hours_of(stored: dict[str, Any]) -> Hours:
    """As they are stored."""
    return Hours(
        zone=stored["zone"],
        quiet_from=stored["quiet_from"],
        quiet_until=stored["quiet_until"],
        working_days=frozenset(stored["working_days"]),
        digest_at=stored["digest_at"],
        digest_day=stored["digest_day"],
    )
