"""Who was erased: what still has to be written to the erasure list, and what is left of them to be cleared away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import bindparam, quoted_name, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, DateTime, Uuid

from core.erasure_list import Erased
from records.base import Base
from records.database import statement
from records.locks import CLEARING

_UUIDS = ARRAY(Uuid)

_UNLISTED = text(
    "SELECT candidate_id, version, erased_at FROM erasures WHERE listed_at IS NULL"
    " ORDER BY erased_at LIMIT :limit FOR UPDATE SKIP LOCKED"
)
_LISTED = text("UPDATE erasures SET listed_at = clock_timestamp() WHERE candidate_id = ANY(:ids)").bindparams(
    bindparam("ids", type_=_UUIDS)
)
_ALL = text("SELECT candidate_id, version, erased_at FROM erasures ORDER BY erased_at, candidate_id")

_KEEP = text(
    """
    INSERT INTO erasures (candidate_id, version, erased_at)
    SELECT id, max(version), min(at) FROM unnest(:ids, :versions, :ats) AS listed(id, version, at) GROUP BY id
    ON CONFLICT (candidate_id) DO UPDATE SET version = greatest(erasures.version, excluded.version)
    """
).bindparams(
    bindparam("ids", type_=_UUIDS),
    bindparam("versions", type_=ARRAY(BigInteger)),
    bindparam("ats", type_=ARRAY(DateTime(timezone=True))),
)
_STILL_HERE = text(
    "SELECT c.id FROM candidates c JOIN erasures e ON e.candidate_id = c.id WHERE c.deleted_at IS NULL ORDER BY c.id"
)
# Above what the engine was ever told of them, and one more than the listed version where that was reached here.
_LIFT = text(
    "UPDATE candidates c SET version = greatest(c.version, e.version) FROM erasures e"
    " WHERE e.candidate_id = c.id AND c.id = ANY(:ids)"
).bindparams(bindparam("ids", type_=_UUIDS))

# Once a tombstone was matched nobody has to be told any more of what the person left; in the end what remains of the
# pools they were in says something of whoever the id is known of.
_FORGET_MATCHES = text(
    """
    DELETE FROM matches m USING erasures e, candidate_progress p
    WHERE e.cleared_at IS NULL AND m.candidate_id = e.candidate_id AND p.candidate_id = e.candidate_id
      AND p.matched_version >= e.version AND m.left_at IS NOT NULL
    """
)
_FORGET_SET_ASIDE = text(
    """
    DELETE FROM outbox o USING erasures e, candidate_progress p
    WHERE e.cleared_at IS NULL AND o.kind = 'candidate' AND o.entity_id = e.candidate_id
      AND p.candidate_id = e.candidate_id AND p.matched_version >= e.version AND o.dead_at IS NOT NULL
    """
)
_FORGET_ERRORS = text(
    """
    UPDATE outbox SET error = NULL WHERE id IN (
        SELECT o.id FROM outbox o JOIN erasures e ON e.candidate_id = o.entity_id AND e.cleared_at IS NULL
        WHERE o.kind = 'candidate' AND o.error IS NOT NULL FOR UPDATE OF o SKIP LOCKED)
    """
)
_STANDING = text(
    """
    SELECT count(*) AS erased, count(*) FILTER (WHERE listed_at IS NULL) AS unlisted,
           count(*) FILTER (WHERE cleared_at IS NULL) AS uncleared,
           coalesce(max(cleared_at) < clock_timestamp() - make_interval(secs => :pause), true) AS due
    FROM erasures
    """
)
# Whose tombstone is in the index. Whoever is unknown here (erased before the backup that was restored) left nothing.
_READY = text(
    """
    SELECT e.candidate_id FROM erasures e LEFT JOIN candidate_progress p ON p.candidate_id = e.candidate_id
    WHERE e.cleared_at IS NULL AND coalesce(p.matched_version >= e.version, true)
      AND NOT EXISTS (SELECT FROM outbox o WHERE o.kind = 'candidate' AND o.entity_id = e.candidate_id)
    """
)
_CLEARED = text("UPDATE erasures SET cleared_at = clock_timestamp() WHERE candidate_id = ANY(:ids)").bindparams(
    bindparam("ids", type_=_UUIDS)
)

# One process clears at a time.
_ONE_CLEARS = text(f"SELECT pg_try_advisory_lock({CLEARING})")
_CLEARING_ENDS = text(f"SELECT pg_advisory_unlock({CLEARING})")

# Where something of a person, or of what was said of them, is or was: these are vacuumed.
OF_PEOPLE = (
    *("candidates", "candidate_tags", "candidate_progress", "applications", "application_notes", "shares"),
    *("matches", "notifications", "notification_matches", "outbox", "outgoing_mail", "idempotency_keys"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far erasing has come: how many were erased, how many are not in the file yet, or not cleared away.

    `due` says that the last clearing is long enough ago for another.
    """

    erased: int
    unlisted: int
    uncleared: int
    due: bool


def unlisted(db: Session, limit: int) -> list[Erased]:
    """Some who are not on the erasure list yet, held until this transaction ends; those others hold are left out."""
    return [Erased(*row) for row in db.execute(_UNLISTED, {"limit": limit})]


def mark_listed(db: Session, erased: Sequence[Erased]) -> None:
    """They are on the list, on the disk."""
    db.execute(_LISTED, {"ids": [each.candidate for each in erased]})


def everyone(db: Session) -> list[Erased]:
    """Everybody who was erased, the first first."""
    return [Erased(*row) for row in db.execute(_ALL)]


def keep(db: Session, erased: Sequence[Erased]) -> list[uuid.UUID]:
    """Note these as erased; returns who of all that were erased is still a person here, lifted to their version."""
    db.execute(
        _KEEP,
        {
            "ids": [each.candidate for each in erased],
            "versions": [each.version for each in erased],
            "ats": [each.at for each in erased],
        },
    )
    here = list(db.scalars(_STILL_HERE))
    db.execute(_LIFT, {"ids": here})
    return here


def standing(db: Session, pause_s: float = 0) -> Standing:
    """How far erasing has come; `pause_s` is how long ago the last clearing has to be for another."""
    return Standing(*db.execute(_STANDING, {"pause": pause_s}).one())


def ready_to_clear(db: Session) -> list[uuid.UUID]:
    """The erased whose tombstones are in the index, and whose traces were not cleared away since."""
    return list(db.scalars(_READY))


def forget_leftovers(db: Session) -> None:
    """Remove the rows that the erased left beside their tombstones: past matches, and work that was set aside."""
    db.execute(_FORGET_MATCHES)
    db.execute(_FORGET_SET_ASIDE)
    db.execute(_FORGET_ERRORS)


def mark_cleared(db: Session, people: Sequence[uuid.UUID]) -> None:
    """No file of index or tables holds anything of these any more."""
    db.execute(_CLEARED, {"ids": list(people)})


def vacuum(*, rewrite: bool = False) -> None:
    """Free what removed rows took. With `rewrite` the tables are written anew, each locked for that long.

    Without it the bytes may lie in the table's file, in space that is free, until something else is written there.
    """
    with statement() as run:
        run.execute(text(f"VACUUM ({'FULL, ' if rewrite else ''}ANALYZE) {', '.join(OF_PEOPLE)}"))


def checkpoint() -> bool:
    """Have the server write its files; false where this role may not ask for that."""
    with statement() as run:
        may = run.scalar(text("SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')"))
        if may:
            run.execute(text("CHECKPOINT"))
    return bool(may)


@contextmanager
def alone() -> Iterator[bool]:
    """Whether this process may clear while the block lasts: one does at a time."""
    with statement() as run:
        held = bool(run.scalar(_ONE_CLEARS))
        try:
            yield held
        finally:
            if held:
                run.execute(_CLEARING_ENDS)


def mentions(wanted: str) -> list[tuple[str, int]]:
    """In how many rows of which tables this text stands, in any case, whatever the column."""
    found: list[tuple[str, int]] = []
    with statement() as run:
        for table in sorted(Base.metadata.tables):
            name = quoted_name(table, quote=True)
            query = text(f'SELECT count(*) FROM "{name}" AS t WHERE position(lower(:wanted) IN lower(t::text)) > 0')
            count = int(run.scalar(query, {"wanted": wanted}) or 0)
            if count:
                found.append((table, count))
    return found
