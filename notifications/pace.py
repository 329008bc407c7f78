"""How messages that are wanted at once keep from becoming many: pauses that grow, and caps. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.events import Channel

# After the first message about something within the last hour, and the second, …: one person is told at once, a hundred
# of them in a few minutes become one message.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
COUNTED_FOR = timedelta(hours=1)

# An import adds to one summary: it leaves when nothing was added for so long, or after so long in any case.
CALM = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)

# So many messages a day to one person; what comes on top of them is collected into one.
CAPS: Mapping[Channel, int] = {"email": 30, "push": 40, "slack": 40}
CAP_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Lately:
    """What one person was sent on one channel: `sent` about the same topic within COUNTED_FOR, the last of them at
    `last`; and about anything within CAP_FOR, with what waits: when each left or will, in order (`in_all`).
    """

    sent: int = 0
    last: datetime | None = None
    in_all: tuple[datetime, ...] = ()


def earliest(now: datetime, lately: Lately) -> datetime:
    """From when on another message about the same may leave."""
    if lately.last is None or lately.sent == 0:
        return now
    return max(now, lately.last + PAUSES[min(lately.sent, len(PAUSES)) - 1])


def over_the_cap(channel: Channel, lately: Lately) -> bool:
    """Whether what comes now has to be collected with everything else."""
    return len(lately.in_all) >= CAPS[channel]


def under_the_cap_from(channel: Channel, now: datetime, lately: Lately) -> datetime:
    """When what was collected may leave: one more than the cap, counted back from it, is a day old by then."""
    if not over_the_cap(channel, lately):
        return now
    return max(now, lately.in_all[-CAPS[channel]] + CAP_FOR)
