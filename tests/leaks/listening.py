"""What an event stream says, to the byte, from an event on until it has nothing more to say."""

from __future__ import annotations

import httpx2

from tests.api.serving import PATIENCE_S
from tests.leaks.asking import Answer

# A replay begins with the number of unseen notices and, where there was anything to replay, ends with it.
NUMBERS = 2


def heard(address: str, token: str, last_event_id: str) -> Answer:
    """The stream's headers and everything it replays after that event; there must be something to replay."""
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": last_event_id}
    told = b""
    with (
        httpx2.Client(timeout=PATIENCE_S) as client,
        client.stream("GET", f"{address}/v1/notifications/stream", headers=headers) as answer,
    ):
        if answer.status_code == 200:
            for piece in answer.iter_raw():
                told += piece
                if told.count(b"event: unseen") == NUMBERS and told.endswith(b"\n\n"):
                    break
        else:
            told = answer.read()
        # The server's clock is in its headers, and nothing else changes there by itself.
        kept = tuple((name, value) for name, value in answer.headers.raw if name.lower() != b"date")
        return Answer(answer.status_code, kept, told)
