"""What open streams ask of the database when a bell rang: many of them at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from api.authentication import Credentials, authenticated
from core.errors import NotAuthenticated
from records.database import reading, snapshot
from records.models import Role
from records.repositories import notices
from records.repositories.callers import Caller
from records.repositories.notices import BellRow

# Rows per look: a reader who was away for a month gets them in steps.
REPLAY = 100
# Streams that are answered together: enough to spare statements, few enough that the first need not wait for the last.
TOGETHER = 50
# So many such looks at once. More would be no faster in one process, and take connections beyond those that are kept.
AT_ONCE = 3


class Beginning(NamedTuple):
    """Where a stream begins."""

    shown: Credentials
    reader: uuid.UUID
    standing: int
    floor: int
    unseen: int
    watches_jobs: bool

    def has_ended(self, last: str | None) -> bool:
        """Whether the history in which this was the last event has ended: a backup was restored since."""
        return last is not None and (int(last) > self.standing or int(last) < self.floor <= self.standing)


class Asking(NamedTuple):
    """What changed after this, and if it is due (`counts`) how many are unseen."""

    begin: Beginning
    after: int
    counts: bool


class Told(NamedTuple):
    """It, of one moment, so that all that is counted was told."""

    rows: list[BellRow]
    unseen: int | None


def look(asked: Sequence[Asking]) -> list[Told | Exception]:
    """What these streams ask; of one whose token or session has ended, the error that ends it."""
    with snapshot() if any(each.counts for each in asked) else reading() as db:
        callers = authenticated(db, [each.begin.shown for each in asked])
        goes_on = [_goes_on(each.begin, caller) for each, caller in zip(asked, callers, strict=True)]
        admitted = list(compress(asked, goes_on))
        rows = iter(notices.since(db, [(each.begin.reader, each.after) for each in admitted], REPLAY))
        unseen = notices.unseen_of(db, [each.begin.reader for each in admitted if each.counts])
    return [
        Told(next(rows), unseen[each.begin.reader] if each.counts else None)
        if admits
        else NotAuthenticated("Connect again.")
        for each, admits in zip(asked, goes_on, strict=True)
    ]


def _goes_on(begin: Beginning, caller: Caller | None) -> bool:
    """Whether it is still the same reader, who may still see the same."""
    if caller is None or caller.id != begin.reader:
        return False
    return caller.role == Role.ADMINISTRATOR or not begin.watches_jobs
