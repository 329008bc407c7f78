"""A test that somebody sends to themselves: one sentence, by the way that notices take, without waiting for any."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from notifications.channels import CARRIERS
from notifications.events import Channel
from notifications.message import Line, Message
from notifications.outcome import Outcome
from records.repositories.deliveries import Reader


def send_test(reader: Reader, channel: Channel, language: str) -> Outcome:
    """Hand it to the far end now; what that said."""
    message = Message(
        id=uuid.uuid4(),
        reader=reader,
        channel=channel,
        rhythm="instant",
        language=language,
        lines=(Line("trouble", "test"),),
        people=0,
        path="/account/notices",
        thread="test",
        created_at=datetime.now(UTC),
    )
    with CARRIERS[channel].opened() as line:
        return line.send(message)
