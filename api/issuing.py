"""Issuing a token, for oneself or for somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import timedelta

from api import scopes
from api.account_views import Token
from api.work import Work
from records.models import Role, Scope
from records.repositories import tokens


def issue(
    work: Work, user: uuid.UUID, role: Role, name: str, wanted: Collection[Scope] | None, days: int | None
) -> Token:
    """A token for a user of this role. Made with a token, it is good for no more and for no longer than that one."""
    caller = work.caller
    given = scopes.granted(wanted, caller, role)
    life = timedelta(days=days) if days else None
    at_latest = caller.signed_in.expires_at if caller.signed_in.by == "token" else None
    row, token = tokens.issue(work.db, user, name, given, life, at_latest)
    work.commit()
    return Token(id=row.id, token=token)
