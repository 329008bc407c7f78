"""Ending what comes by e-mail, for whoever holds the link of a letter; nobody is signed in."""

from __future__ import annotations

from api.work import OpenWork
from core.errors import NotFound
from notifications.unsubscribing import Subscription, end, meant_by

__all__ = ["Subscription", "meant", "unsubscribe"]


def meant(token: str, work: OpenWork) -> Subscription:
    """What the link would end. One that we did not write ends nothing."""
    found = meant_by(work.db, token)
    if found is None:
        raise NotFound("page")
    return found


def unsubscribe(token: str, work: OpenWork) -> Subscription:
    """End it; a second time changes nothing more."""
    found = meant(token, work)
    if not end(work.db, found):
        raise NotFound("page")
    work.commit()
    return found
