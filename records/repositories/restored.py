"""What must not come back with a backup: who was erased, who lost their rights, and bells that rang already."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.erasure_list import Erased
from records.copying import ASIDE, is_aside, tables_aside
from records.database import statement

# Numbers of the bell go on from the clock in milliseconds: above all that any reader was told before, in whichever of
# the histories that ended, and exact in a browser for 280,000 years.
_RAISE_BELLS = text(
    """
    WITH at AS (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS floor),
    raised AS (UPDATE users SET bell_seq = greatest(bell_seq + 1, (SELECT floor FROM at)))
    UPDATE registry SET bell_floor = (SELECT floor FROM at)
    """
)
# Whoever changed since, or had their letter, was told in the history that ended.
_QUIET = text("UPDATE outbox SET notices = 'silent' WHERE kind = 'candidate'")
_ATTEMPTS_ANEW = text("UPDATE outbox SET attempts = 0, due_at = clock_timestamp() WHERE dead_at IS NULL")
_LETTERS = text("DELETE FROM outgoing_mail WHERE dead_at IS NULL")
_SESSIONS = text("DELETE FROM sessions")
_RESETS = text("DELETE FROM password_resets")
_END_TOKENS = text("UPDATE api_tokens SET revoked_at = clock_timestamp() WHERE revoked_at IS NULL")
_GOOD_TOKENS = text(
    "SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL"
    " AND (expires_at IS NULL OR expires_at > clock_timestamp())"
)
_REVOKED_SINCE = text(
    f"UPDATE api_tokens t SET revoked_at = o.revoked_at FROM {ASIDE}.api_tokens o"
    " WHERE o.id = t.id AND t.revoked_at IS NULL AND o.revoked_at IS NOT NULL"
)
_DEACTIVATED_SINCE = text(
    f"UPDATE users u SET active = false FROM {ASIDE}.users o WHERE o.id = u.id AND u.active AND NOT o.active"
)
_ERASED_ASIDE = text(f"SELECT candidate_id, version, erased_at FROM {ASIDE}.erasures")
_ERASED_HERE = text("SELECT candidate_id, version, erased_at FROM public.erasures")


@dataclass(frozen=True, slots=True)
class Rights:
    """What became of rights: sessions that were ended, and tokens that are good again."""

    sessions: int
    tokens: int


def erased_before() -> list[Erased] | None:
    """Who was erased in the database that is to be replaced, or was set aside; None where it never kept that."""
    unfinished = is_aside()
    with statement() as run:
        # What an earlier try has loaded since is not what was there before.
        if unfinished:
            return [Erased(*row) for row in run.execute(_ERASED_ASIDE)] if "erasures" in tables_aside(run) else None
        here = bool(run.scalar(text("SELECT to_regclass('public.erasures') IS NOT NULL")))
        return [Erased(*row) for row in run.execute(_ERASED_HERE)] if here else None


def settle(db: Session, *, end_tokens: bool) -> Rights:
    """Make what was loaded fit to go on from: silent, with nobody signed in. The caller erases who is on the list.

    Tokens stay good, but for those that are known to have been revoked since; `end_tokens` ends all of them.
    """
    aside = _tables_aside(db)
    if "revoked_at" in aside.get("api_tokens", ()):
        db.execute(_REVOKED_SINCE)
    if "active" in aside.get("users", ()):
        db.execute(_DEACTIVATED_SINCE)
    if end_tokens:
        db.execute(_END_TOKENS)
    sessions = db.execute(_SESSIONS).rowcount  # type: ignore[attr-defined]  # of a DELETE it is there
    for each in (_RESETS, _LETTERS, _QUIET, _ATTEMPTS_ANEW, _RAISE_BELLS):
        db.execute(each)
    return Rights(int(sessions), int(db.scalar(_GOOD_TOKENS) or 0))


def _tables_aside(db: Session) -> dict[str, Collection[str]]:
    return {**tables_aside(db.connection())}
