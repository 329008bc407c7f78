"""Where somebody can be reached now, and why not elsewhere."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from core.settings import settings
from notifications.channels import CARRIERS
from notifications.events import CHANNELS, Channel
from records.database import Session
from records.repositories import deliveries, slack

# Why a channel that is there does not reach somebody whom nothing else is said of.
_USUALLY: dict[Channel, str] = {"email": "no_address", "push": "no_device", "slack": "nobody_found"}


@dataclass(frozen=True, slots=True)
class Reach:
    """A channel as one user has it. `here`: the house has set it up; `reason`: a word for why they are not reached.

    `refused`: the far end would take nothing for them, until a test reaches them.
    """

    channel: Channel
    here: bool
    reached: bool
    reason: str | None
    refused: bool = False


def reach(db: Session, user: uuid.UUID) -> list[Reach]:
    """Every channel."""
    refused = deliveries.refused(db, user)
    return [_of(db, user, channel, refused.get(channel)) for channel in CHANNELS]


def _of(db: Session, user: uuid.UUID, channel: Channel, refused: str | None) -> Reach:
    if not _is_here(db, channel):
        return Reach(channel, here=False, reached=False, reason="not_set_up")
    if not CARRIERS[channel].reached(db, [user]):
        return Reach(channel, here=True, reached=False, reason=_USUALLY[channel])
    return Reach(channel, here=True, reached=refused is None, reason=refused, refused=refused is not None)


def _is_here(db: Session, channel: Channel) -> bool:
    if channel not in CARRIERS:
        return False
    if channel == "email":
        return settings().sends_mail
    return channel != "slack" or slack.workspace(db) is not None
