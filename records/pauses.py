"""Pauses that grow: how long whatever failed waits until it is tried again."""

from __future__ import annotations


def growing_pause_s(failures: str) -> str:
    """SQL of a pause in seconds: `:first_s`, doubled by each of `failures` (SQL, from 0 on), `:longest_s` at most."""
    # PostgreSQL refuses powers that are too large, so they end long after the longest pause.
    return f"least(:longest_s, :first_s * power(2, least({failures}, 20)))"
