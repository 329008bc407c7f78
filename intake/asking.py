"""A view reader asks for a person, or is done with them: the recruiters behind the pool hear of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Literal

from percolators.quarantine import owners
from records.database import Session
from records.repositories import candidates, notices, pools
from records.repositories.callers import Caller


def ask(
    db: Session,
    caller: Caller,
    candidate: uuid.UUID,
    through: Sequence[uuid.UUID],
    kind: Literal["wanted", "done"],
    remark: str,
) -> list[uuid.UUID]:
    """Write the notices; returns whose bells rang. Asking again rings again: the answer may have been overlooked."""
    # Held: nothing may be said of somebody behind the back of their deletion.
    candidates.lock(db, candidate)
    told = sorted({user for pool in through for user in owners(db, pools.get(db, pool))} - {caller.id})
    key = f"{kind}:{caller.id}:{candidate}:{uuid.uuid4()}"
    return notices.ring(
        db,
        [notices.Notice(user, kind, key, candidate=candidate, actor=caller.id, remark=remark or None) for user in told],
    )
