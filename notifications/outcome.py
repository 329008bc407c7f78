"""How the sending of a message ended, as a channel says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Why something was not taken: each has its words on the pages.
Reason = Literal[
    "account_closed",
    "address_refused",
    "gone",
    "no_device",
    "not_accepted",
    "not_connected",
    "not_in_workspace",
    "rate_limited",
    "redirected",
    "server_away",
    "try_later",
    "workspace_closed",
]


@dataclass(frozen=True, slots=True)
class Sent:
    """The far end has it, and calls it `reference`."""

    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `after_s`: what the far end asked for. `for_all`: nothing else would go through now, either."""

    reason: Reason
    said: str = ""
    after_s: float = 0
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Never. `unreachable`: nor anything else to this person, until somebody does something about it."""

    reason: Reason
    said: str = ""
    unreachable: bool = False


Outcome = Sent | Later | Refused
