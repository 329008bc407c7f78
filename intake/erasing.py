"""Erasing people for good, and the erasure list by which a restored backup forgets them again."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from core import erasure_list
from core.erasure_list import Erased
from core.settings import settings
from records.database import Session, session
from records.repositories import candidates, erasures

log = logging.getLogger(__name__)

AT_ONCE = 1_000


def list_erased() -> int:
    """Bring everybody who is not on the erasure list yet to it; returns how many.

    After the commit that erases somebody, never before: a request that was given up must erase nobody later. What a
    process that was killed in between left is found by the sweep. A list that cannot be written is told in the log
    and in the metrics, and tried again; the person is erased all the same.
    """
    written = 0
    while True:
        with session() as db:
            rows = erasures.unlisted(db, AT_ONCE)
            if not rows:
                return written
            try:
                erasure_list.append(settings().erasure_file, rows)
            except OSError as error:
                log.error("The erasure list %s cannot be written: %s", settings().erasure_file, error.strerror)  # noqa: TRY400 - the reason is the sentence
                return written
            erasures.mark_listed(db, rows)
            db.commit()
        written += len(rows)


def complete_list(known: Sequence[Erased]) -> None:
    """Add those to the erasure list who are not on it. OSError where it cannot be written."""
    path = settings().erasure_file
    there = {each.candidate for each in erasure_list.read(path)} if path.exists() else set()
    erasure_list.append(path, [each for each in known if each.candidate not in there])


def erase_again(db: Session, listed: Sequence[Erased]) -> int:
    """Erase everybody on the list who is here, as after a restore; returns how many. Silent, as every deletion."""
    here: list[uuid.UUID] = erasures.keep(db, listed)
    for candidate in here:
        candidates.delete(db, candidate, actor=None)
    return len(here)
