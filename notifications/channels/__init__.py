"""The channels beside the bell: each says whom it reaches, and sends one message."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from notifications.channels import email, push, slack
from notifications.events import Channel
from notifications.message import Message
from notifications.outcome import Outcome
from records.database import Session
from records.repositories import deliveries


class Line(Protocol):
    """An open way to the far end."""

    def send(self, message: Message) -> Outcome:
        """Hand over one message. It never raises for what the far end did."""


class Carrier(Protocol):
    """A channel: a module with these two functions."""

    def reached(self, db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
        """Those of them whom it can reach; of a channel that is not set up, nobody."""

    def opened(self) -> AbstractContextManager[Line]:
        """A way to the far end, for some messages in a row."""


CARRIERS: Mapping[Channel, Carrier] = {"email": email, "push": push, "slack": slack}


def reached_by(channel: Channel, db: Session, users: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these users to whom something can be sent on a channel."""
    carrier = CARRIERS.get(channel)
    found = carrier.reached(db, users) if carrier else set()
    return found - deliveries.out_of_reach(db, sorted(found), channel) if found else found
