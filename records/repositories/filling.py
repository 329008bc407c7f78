"""What a reindex reads: everybody in id order, the digests of ranges of them, and the pools as they are shown."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from records.repositories import candidates
from records.repositories.candidates import Snapshot

# The next people in id order, as many as were asked for or as weigh so much; at least one. The weight is known
# without reading the texts.
_NEXT = """
    SELECT id FROM (
        SELECT id, sum(octet_length(cv_text)) OVER (ORDER BY id) - octet_length(cv_text) AS before
        FROM (SELECT id, cv_text FROM candidates WHERE id > :after ORDER BY id LIMIT :limit) page
    ) weighed WHERE before < :most_bytes
"""
_PAGE = text(f"WITH wanted AS MATERIALIZED ({_NEXT}) {candidates.documents('SELECT id FROM wanted')}").bindparams(
    bindparam("after", type_=Uuid)
)

# Sixty bits of a sum of MD5s: whoever changes one person changes it, and both sides can work it out a page at a time.
_DIGEST = text(
    """
    SELECT count(*) AS people, coalesce(sum(CAST(CAST('x' || substr(md5(concat_ws(' ', id, version,
        CASE WHEN deleted_at IS NULL THEN 'live' ELSE 'deleted' END)), 1, 15) AS bit(60)) AS bigint)), 0) AS sum
    FROM candidates WHERE id > :after AND id <= :until
    """
).bindparams(bindparam("after", type_=Uuid), bindparam("until", type_=Uuid))

_HOW_MANY = text(
    "SELECT (SELECT count(*) FROM candidates) AS people,"
    " (SELECT count(*) FROM pools WHERE deleted_at IS NULL AND live_generation > 0 AND NOT frozen) AS pools"
)

_SHOWN_POOLS = text(
    "SELECT id, name, live_generation, live_chain FROM pools WHERE id > :after AND deleted_at IS NULL"
    " AND live_generation > 0 AND NOT frozen ORDER BY id LIMIT :limit"
).bindparams(bindparam("after", type_=Uuid))


@dataclass(frozen=True, slots=True)
class Digest:
    """How many people there are in a range, and a sum over (id, version, living or deleted) of each."""

    people: int
    sum: int

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int, str]]) -> Digest:
        """The same of rows from elsewhere: id as text, version, "live" or "deleted"."""
        people = total = 0
        for row in rows:
            people += 1
            total += int(hashlib.md5(" ".join(map(str, row)).encode(), usedforsecurity=False).hexdigest()[:15], 16)
        return cls(people, total)


@dataclass(frozen=True, slots=True)
class ShownPool:
    """A pool as it is shown: the generation that is stored in the engine, and the criteria from the root down."""

    id: uuid.UUID
    name: str
    generation: int
    chain: list[dict[str, Any]]


def next_people(db: Session, after: uuid.UUID, limit: int, most_bytes: int) -> Snapshot:
    """The next people in id order, the deleted too, with all that their documents show, as of one moment."""
    found: dict[str, list[tuple[str, Any]]] = {}
    parameters = {"after": after, "limit": limit, "most_bytes": most_bytes}
    for what, key, body in db.execute(_PAGE, parameters):
        found.setdefault(what, []).append((key, body))
    return Snapshot.of(found)


def digest(db: Session, after: uuid.UUID, until: uuid.UUID) -> Digest:
    """Of everybody after one id, up to and with another."""
    row = db.execute(_DIGEST, {"after": after, "until": until}).one()
    return Digest(int(row.people), int(row.sum))


def how_many(db: Session) -> tuple[int, int]:
    """How many people (tombstones included) and pools there are to fill with."""
    row = db.execute(_HOW_MANY).one()
    return int(row.people), int(row.pools)


def shown_pools(db: Session, after: uuid.UUID, limit: int) -> list[ShownPool]:
    """The next pools in id order whose shown generation must be stored in every pool index."""
    return [ShownPool(*row) for row in db.execute(_SHOWN_POOLS, {"after": after, "limit": limit})]
