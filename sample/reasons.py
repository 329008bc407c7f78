"""Reasons for a rejection to start with; every customer soon has their own."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Reason(NamedTuple):
    """Why an application ended, and who said so."""

    name: str
    by: Literal["us", "candidate"]


REASONS: tuple[Reason, ...] = (
    Reason("Missing a required skill", "us"),
    Reason("Too little experience", "us"),
    Reason("Too senior for the position", "us"),
    Reason("Salary expectation above our range", "us"),
    Reason("Language level too low", "us"),
    Reason("Cannot work where or when we need", "us"),
    Reason("Another candidate was chosen", "us"),
    Reason("Position filled or cancelled", "us"),
    Reason("Did not answer us", "us"),
    Reason("References or checks did not hold", "us"),
    Reason("Salary offered too low", "candidate"),
    Reason("Accepted another offer", "candidate"),
    Reason("Stays with the present employer", "candidate"),
    Reason("Too far to travel", "candidate"),
    Reason("Wants to work remotely", "candidate"),
    Reason("Not interested in the work itself", "candidate"),
    Reason("We took too long", "candidate"),
    Reason("Personal reasons", "candidate"),
)
