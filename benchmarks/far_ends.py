"""Where messages arrive: a mail server, a push service and Slack's API, each a real server on this machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from core.settings import settings
from notifications.events import Channel

try:
    from tests.mailbox import Mailbox, mailbox
    from tests.notifications.push_service import PushService, push_service
    from tests.slack_server import Workspace, slack_server
except ModuleNotFoundError as error:
    sys.exit(f"This benchmark runs from a checkout, where the servers of the tests are ({error}).")

T = TypeVar("T")
MAIL_FROM = "Micropools <pools@example.com>"


class Arrivals(list[T]):
    """What arrived, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, message: T) -> None:
        """Called by the server once it has all of a message, before it says so."""
        self.at.append(time.perf_counter())
        super().append(message)


@dataclass(frozen=True)
class FarEnds:
    """The three of them; readers are numbered, and known to each by their number."""

    box: Mailbox
    service: PushService
    workspace: Workspace

    def arrived(self, channel: Channel) -> list[tuple[int, float]]:
        """Which readers were reached on a channel, and when; in order."""
        if channel == "email":
            who = [to[0].partition("@")[0] for to in self.box.recipients]
            kept: Arrivals[object] = self.box.letters  # type: ignore[assignment]  # as `opened` made it
        elif channel == "push":
            who = [each.path for each in self.service.received]
            kept = self.service.received  # type: ignore[assignment]
        else:
            who = [each["channel"] for each in self.workspace.messages]
            kept = self.workspace.messages  # type: ignore[assignment]
        return [(int("".join(filter(str.isdigit, name))), at) for name, at in zip(who, kept.at, strict=False)]


def address(number: int) -> str:
    """A reader's e-mail address."""
    return f"reader{number}@example.com"


def member(number: int) -> str:
    """Who they are in the workspace."""
    return f"U{number:08}"


@contextmanager
def opened() -> Iterator[FarEnds]:
    """All three, named in the environment for a product that is started within the block."""
    before = dict(os.environ)
    with mailbox() as box, push_service() as service, slack_server() as workspace:
        box.letters, service.received, workspace.messages = Arrivals(), Arrivals(), Arrivals()
        os.environ |= {
            "SMTP_URL": f"smtp://{box.url}",
            "MAIL_FROM": MAIL_FROM,
            "PUBLIC_URL": "https://talent.example.com",
            "PUSH_LOOPBACK": "true",
            "SLACK_API_URL": workspace.address,
        }
        settings.cache_clear()
        try:
            yield FarEnds(box, service, workspace)
        finally:
            os.environ.clear()
            os.environ.update(before)
            settings.cache_clear()
