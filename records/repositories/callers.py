"""Who is behind a token or a session, in one statement a request."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Executable, LargeBinary, RowMapping, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.digest import digest_of
from records.models import Role, Scope

_DIGESTS = ARRAY(LargeBinary)

# So coarse that a busy client costs one write a minute.
_STALE = "coalesce(c.last_used_at < clock_timestamp() - interval '1 minute', true) AS stale"

_BEHIND_TOKEN = text(
    f"SELECT u.id, u.name, u.role, c.digest, c.id AS credential, c.scopes, c.expires_at, {_STALE}"
    " FROM api_tokens c JOIN users u ON u.id = c.user_id"
    " WHERE c.digest = ANY(:digests) AND c.revoked_at IS NULL AND u.active"
    " AND (c.expires_at IS NULL OR c.expires_at > clock_timestamp())"
).bindparams(bindparam("digests", type_=_DIGESTS))

_BEHIND_SESSION = text(
    f"SELECT u.id, u.name, u.role, c.digest, c.id AS credential, c.expires_at, {_STALE}"
    " FROM sessions c JOIN users u ON u.id = c.user_id"
    " WHERE c.digest = ANY(:digests) AND u.active AND c.expires_at > clock_timestamp()"
    " AND c.last_used_at > clock_timestamp() - make_interval(secs => :idle_s)"
).bindparams(bindparam("digests", type_=_DIGESTS))

# Of several requests at once only the first one writes.
_USED = "SET last_used_at = clock_timestamp() WHERE id = :id AND " + _STALE.removesuffix(" AS stale").replace("c.", "")
_TOKEN_USED = text(f"UPDATE api_tokens {_USED}")
_SESSION_USED = text(f"UPDATE sessions {_USED}")

EVERY_SCOPE = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How a caller was let in. A session is good for everything its user may do; a token for its scopes.

    `stale`: that it is in use was not written down for a minute.
    """

    by: Literal["token", "session"]
    id: uuid.UUID
    scopes: frozenset[Scope]
    expires_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """The user a request acts for, as of this request."""

    id: uuid.UUID
    name: str
    role: Role
    signed_in: SignedIn


def behind_token(db: Session, token: str) -> Caller | None:
    """The active user behind a token that was not revoked and has not expired, or None."""
    return behind_tokens(db, [token]).get(token)


def behind_tokens(db: Session, tokens: Sequence[str]) -> dict[str, Caller]:
    """The same of many; one with nobody behind it is left out."""
    rows = _rows(db, _BEHIND_TOKEN, tokens)
    return {token: _caller(row, "token", frozenset(map(Scope, row["scopes"]))) for token, row in rows.items()}


def behind_sessions(db: Session, secrets: Sequence[str], idle_s: int) -> dict[str, Caller]:
    """The active users of sessions that have not ended, neither by time nor by not being used for `idle_s`.

    One with nobody behind it is left out.
    """
    rows = _rows(db, _BEHIND_SESSION, secrets, idle_s=idle_s)
    return {secret: _caller(row, "session", EVERY_SCOPE) for secret, row in rows.items()}


def note_use(db: Session, signed_in: SignedIn) -> None:
    """Write down that a token or session is in use."""
    db.execute(_TOKEN_USED if signed_in.by == "token" else _SESSION_USED, {"id": signed_in.id})


def _rows(db: Session, statement: Executable, shown: Sequence[str], **more: int) -> dict[str, RowMapping]:
    """By what was shown, of those behind which there is somebody."""
    digests = {digest_of(each): each for each in shown}
    if not digests:
        return {}
    rows = db.execute(statement, {"digests": list(digests), **more}).mappings()
    return {digests[bytes(row["digest"])]: row for row in rows}


def _caller(row: Mapping[Any, Any], by: Literal["token", "session"], scopes: frozenset[Scope]) -> Caller:
    signed_in = SignedIn(by, row["credential"], scopes, row["expires_at"], row["stale"])
    return Caller(row["id"], row["name"], Role(row["role"]), signed_in)
