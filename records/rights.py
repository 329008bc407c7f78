"""What gives a user a right, as SQL conditions over the aliases of a statement; each rule is said here only."""

from __future__ import annotations


def covers(tracking: str, pool: str) -> str:
    """Tracking covers the pool: it is of that pool or of one above it.

    Above it both as it is asked now and as it is shown: until its new criteria are live, people of the old ones are not
    those of the pool it was moved below.
    """
    return f"{tracking}.pool_id = ANY({pool}.ancestors) AND {tracking}.pool_id = ANY({pool}.live_ancestors)"


def gives(share: str, application: str) -> str:
    """The share stands and is of the application, or of its whole position."""
    return (
        f"{share}.revoked_at IS NULL"
        f" AND ({share}.application_id = {application}.id OR {share}.position_id = {application}.position_id)"
    )
