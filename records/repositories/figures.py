"""How much there is of everything, for status and metrics."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

_TOTALS = text(
    """
    SELECT (SELECT count(*) FROM candidates WHERE deleted_at IS NULL) AS candidates,
           (SELECT count(*) FROM pools WHERE deleted_at IS NULL) AS pools,
           (SELECT count(*) FROM pools WHERE deleted_at IS NULL AND broken_reason IS NOT NULL) AS broken_pools,
           (SELECT count(*) FROM matches m JOIN pools p ON p.id = m.pool_id AND p.live_generation = m.generation
            WHERE m.left_at IS NULL AND p.deleted_at IS NULL) AS matches,
           (SELECT count(*) FROM notifications WHERE withdrawn_at IS NULL) AS notifications,
           (SELECT count(*) FROM users WHERE active) AS users
    """
)


def totals(db: Session) -> dict[str, int]:
    """Living candidates, pools and broken ones, matches, notices and active users."""
    return {name: int(value) for name, value in db.execute(_TOTALS).one()._asdict().items()}
