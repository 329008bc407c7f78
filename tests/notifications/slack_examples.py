"""Messages as Slack gets them, in docs/slack; `python -m tests.notifications.slack_examples` writes them anew."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from notifications.events import Rhythm
from notifications.message import Line, Message
from notifications.slack_blocks import blocks, fallback
from records.repositories.deliveries import Reader

FOLDER = Path(__file__).parents[2] / "docs" / "slack"


def _message(rhythm: Rhythm, *lines: Line) -> Message:
    return Message(
        id=uuid.UUID(int=1),
        reader=Reader(uuid.UUID(int=1), "Test Reader", "reader@example.com"),
        channel="slack",
        rhythm=rhythm,
        language="en",
        lines=lines,
        people=sum(line.people for line in lines),
        path=f"/bell/sent/{uuid.UUID(int=1)}" if any(line.people for line in lines) else "/bell",
        thread="",
        created_at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    )


def _entered(number: int, name: str, people: int) -> Line:
    return Line("new_in_pool", "match", people, uuid.UUID(int=number), name)


EXAMPLES: Mapping[str, Message] = {
    "one-pool": _message("instant", _entered(2, "Java / Brno", 1)),
    "daily": _message("daily", _entered(2, "Java / Brno", 12), _entered(3, "C & C++ <senior>", 3)),
    "shared": _message("instant", Line("shared", "shared", actor="Test Colleague", times=2)),
}


def as_posted(name: str) -> str:
    """The text and blocks of an example, as JSON."""
    message = EXAMPLES[name]
    shown = [each.to_dict() for each in blocks(message, "https://talent.example.com")]
    return json.dumps({"text": fallback(message), "blocks": shown}, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for each in EXAMPLES:
        (FOLDER / f"{each}.json").write_text(as_posted(each))
