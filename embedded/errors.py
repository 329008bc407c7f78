"""The one error of this package: a start that cannot go on, told as a sentence for the person at the terminal."""

from __future__ import annotations


class StartError(RuntimeError):
    """Says what is wrong, where, and what to do about it; printed without a traceback."""


class StartCancelledError(StartError):
    """The start was given up because somebody asked to stop; nothing is wrong."""
