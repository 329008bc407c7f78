"""The gate between matching and the registration of pools.

Whoever stores matches passes it shared; whoever makes a generation of a pool visible, or live, passes it alone.
So a matcher that has read the epoch or the generations of the pools can rely on them until it commits.
An advisory lock and not a row lock: hundreds of matchers a second would otherwise write to that row.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from records.locks import GATE, REGISTRAR

_ALONE = text(f"SELECT pg_advisory_xact_lock({GATE})")
_SHARED = text(f"SELECT pg_advisory_xact_lock_shared({GATE})")
_EPOCH = text("SELECT pool_epoch FROM registry")
_RAISE = text("UPDATE registry SET pool_epoch = pool_epoch + 1 RETURNING pool_epoch")


def pass_alone(db: Session) -> None:
    """Wait until no matcher is storing, and keep new ones waiting until this transaction ends."""
    db.execute(_ALONE)


def pass_shared(db: Session) -> None:
    """Keep registrations waiting until this transaction ends."""
    db.execute(_SHARED)


def epoch(db: Session) -> int:
    """How many times stored queries have become visible to percolation."""
    return int(db.scalar(_EPOCH) or 0)


def raise_epoch(db: Session) -> int:
    """Say that stored queries became visible just now; whoever percolated before must look again."""
    pass_alone(db)
    return int(db.execute(_RAISE).scalar_one())


_REGISTRAR = text(f"SELECT pg_try_advisory_xact_lock({REGISTRAR})")


def is_only_registrar(db: Session) -> bool:
    """Become the one process that registers pools until this transaction ends; false if another one is."""
    return bool(db.scalar(_REGISTRAR))
